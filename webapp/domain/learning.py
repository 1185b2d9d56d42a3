"""Learning: weights for the search from examples, by one system of linear equations (ridge).

May import: the standard library, numpy, and the search and likeness of this room. There is no
chance in it: the same examples give the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from webapp.domain.likeness import gram_rows, likeness, spread
from webapp.domain.search import Vector, Weights

RIDGE = 0.4  # how much it costs to fit one example exactly
_FINEST = (
    15  # of the whole numbers that weights are kept as: half a point less, an eighth of the size
)


@dataclass(frozen=True, slots=True)
class Example:
    """A text and every label that is right for it; a heavier one counts for more."""

    text: str
    labels: frozenset[str]
    weight: float = 1.0


def learn(examples: Sequence[Example], labels: Sequence[str], meanings: Vector | None) -> Weights:
    """The weights that fit the examples best without leaning on any one of them.

    `meanings` is the sentence vector of each example, or None where there is no encoder.
    """
    rows, rarity = gram_rows([example.text for example in examples])
    alike = likeness(rows)
    if meanings is not None:
        alike += meanings @ meanings.T
    shares, offset = _fitted(alike, examples, labels)
    by_gram, scale = _rounded(spread(rows, shares))
    return Weights(
        labels=tuple(labels),
        rarity=rarity,
        by_gram=by_gram,
        scale=scale,
        offset=offset,
        by_meaning=_by_meaning(meanings, shares),
    )


def _fitted(
    alike: Vector, examples: Sequence[Example], labels: Sequence[str]
) -> tuple[Vector, Vector]:
    """The share of each example in each label's weights, and how common each label is."""
    wanted = np.zeros((len(examples), len(labels)), dtype=np.float32)
    column = {label: number for number, label in enumerate(labels)}
    for row, example in zip(wanted, examples, strict=True):
        row[[column[label] for label in example.labels if label in column]] = 1
    offset = wanted.mean(axis=0)
    alike[np.diag_indices_from(alike)] += np.array([RIDGE / it.weight for it in examples])
    return np.linalg.solve(alike, wanted - offset), offset


def _by_meaning(meanings: Vector | None, shares: Vector) -> Vector:
    if meanings is None:
        return np.zeros((0, shares.shape[1]), dtype=np.float32)
    return (meanings.T @ shares).astype(np.float32)


def _rounded(table: Vector) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int8]], Vector]:
    """The table in whole numbers, a quarter of the size; what is lost does not change an answer."""
    scale = np.maximum(np.abs(table).max(axis=0), 1e-9) / _FINEST
    return np.rint(table / scale).astype(np.int8), scale.astype(np.float32)
