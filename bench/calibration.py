"""How quiet the machine is: a fixed loop, on one core and on two at once.

May import: the standard library.
"""

from __future__ import annotations

import subprocess
import sys
import time

STEPS = 1_500_000
TIMES = 3
NOISY = 1.3  # above this the second core was not ours, and times of that round mean little


def loop() -> float:
    """Milliseconds of one fixed loop: the best of a few."""
    return min(_once() for _ in range(TIMES))


def _once() -> float:
    began = time.perf_counter()
    total = 0
    for step in range(STEPS):
        total += step * step & 7
    return 1000 * (time.perf_counter() - began)


def calibrate() -> tuple[float, float]:
    """Milliseconds of the loop alone, and of the slower of two that run at once."""
    alone = loop()
    command = [sys.executable, "-m", "bench.calibration"]
    twins = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return alone, max(float(twin.communicate()[0]) for twin in twins)


def told() -> str:
    """How quiet it is at this moment, in words."""
    alone, beside = calibrate()
    noisy = "  (noisy: the second core was not ours)" if beside > NOISY * alone else ""
    return f"calibration loop {alone:.0f} ms, beside a twin {beside:.0f}{noisy}"


if __name__ == "__main__":
    print(loop())
