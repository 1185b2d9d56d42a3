"""Learning: weights for the search from examples, by one system of linear equations (ridge).

May import: the standard library, numpy, and the search and gram of this room. There is no chance
in it: the same examples give the same weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from webapp.domain.gram import PLACES, grams
from webapp.domain.search import Encoder, Vector, Weights, gram_vector

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


def learn(examples: Sequence[Example], labels: Sequence[str], encoder: Encoder | None) -> Weights:
    """The weights that fit the examples best without leaning on any one of them."""
    texts = [example.text for example in examples]
    rarity = _rarity(texts)
    meanings = np.stack([encoder(text) for text in texts]) if encoder else None
    alike = _alike(texts, rarity, meanings)
    wanted = np.array(
        [[float(label in example.labels) for label in labels] for example in examples],
        dtype=np.float64,
    )
    offset = wanted.mean(axis=0)
    slack = RIDGE / np.array([example.weight for example in examples])
    shares = np.linalg.solve(alike + np.diag(slack), wanted - offset)
    by_gram, scale = _rounded(_by_gram(texts, rarity, shares))
    return Weights(
        labels=tuple(labels),
        rarity=rarity,
        by_gram=by_gram,
        scale=scale,
        offset=offset.astype(np.float32),
        by_meaning=_by_meaning(meanings, shares),
    )


def _by_meaning(meanings: Vector | None, shares: Vector) -> Vector:
    if meanings is None:
        return np.zeros((0, shares.shape[1]), dtype=np.float32)
    return (meanings.T @ shares).astype(np.float32)


def _rarity(texts: Sequence[str]) -> Vector:
    seen = np.zeros(PLACES)
    for text in texts:
        seen[list(grams(text))] += 1
    return (np.log((1 + len(texts)) / (1 + seen)) + 1).astype(np.float32)


def _alike(texts: Sequence[str], rarity: Vector, meanings: Vector | None) -> Vector:
    """How alike every two examples are, in words and in meaning."""
    rows = np.zeros((len(texts), PLACES), dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        places, heights = gram_vector(text, rarity)
        row[places] = heights
    alike = rows @ rows.T
    return alike if meanings is None else alike + meanings @ meanings.T


def _by_gram(texts: Sequence[str], rarity: Vector, shares: Vector) -> Vector:
    table = np.zeros((PLACES, shares.shape[1]), dtype=np.float32)
    for text, share in zip(texts, shares, strict=True):
        places, heights = gram_vector(text, rarity)
        table[places] += np.outer(heights, share).astype(np.float32)
    return table


def _rounded(table: Vector) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int8]], Vector]:
    """The table in whole numbers, a quarter of the size; what is lost does not change an answer."""
    scale = np.maximum(np.abs(table).max(axis=0), 1e-9) / _FINEST
    return np.rint(table / scale).astype(np.int8), scale.astype(np.float32)
