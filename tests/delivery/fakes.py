"""Providers of our own on loopback sockets: they take what is sent, and fail as they are told.

May import: the standard library.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request that a provider received."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def json(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.body)
        return found


@dataclass(frozen=True)
class Reply:
    """What a provider does with a request. `cut` answers nothing; `slow` drips the body."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    slow: float = 0.0  # seconds between two bytes
    hang: float = 0.0  # seconds before the first byte


@dataclass
class Provider:
    """A provider that is running, and everything it was asked."""

    answer: Callable[[Asked], Reply]
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    connections: int = 0

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0


class _Handler(BaseHTTPRequestHandler):
    """Writes down what it is asked, and answers as the provider does."""

    protocol_version = "HTTP/1.1"
    there: Provider

    def setup(self) -> None:
        self.there.connections += 1
        super().setup()

    def _do(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, self.path, headers, body)
        self.there.asked.append(asked)
        self._give(self.there.answer(asked))

    def _give(self, reply: Reply) -> None:
        time.sleep(reply.hang)
        if reply.cut:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self._write(reply)
        except OSError:
            self.close_connection = True

    def _write(self, reply: Reply) -> None:
        if not reply.slow:
            self.wfile.write(reply.body)
            return
        for byte in reply.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(reply.slow)

    do_POST = do_GET = _do

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def provider(answer: Callable[[Asked], Reply]) -> Iterator[Provider]:
    """A provider on a port of its own, for as long as the block runs."""
    running = Provider(answer)

    class Handler(_Handler):
        there = running

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    running.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def as_json(status: int, **fields: object) -> Reply:
    """An answer with a JSON object."""
    return Reply(status, json.dumps(fields).encode(), {"Content-Type": "application/json"})
