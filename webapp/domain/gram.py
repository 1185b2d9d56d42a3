"""Grams: the words, pairs of words and runs of letters of a text, as places in a fixed table.

May import: the standard library, and the speech of this room. Places are the same on every
machine: they come from a checksum, not from Python's hash.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from zlib import crc32

from webapp.domain.speech import folded

PLACES = 1 << 15
_WORD = re.compile(r"\d+|[^\W\d_]+")
_LENGTHS = (3, 4, 5)  # letters of a run
_MOST = 4000  # characters read: a question is far shorter


def grams(text: str) -> Mapping[int, int]:
    """How often each place of the table is named by the text."""
    words = _WORD.findall(folded(text[:_MOST]))
    return Counter(crc32(gram.encode()) % PLACES for gram in _all(words))


def _all(words: list[str]) -> Iterator[str]:
    yield from (f"w{word}" for word in words)
    yield from (f"b{first}_{second}" for first, second in pairwise(words))
    yield from (f"s{first}_{third}" for first, third in zip(words, words[2:], strict=False))
    for word in words:
        fenced = f"<{word}>"
        for length in _LENGTHS:
            for start in range(len(fenced) - length + 1):
                yield f"c{fenced[start : start + length]}"
