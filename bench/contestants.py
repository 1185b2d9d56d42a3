"""Who is measured: the floor, ours at each scale, and the peer, each on a server of its own.

May import: the rest of bench, tests.postgres for a free port.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench import floor_requests, ours, peer
from bench.processes import Server, gunicorn, served
from bench.rounds import Contestant
from bench.stores import Databases
from tests.postgres import free_port

HERE = Path(__file__).resolve().parent.parent
READ, OPEN, SEND, FORM = "read a topic", "open the form", "send by the API", "send by the form"
WORKLOADS = (READ, OPEN, SEND, FORM)
TOPIC = "numbness"


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    rounds: int
    requests: int  # of each contestant and round
    scales: tuple[int, ...]  # stored check-ins; the first is the one compared with the others
    with_peer: bool
    store: str


@dataclass(frozen=True)
class Field:
    """One run's contestants: how many requests each gets, and where they keep their rows."""

    stack: ExitStack  # stops every server
    size: Size
    folder: Path
    place: Databases
    key: str = field(default_factory=lambda: secrets.token_hex(32))

    def floor(self) -> Iterator[Contestant]:
        """Bare Flask with one durable insert."""
        many, port = self.size.requests, free_port()
        command = gunicorn("bench.floor:app", port)
        environ = {"FLOOR_DATABASE_URL": self.place.new("floor")}
        server = self._serve("floor", command, environ, port, "/edu", self.place)
        sent = floor_requests.sending(port, many)
        yield Contestant(READ, "floor", server, lambda _: floor_requests.reading(many))
        yield Contestant(OPEN, "floor", server, lambda _: floor_requests.opening(many))
        yield Contestant(SEND, "floor", server, lambda _: sent)
        yield Contestant(FORM, "floor", server, lambda _: sent)

    def ours(self, scale: int) -> Iterator[Contestant]:
        """Ours at one scale. Each round sends for patients of its own: nobody is asked twice."""
        print(f"Filling a clinic with {scale:,} check-ins ...", file=sys.stderr)
        many, turns, port = self.size.requests, self.size.rounds + 1, free_port()
        name, address = role(scale), self.place.new(f"ours-{scale}")
        clinic = ours.fill(self.folder / f"ours-{scale}", scale, 2 * turns * many, address)
        command = [sys.executable, "-m", "webapp.commands", "serve"]
        environ = {**clinic.environ, "PORT": str(port)}
        server = self._serve(name, command, environ, port, "/healthz", self.place)
        by_api = _shares(clinic.tokens[::2], turns)
        by_form = _shares(clinic.tokens[1::2], turns)
        if scale == self.size.scales[0]:
            yield Contestant(READ, name, server, lambda _: ours.reading(TOPIC, many))
            yield Contestant(OPEN, name, server, lambda turn: ours.opening(port, by_form[turn]))
            yield Contestant(FORM, name, server, lambda turn: ours.by_form(port, by_form[turn]))
        yield Contestant(SEND, name, server, lambda turn: ours.by_api(by_api[turn]))

    def peer(self, name: str, place: Databases, workers: Sequence[str]) -> Iterator[Contestant]:
        """Wagtail under a name, with its rows in a place and with workers of a kind."""
        python = peer.install(HERE / "var" / "bench" / "wagtail-venv")
        if python is None:
            print("Wagtail could not be installed: its rows are left out.", file=sys.stderr)
            return
        port, many = free_port(), self.size.requests
        own = {**self._shared, "PEER_DATABASE_URL": place.new("peer")}
        environ = peer.build(python, self.folder / name.replace(" ", "-"), own)
        command = gunicorn("bench.wagtail_site.wsgi", port, str(python), workers=workers)
        server = self._serve(name, command, environ, port, "/edu/", place)
        sent = peer.sending(port, many)
        yield Contestant(READ, name, server, lambda _: peer.reading(many))
        yield Contestant(OPEN, name, server, lambda _: peer.opening(many))
        yield Contestant(SEND, name, server, lambda _: sent)
        yield Contestant(FORM, name, server, lambda _: sent)

    @property
    def _shared(self) -> dict[str, str]:
        return {"BENCH_FOLDER": str(self.folder), "FLOOR_KEY": self.key}

    def _serve(
        self,
        name: str,
        command: list[str],
        environ: dict[str, str],
        port: int,
        path: str,
        place: Databases,
    ) -> Server:
        environ = {**self._shared, **environ}
        running = served(name, command, environ, port=port, path=path, database=place.server)
        return self.stack.enter_context(running)


def role(scale: int) -> str:
    """How the table names our side at one scale."""
    return f"Thaw, {scale:,} stored"


def _shares(tokens: Sequence[str], turns: int) -> list[Sequence[str]]:
    return [tokens[turn::turns] for turn in range(turns)]
