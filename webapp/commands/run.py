"""`thaw run`: the demo clinic on this machine: web server, clock and post-box, side by side.

May import: click, config, delivery and the demo's journey.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.error import URLError
from urllib.request import urlopen

import click

from webapp.assemble import open_house
from webapp.config import Config, load_config
from webapp.journeys import demonstrating

_STARTS_WITHIN = 30  # seconds
_STOPS_WITHIN = 12  # seconds


class CannotRun(click.ClickException):
    """Something on this machine is in the way; the message says what to do."""


@click.command()
def run() -> None:
    """Serve a demo clinic until Ctrl-C, and print the addresses to open."""
    environ = _environment(os.environ)
    config = load_config(environ)
    _check_folder(config)
    _check_port(config.port)
    addresses = demonstrating.open_demo(open_house(config), datetime.now(UTC))
    asked = _listen()  # before the first child: a stop that comes early must reach them all
    children = [_start(name, environ) for name in ("demo-post-box", "serve", "clock")]
    try:
        _wait_until_served(config, children)
        click.echo(_welcome(config, addresses))
        _wait(children, asked)
    finally:
        _stop(children)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The demo's settings, where the operator has not set her own."""
    port = environ.get("PORT") or "8000"
    smtp = environ.get("THAW_SMTP_URL") or f"smtp://127.0.0.1:{_free_port()}"
    usual = {"PORT": port, "THAW_SMTP_URL": smtp, "THAW_DEMO": "1"}
    return {**environ, **usual}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _check_folder(config: Config) -> None:
    try:
        config.data_dir.mkdir(parents=True, exist_ok=True)
        probe = config.data_dir / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as fault:
        raise CannotRun(
            f"The folder {config.data_dir} cannot be written to ({fault.strerror}). "
            "Set THAW_DATA_DIR to a folder of yours: THAW_DATA_DIR=~/thaw make run"
        ) from fault


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            raise CannotRun(
                f"Port {port} is taken by another program ({fault.strerror}). "
                f"Stop that program, or choose another port: PORT={port + 1} make run"
            ) from fault


def _start(name: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl-C reaches it once: through us."""
    command = [sys.executable, "-m", "webapp.commands", name]
    return subprocess.Popen(command, env=dict(environ), start_new_session=True)  # noqa: S603


def _wait_until_served(config: Config, children: list[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until:
        _check_alive(children)
        try:
            with urlopen(f"http://127.0.0.1:{config.port}/healthz", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise CannotRun(f"The web server did not answer within {_STARTS_WITHIN} seconds.")


def _listen() -> list[int]:
    """A list that fills when somebody asks us to stop, by Ctrl-C or SIGTERM."""
    asked: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: asked.append(received))
    return asked


def _wait(children: list[subprocess.Popen[bytes]], asked: list[int]) -> None:
    """Wait to be asked; a child that dies takes the others with it."""
    while not asked:
        _check_alive(children)
        time.sleep(0.2)


def _check_alive(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is not None:
            raise CannotRun(f"{child.args[-1]!r} stopped by itself; see what it printed above.")  # type: ignore[index]


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + _STOPS_WITHIN
    for child in children:
        try:
            child.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def _welcome(config: Config, demo: demonstrating.DemoAddresses) -> str:
    site = config.public_url
    lines = [
        "",
        "Thaw is running a demo clinic. Everybody in it is invented or published.",
        "",
        f"  A patient's check-in   {demo.check_in}",
        f"  The clinic             {site}/clinic/",
        f"      sign in with       {demo.email}",
        f"      password           {demo.password}",
        f"      six-digit code     {site}/demo/code  (shows the code of this minute)",
        f"  The post-box           {site}/demo/post-box  (each message that Thaw sent)",
        "",
        "Stop with Ctrl-C.",
    ]
    return "\n".join(lines)
