"""The mail server that letters are measured against: aiosmtpd in a process of its own.

It takes everything and keeps nothing (benchmarks.md, section 6). May import: aiosmtpd, the standard
library, tests.postgres for a free port.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator

from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from tests.postgres import free_port


@contextlib.contextmanager
def sink() -> Iterator[str]:
    """Its URL, for as long as the block lasts."""
    port = free_port()
    words = [sys.executable, "-m", "bench.sink", str(port)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None or process.stdout.readline() != "open\n":
                raise RuntimeError("the mail server did not start")
            yield f"smtp://127.0.0.1:{port}"
        finally:
            process.terminate()


async def _serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="sink"), "127.0.0.1", port)
    print("open", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(int(sys.argv[1])))
