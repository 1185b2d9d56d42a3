"""A mail server that takes everything and writes down whose letter it took, in order.

Run as a process of its own: it is killed with nobody and counts for everybody. One line for each
letter: its Message-ID's left half, which is our outbox's id. May import: the standard library.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.postgres import free_port


class _Line(asyncio.Protocol):
    """One connection: commands, then a letter up to the lonely full stop."""

    def __init__(self, book: int) -> None:
        self._book, self._held, self._in_letter = book, b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._out = transport
        self._say(b"220 post office")

    def _say(self, words: bytes) -> None:
        self._out.write(words + b"\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._held += data
        while True:
            end = b"\r\n.\r\n" if self._in_letter else b"\r\n"
            before, found, after = self._held.partition(end)
            if not found:
                return
            self._held = after
            if self._in_letter:
                self._take(before)
            else:
                self._obey(before)

    def _take(self, letter: bytes) -> None:
        name = letter.partition(b"Message-ID: <")[2].partition(b"@")[0]
        os.write(self._book, name + b"\n")
        self._in_letter = False
        self._say(b"250 taken")

    def _obey(self, command: bytes) -> None:
        word = command[:4].upper()
        if word == b"DATA":
            self._in_letter = True
        answers = {b"DATA": b"354 go on", b"QUIT": b"221 bye", b"EHLO": b"250 post office"}
        self._say(answers.get(word, b"250 ok"))
        if word == b"QUIT":
            self._out.close()


class PostOffice:
    """The same as the tests see it."""

    def __init__(self, port: int, book: Path) -> None:
        self.url, self._book = f"smtp://127.0.0.1:{port}", book

    def taken(self) -> Counter[str]:
        """How often each letter arrived."""
        return Counter(self._book.read_text().split())


@contextlib.contextmanager
def post_office(folder: Path) -> Iterator[PostOffice]:
    """An open one for as long as the block lasts."""
    port, book = free_port(), folder / "letters"
    book.touch()
    words = [sys.executable, "-m", "tests.faults.post_office", str(port), str(book)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "open\n"
        yield PostOffice(port, book)
    finally:
        process.terminate()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()


async def _serve(port: int, book: int) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: _Line(book), "127.0.0.1", port)
    print("open", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    handle = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(int(sys.argv[1]), handle))
