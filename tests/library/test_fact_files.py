"""Facts and sources: every id leads somewhere, and memory is never passed off as knowledge."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.library.fact_files import load_facts
from webapp.library.problem import LibraryError

REAL = Path(__file__).parents[2] / "content"
SOURCES = "sources:\n  - id: a-paper\n    title: A paper\n    doi: 10.1/x\n"
FACT = '  - id: F1\n    text: "Cold."\n    marks: [{mark}]\n    sources: [{source}]\n'


def write(folder: Path, *facts: str) -> Path:
    (folder / "sources.yaml").write_text(SOURCES, "utf-8")
    (folder / "facts.yaml").write_text("reviewed_by: null\nfacts:\n" + "".join(facts), "utf-8")
    return folder


def test_a_fact_brings_its_sources_along(tmp_path: Path):
    facts = load_facts(write(tmp_path, FACT.format(mark="primary", source="a-paper")))
    (source,) = facts["F1"].sources
    assert source.link == "https://doi.org/10.1/x"


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        ([FACT.format(mark="primary", source="no-paper")], "source-unknown"),
        ([FACT.format(mark="memory", source="")], "memory"),
        ([FACT.format(mark="primary", source="")] * 2, "fact-twice"),
        ([FACT.format(mark="hearsay", source="")], "yaml-shape"),
    ],
)
def test_a_fault_among_facts_is_named(tmp_path: Path, facts: list[str], check: str):
    with pytest.raises(LibraryError) as fault:
        load_facts(write(tmp_path, *facts))
    assert [problem.check for problem in fault.value.problems] == [check]


def test_every_fact_of_the_clinical_sheet_is_here_once():
    facts = load_facts(REAL)
    assert list(facts) == [f"F{number}" for number in range(1, 207)]


def test_what_is_from_memory_is_marked_for_a_clinician():
    facts = load_facts(REAL)
    assert facts["F83"].is_memory_only
    assert facts["F83"].needs_clinician_check
    assert facts["F75"].needs_clinician_check
    assert not facts["F75"].is_memory_only


def test_an_original_study_is_named_with_a_way_to_look_it_up():
    for fact in load_facts(REAL).values():
        if "primary" in fact.marks:
            assert fact.sources, f"{fact.id} is primary and names no source"
