"""The Wagtail peer: installed once into var/bench/, built, served, and asked for its pages.

May import: the standard library. Where it cannot be installed the table says so.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from urllib.request import urlopen

from bench.load import Request

PACKAGES = ("wagtail==8.0.1", "gunicorn==27.0.1", "psycopg[binary]==3.3.9")
HERE = Path(__file__).resolve().parent.parent


def install(home: Path) -> Path | None:
    """The Python that has Wagtail; None if it could not be installed."""
    python = home / "bin" / "python"
    if (home / "installed").exists():
        return python
    print("Installing Wagtail into var/bench/ ...", file=sys.stderr)
    venv.create(home, symlinks=True, with_pip=True)
    words = [str(python), "-m", "pip", "install", "--quiet", *PACKAGES]
    if subprocess.run(words, capture_output=True).returncode:
        return None
    (home / "installed").touch()
    return python


def build(python: Path, folder: Path, environ: dict[str, str]) -> dict[str, str]:
    """Make the peer's database and pages; the environment that its server needs."""
    (folder / "peer_migrations").mkdir(parents=True)
    (folder / "peer_migrations" / "__init__.py").touch()
    settings = {**environ, "PYTHONPATH": f"{folder}{os.pathsep}{HERE}"}
    subprocess.run(
        [str(python), "-m", "bench.wagtail_site.build"],
        env={**os.environ, **settings},
        cwd=HERE,
        check=True,
        capture_output=True,
    )
    return settings


def sending(port: int, times: int) -> list[Request]:
    """Three numbers sent to the peer's form, with the token that its own form gave."""
    with urlopen(f"http://127.0.0.1:{port}/daily/") as page:
        words = page.read().decode()
        cookie = page.headers["Set-Cookie"].split(";")[0]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', words)[1]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    return [
        Request(
            "POST",
            "/daily/",
            headers,
            f"pain={n % 11}&tablets={n % 9}&woken={n % 6}&csrfmiddlewaretoken={token}".encode(),
        )
        for n in range(times)
    ]


def opening(times: int) -> list[Request]:
    """Opening the peer's form."""
    return [Request("GET", "/daily/")] * times


def reading(times: int) -> list[Request]:
    """Reading the peer's page of text."""
    return [Request("GET", "/edu/")] * times
