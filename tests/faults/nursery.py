"""Starts Thaw's own commands quickly: read the content once, then fork for each that is asked for.

Run as a process of its own: a line of JSON in, the number of the new process out. What is forked
is `thaw serve` or `thaw clock` as it is, but for the content, which is not read again, and the
chat, which no rig asks anything. `weaken` is what the negative controls are made of. May import:
the standard library, webapp.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.faults.machine import Machine

_ADOPT_ORPHANS = 36  # prctl's PR_SET_CHILD_SUBREAPER


class Nursery:
    """The process that forks, as the tests see it."""

    def __init__(self, shim: Path | None) -> None:
        environ = {**os.environ, **({"LD_PRELOAD": str(shim)} if shim else {})}
        environ["PYTHONWARNINGS"] = "default"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._turn = threading.Lock()
        self.shim = shim

    def start(
        self,
        command: list[str],
        environ: Mapping[str, str],
        log: Path,
        machine: Machine | None = None,
        weaken: str = "",
    ) -> int:
        """Start a command in a session of its own; its process and group number."""
        watch = None
        if machine is not None:
            watch = [str(machine.watched), str(machine.control), str(machine.journal)]
        asked = {"command": command, "environ": dict(environ), "log": str(log)}
        with self._turn:
            assert self._process.stdin is not None and self._process.stdout is not None
            self._process.stdin.write(
                json.dumps({**asked, "watch": watch, "weaken": weaken}) + "\n"
            )
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=20)


@contextlib.contextmanager
def nursery(shim: Path | None) -> Iterator[Nursery]:
    """A nursery for as long as the block lasts."""
    opened = Nursery(shim)
    try:
        yield opened
    finally:
        opened.close()


def kill(group: int) -> None:
    """kill -9 of a command and of all its children, and wait until they are gone."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.005)
    raise TimeoutError(f"the processes of group {group} are still there")


def _main() -> None:
    import webapp.assemble
    from webapp.config import load_config

    ctypes.CDLL(None).prctl(_ADOPT_ORPHANS, 1, 0, 0, 0)
    library = webapp.assemble.load_library(load_config({}).content_dir)
    webapp.assemble.load_library = lambda _folder: library
    webapp.assemble.open_chat = lambda *_parts: None  # type: ignore[assignment,return-value]
    import gunicorn.workers.gthread  # noqa: F401

    import webapp.clock
    import webapp.commands.clock
    import webapp.commands.serve
    from webapp.site import BLUEPRINTS

    for name in BLUEPRINTS:
        __import__(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(asked)
        print(child, flush=True)


def _become(asked: dict[str, Any]) -> None:
    """Be the command that was asked for, from here to the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.environ.update(asked["environ"])
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    quiet = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((quiet, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    _weaken(asked["weaken"])
    if asked["watch"]:
        words = [word.encode() for word in asked["watch"]]
        if ctypes.CDLL(None).machine_watch(*words) != 0:
            os._exit(9)
    sys.argv = ["thaw", *asked["command"]]
    from webapp.commands import main

    try:
        main()
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else 1)
    except BaseException:
        import traceback

        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _weaken(what: str) -> None:
    """Make a promise break, so that its rig can show that it would notice."""
    import webapp.store.engine as engine

    if what in ("NORMAL", "OFF"):
        engine._journal_settings = lambda _version: ("journal_mode=WAL", f"synchronous={what}")
    if what == "LAZY":
        engine._POSTGRESQL_OPTIONS += " -c synchronous_commit=off"


if __name__ == "__main__":
    _main()
