"""What a stranger clones: no machine of ours, no secret, no weight, every dependency earned."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.house.source import HERE, tracked_files, tracked_texts

LARGEST_BYTES = 1_000_000
PLACES = re.compile(
    "|".join(
        (
            r"/wo" r"rk/(?:main|shared|\.\w)",
            r"/ro" r"ot/",
            r"/ho" r"me/\w+/",
            r"py" r"pi\.org",
            r"python" r"hosted",
            r"npm" r"js\.org",
            r"deb\.deb" r"ian\.org",
        )
    )
)
LOCKS = ("requirements.lock", "requirements-test.lock")
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]


def test_no_tracked_file_names_a_place_on_our_machines_or_a_registry():
    named = [f"{name}: {hit[0]}" for name, text in tracked_texts() if (hit := PLACES.search(text))]
    assert named == [], "\n".join(named)


def test_nothing_that_a_build_makes_is_committed():
    made = {".mo", ".pyc", ".db", ".sqlite", ".log"}
    forbidden = {"uv.lock", "pylock.toml", "secret.key", ".env"}
    assert [f for f in tracked_files() if f.suffix in made or f.name in forbidden] == []


def test_no_committed_file_is_larger_than_a_megabyte():
    assert [file for file in tracked_files() if file.stat().st_size > LARGEST_BYTES] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_names_no_host_and_hashes_every_package(lock: str):
    text = (HERE / lock).read_text()
    assert "://" not in text
    packages = re.findall(r"^[a-z0-9.-]+(?:\[.*\])?==.*$", text, re.MULTILINE)
    assert packages
    assert all(line.rstrip().endswith("\\") for line in packages)


def test_the_locks_hold_every_dependency_at_its_pinned_version():
    extras = PROJECT["optional-dependencies"]
    needed = {LOCKS[0]: [*PROJECT["dependencies"], *extras["build"]]}
    needed[LOCKS[1]] = [*needed[LOCKS[0]], *extras["test"]]
    for lock, pins in needed.items():
        locked = set(re.findall(r"^([a-z0-9.-]+==[^\s;]+)", (HERE / lock).read_text(), re.M))
        assert {normal(pin) for pin in pins} - locked == set()


def test_every_dependency_has_a_line_that_says_why():
    reasons = (HERE / "docs/decisions/0001-dependencies.md").read_text()
    extras = [pin for pins in PROJECT["optional-dependencies"].values() for pin in pins]
    names = [normal(pin).split("==")[0] for pin in (*PROJECT["dependencies"], *extras)]
    assert [name for name in names if f"| {name} |" not in reasons] == []


def normal(pin: str) -> str:
    """A pin as the lock file writes it: no extras, no marker, no capitals, no dots in names."""
    name, version = re.sub(r"\[.*\]", "", pin.split(";")[0]).strip().split("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"
