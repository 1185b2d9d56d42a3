"""A line that fails: a proxy that loses replies, resets connections, stalls and tears replies.

Each request is read whole before its fate is chosen. May import: the standard library.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Iterator

from tests.postgres import free_port

FATES = ("pass", "no request", "half a request", "no reply", "torn reply", "stall")
WEIGHTS = (55, 9, 9, 9, 9, 9)  # 45 in 100 go wrong
STALL_SECONDS = 0.3


class BadLine:
    """The proxy in front of one server; `met` counts what was done to requests."""

    def __init__(self, to: int, seed: int) -> None:
        self.port, self._to = free_port(), to
        self._chance, self.met = random.Random(seed), Counter[str]()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one request, or do not."""
        (fate,) = self._chance.choices(FATES, WEIGHTS)
        self.met[fate] += 1
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._carry(await _whole(reader), writer, fate)
        finally:
            if fate == "pass":
                writer.close()
            else:
                writer.transport.abort()

    async def _carry(self, request: bytes, writer: asyncio.StreamWriter, fate: str) -> None:
        if fate == "no request":
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            back.write(request[: len(request) // 2] if fate == "half a request" else request)
            await back.drain()
            if fate != "half a request":
                await self._hand_back(await _whole(there), writer, fate)
        finally:
            back.close()

    async def _hand_back(self, reply: bytes, writer: asyncio.StreamWriter, fate: str) -> None:
        if fate == "stall":
            await asyncio.sleep(STALL_SECONDS)
        shown = {"pass": reply, "torn reply": reply[: len(reply) - 5]}.get(fate, b"")
        writer.write(shown)
        await writer.drain()


async def _whole(reader: asyncio.StreamReader) -> bytes:
    """A request or reply with its whole body: they come in two packets."""
    head = await reader.readuntil(b"\r\n\r\n")
    lower = head.lower()
    length = 0
    if b"content-length:" in lower:
        length = int(lower.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return head + await reader.readexactly(length)


@contextlib.contextmanager
def bad_line(to: int, seed: int) -> Iterator[BadLine]:
    """A bad line for as long as the block lasts."""
    loop, line = asyncio.new_event_loop(), BadLine(to, seed)
    loop.run_until_complete(_open(line))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        asyncio.run_coroutine_threadsafe(_end(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
        loop.close()


_servers: list[asyncio.Server] = []


async def _open(line: BadLine) -> None:
    _servers.append(await asyncio.start_server(line.meet, "127.0.0.1", line.port))


async def _end() -> None:
    _servers.pop().close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.1)  # what was closed is let go of by the loop itself
