"""A network between a phone and the site that can be cut at any step, for tests.

It passes requests on one by one, and what happens to each sending is told beforehand. May import:
the standard library.
"""

from __future__ import annotations

import re
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

SENDINGS = re.compile(rb"POST (?:/[a-z-]+/check-in|/api/v1/check-ins) ")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TAKES = re.compile(rb"\r\n(?:accept-encoding|connection): [^\r]*", re.IGNORECASE)
# A line that merely closes is quietly tried again by the browser itself, with the same request.
NOISE = b"\x00" * 16
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n"


class Fate(StrEnum):
    """What becomes of one sending."""

    PASSES = "passes"
    NEVER_ARRIVES = "never arrives"  # the network is gone before the site hears of it
    REPLY_LOST = "the reply is lost"  # the site has stored it, and the phone cannot know
    REPLY_HALVED = "half the reply comes"
    SITE_BUSY = "the site says 503"


@dataclass
class Network:
    """Listens on a port of its own and passes on to the site's."""

    site_port: int
    down: bool = False
    fates: deque[Fate] = field(default_factory=deque)
    rewrite: Callable[[bytes, bytes], bytes] | None = None  # (request, reply) -> reply
    sendings: int = 0

    def __post_init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def url(self) -> str:
        """Where a browser finds the site through this network."""
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        """Take no more connections."""
        self._door.close()

    def _listen(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        with caller:
            try:
                request = _read_request(caller)
                if request and not self.down:
                    self._pass(caller, request)
            except OSError:
                return

    def _pass(self, caller: socket.socket, request: bytes) -> None:
        fate = self._fate(request)
        if fate is Fate.NEVER_ARRIVES:
            caller.sendall(NOISE)
            return
        if fate is Fate.SITE_BUSY:
            caller.sendall(BUSY)
            return
        reply = self._ask_site(request)
        if fate is Fate.REPLY_LOST:
            caller.sendall(NOISE)
            return
        caller.sendall(reply[: len(reply) // 2] if fate is Fate.REPLY_HALVED else reply)

    def _fate(self, request: bytes) -> Fate:
        if not SENDINGS.match(request):
            return Fate.PASSES
        self.sendings += 1
        return self.fates.popleft() if self.fates else Fate.PASSES

    def _ask_site(self, request: bytes) -> bytes:
        plain = b"\r\nConnection: close\r\nAccept-Encoding: identity"
        head, _, body = request.partition(b"\r\n\r\n")
        with socket.create_connection(("127.0.0.1", self.site_port), timeout=30) as site:
            site.sendall(_TAKES.sub(b"", head) + plain + b"\r\n\r\n" + body)
            reply = b"".join(iter(lambda: site.recv(65536), b""))
        return self.rewrite(request, reply) if self.rewrite else reply


def _read_request(caller: socket.socket) -> bytes:
    read = b""
    while b"\r\n\r\n" not in read:
        more = caller.recv(65536)
        if not more:
            return b""
        read += more
    head, _, body = read.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    wanted = int(length[1]) if length else 0
    while len(body) < wanted:
        body += caller.recv(65536)
    return head + b"\r\n\r\n" + body
