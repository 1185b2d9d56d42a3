"""One HTTP connection to a provider, and an honest word on whether a request can have arrived.

No redirect is followed, no answer is read for ever, and where it matters only public addresses
are called. May import: the standard library, and the domain's push.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import select
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from webapp.domain.push import is_public

MOST_BYTES = 64 * 1024  # of an answer: a provider that says more is not understood anyway


class NotSent(Exception):
    """The request certainly did not arrive; the message says why, for the operator."""


class InDoubt(Exception):
    """The request may have arrived; the message says what happened to the answer."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a provider may take, in seconds."""

    connect: float = 5.0
    silence: float = 10.0  # between two pieces of an answer
    whole: float = 20.0  # from the first byte sent to the last one read


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered."""

    status: int
    headers: Mapping[str, str]  # by name in lower case
    body: bytes

    def json(self) -> dict[str, object]:
        """The JSON object in it; empty if it is none."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def wait(self, now: datetime) -> timedelta | None:
        """How long it asks to be left alone (Retry-After, RFC 9110); None if it does not."""
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return timedelta(seconds=min(int(said), 86_400))
        with contextlib.suppress(ValueError, TypeError):
            until = parsedate_to_datetime(said)
            aware = until if until.tzinfo else until.replace(tzinfo=UTC)
            return max(aware - now, timedelta())
        return None


class HttpLine:
    """A connection to one provider that stays open from request to request."""

    def __init__(
        self, origin: str, *, only_public: bool = False, patience: Patience | None = None
    ) -> None:
        """`origin` is scheme, host and port; anything after them is left out."""
        self._parts = urlsplit(origin)
        self._only_public = only_public
        self._patience = patience or Patience()
        self._open: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, target: str, *, body: bytes = b"", headers: Mapping[str, str]
    ) -> Answer:
        """Send one request. Raises `NotSent` or `InDoubt`."""
        connection = self._connected()
        try:
            with self._watched(connection):
                connection.request(method, target, body, dict(headers))
                answer = self._read(connection.getresponse())
        except (OSError, http.client.HTTPException, ValueError) as fault:
            self.close()
            raise InDoubt(type(fault).__name__) from fault
        if connection.sock is None:
            self._open = None
        return answer

    def _read(self, response: http.client.HTTPResponse) -> Answer:
        body = response.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise ValueError("the answer is too long")
        if response.length:
            raise http.client.IncompleteRead(body)  # cut short, or cut off by the watch
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body)

    @contextlib.contextmanager
    def _watched(self, connection: http.client.HTTPConnection) -> Iterator[None]:
        """Cut the line when the whole takes too long: a slow drip never times out by itself."""
        line = connection.sock
        late = threading.Event()

        def cut() -> None:
            late.set()
            with contextlib.suppress(OSError):
                socket.socket.shutdown(line, socket.SHUT_RDWR)

        timer = threading.Timer(self._patience.whole, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        if late.is_set():
            raise TimeoutError("the answer came too slowly")

    def _connected(self) -> http.client.HTTPConnection:
        if self._open is not None and _has_hung_up(self._open.sock):
            self.close()
        if self._open is None:
            self._open = self._connect()
        return self._open

    def _connect(self) -> http.client.HTTPConnection:
        host, secure = self._parts.hostname or "", self._parts.scheme == "https"
        port = self._parts.port or (443 if secure else 80)
        connection = http.client.HTTPConnection(host, port)
        if secure:  # only for its idea of the usual port, which the Host header leaves out
            connection.default_port = 443
        try:
            connection.sock = self._line(host, port, secure=secure)
        except ssl.SSLCertVerificationError as fault:
            said = fault.verify_message.rstrip(".")
            raise NotSent(f"the certificate of {host} is not good: {said}") from fault
        except (OSError, ValueError) as fault:
            raise NotSent(f"{type(fault).__name__} at {host}") from fault
        return connection

    def _line(self, host: str, port: int, *, secure: bool) -> socket.socket:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]) for one in found]
        if self._only_public and not all(map(is_public, addresses)):
            raise ValueError("the address is not a public one")
        # The address that was looked at is the one that is called: a name may change its mind.
        line = self._first_that_answers(addresses, port)
        line.settimeout(self._patience.silence)
        if not secure:
            return line
        try:
            return ssl.create_default_context().wrap_socket(line, server_hostname=host)
        except BaseException:
            line.close()
            raise

    def _first_that_answers(self, addresses: list[str], port: int) -> socket.socket:
        for place, address in enumerate(addresses):
            try:
                return socket.create_connection((address, port), timeout=self._patience.connect)
            except OSError:
                if place + 1 == len(addresses):
                    raise
        raise ValueError("there is no address")

    def close(self) -> None:
        """Let the connection go."""
        if self._open is not None:
            with contextlib.suppress(OSError):
                self._open.close()
            self._open = None


def _has_hung_up(line: socket.socket | None) -> bool:
    """Whether the other end has closed a line that nobody uses now (or says what none asked)."""
    if line is None:
        return True
    ready, _, _ = select.select([line], [], [], 0)
    return bool(ready)
