"""What is asked of the floor. May import: the standard library."""

from __future__ import annotations

import re
from urllib.request import urlopen

from bench.load import Request


def sending(port: int, times: int) -> list[Request]:
    """Three numbers sent to the floor's form, with the token that the form gave."""
    with urlopen(f"http://127.0.0.1:{port}/daily") as page:
        words = page.read().decode()
        cookie = page.headers["Set-Cookie"].split(";")[0]
    token = re.search(r'name="csrf_token" value="([^"]*)"', words)[1]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    return [
        Request(
            "POST",
            "/daily",
            headers,
            f"nrs={n % 11}&oxy={n % 9}&woken={n % 6}&csrf_token={token}".encode(),
            good=(303,),
        )
        for n in range(times)
    ]


def opening(times: int) -> list[Request]:
    """Opening the floor's form."""
    return [Request("GET", "/daily")] * times


def reading(times: int) -> list[Request]:
    """Reading the floor's page of text."""
    return [Request("GET", "/edu")] * times
