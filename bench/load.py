"""A bounded load: a list of requests, each sent once, over a few kept-alive connections.

May import: the standard library. What it costs itself is not counted; it says how long each
request took and how many went wrong.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

CONNECTIONS = 2


@dataclass(frozen=True)
class Request:
    """One request, ready to send, and the statuses that count as done."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    good: Collection[int] = (200,)


@dataclass
class Outcome:
    """How long each request took, in seconds, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)

    def quantile_ms(self, share: float) -> float:
        """The time within which this share of the requests was answered, in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def send(port: int, requests: Sequence[Request], connections: int = CONNECTIONS) -> Outcome:
    """Send every request once; returns when the last one is answered."""
    outcome = Outcome()
    shares = [requests[start::connections] for start in range(connections)]
    threads = [threading.Thread(target=_send, args=(port, share, outcome)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcome


def _send(port: int, requests: Sequence[Request], outcome: Outcome) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for request in requests:
        began = time.perf_counter()
        try:
            connection.request(
                request.method, request.path, body=request.body, headers=dict(request.headers)
            )
            answer = connection.getresponse()
            words = answer.read()
        except (OSError, http.client.HTTPException) as fault:
            outcome.bad.append(repr(fault))
            connection.close()
            continue
        outcome.seconds.append(time.perf_counter() - began)
        if answer.status not in request.good:
            outcome.bad.append(f"{answer.status} {words[:200]!r}")
    connection.close()
