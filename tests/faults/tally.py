"""What a rig counted, as the one line that it prints. May import: the standard library."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field

FULL = os.environ.get("THAW_FAULTS") == "full"  # make faults; otherwise a short run of each rig


@dataclass
class Tally:
    """The counts of one rig. `lost` and `doubled` hold ids, so that a failure names them."""

    rig: str
    acked: int = 0
    stored: int = 0
    lost: set[str] = field(default_factory=set)
    doubled: int = 0
    refused: int = 0
    began: float = field(default_factory=time.monotonic)

    def line(self, *more: str) -> str:
        """Print and return the line."""
        seconds = time.monotonic() - self.began
        words = (
            f"{self.rig}: acked {self.acked}, stored {self.stored}, lost {len(self.lost)}, "
            f"doubled {self.doubled}, refused {self.refused}, seconds {seconds:.1f}"
        )
        said = ", ".join((words, *more))
        print(said)
        return said


def size(short: int, full: int) -> int:
    """How much of something this run does."""
    return full if FULL else short
