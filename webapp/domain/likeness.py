"""Likeness: how alike texts are in the grams they share, for many texts at once.

May import: the standard library, numpy, and the gram of this room. Texts are kept as the few
places of the gram table that they name, so that thousands are compared in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from webapp.domain.gram import PLACES, grams

Vector = NDArray[np.float32]
Places = NDArray[np.int64]
_COMMON = 200  # texts that name a place from which its whole column is quicker
_AT_ONCE = 1 << 22  # products held in memory at one time


@dataclass(frozen=True, slots=True)
class GramRows:
    """For every gram of every text, one after another: which text, which place, how heavy."""

    texts: int  # how many
    text: Places = field(repr=False)  # in order
    place: Places = field(repr=False)
    height: Vector = field(repr=False)  # each text's have length 1 together

    def of(self, chosen: NDArray[np.bool_]) -> GramRows:
        """Only some of the grams."""
        return GramRows(self.texts, self.text[chosen], self.place[chosen], self.height[chosen])

    def by_place(self) -> GramRows:
        """The same, in order of place."""
        order = np.argsort(self.place, kind="stable")
        return GramRows(self.texts, self.text[order], self.place[order], self.height[order])

    def parts(self, width: int) -> Iterator[slice]:
        """Parts of the grams small enough that `width` numbers fit beside each."""
        size = max(_AT_ONCE // max(width, 1), 1)
        return (slice(start, start + size) for start in range(0, len(self.text), size))


def gram_rows(texts: Sequence[str]) -> tuple[GramRows, Vector]:
    """The grams of every text, and how rare each place of the table is among them."""
    counts = [grams(text) for text in texts]
    text = np.repeat(np.arange(len(texts)), [len(count) for count in counts])
    place = np.array([place for count in counts for place in count], dtype=np.int64)
    often = np.array([times for count in counts for times in count.values()], dtype=np.float32)
    rarity = np.log((1 + len(texts)) / (1 + np.bincount(place, minlength=PLACES))) + 1
    heights = np.sqrt(often) * rarity[place]
    lengths = np.sqrt(np.bincount(text, weights=heights**2, minlength=len(texts)))
    heights /= np.maximum(lengths, 1e-9)[text]
    rows = GramRows(len(texts), text, place, heights.astype(np.float32))
    return rows, rarity.astype(np.float32)


def likeness(rows: GramRows) -> Vector:
    """How alike every two texts are: 1 for a text and itself, 0 where no gram is shared."""
    often = np.bincount(rows.place, minlength=PLACES)
    common = often[rows.place] > _COMMON
    alike = _by_column(rows.of(common))
    _add_by_pair(alike, rows.of(~common).by_place())
    return alike


def _by_column(rows: GramRows) -> Vector:
    columns, column = np.unique(rows.place, return_inverse=True)
    table = np.zeros((rows.texts, len(columns)), dtype=np.float32)
    table[rows.text, column] = rows.height
    alike: Vector = table @ table.T
    return alike


def _add_by_pair(alike: Vector, rows: GramRows) -> None:
    """Add the product of every two grams that stand at the same place. Rows are by place."""
    often = np.bincount(rows.place, minlength=PLACES)
    first = np.cumsum(often) - often
    for part in rows.parts(_COMMON):
        times = often[rows.place[part]]
        here = np.repeat(np.arange(len(rows.text))[part], times)
        step = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
        there = first[rows.place[here]] + step
        pairs = rows.text[here] * rows.texts + rows.text[there]
        np.add.at(alike.reshape(-1), pairs, rows.height[here] * rows.height[there])


def spread(rows: GramRows, shares: Vector) -> Vector:
    """What each place of the table is given by the shares of the texts that name it."""
    table = np.zeros((PLACES, shares.shape[1]), dtype=np.float32)
    ordered = rows.by_place()
    for part in ordered.parts(shares.shape[1]):
        given = shares[ordered.text[part]] * ordered.height[part, None]
        places, starts = np.unique(ordered.place[part], return_index=True)
        table[places] += np.add.reduceat(given, starts, axis=0)
    return table
