"""Search: how well each topic answers a text, by weights learnt from the ways people ask.

May import: the standard library, numpy (the search is one product of matrices; plain Python would
take a hundred times as long), and the gram of this room. Nothing is read and nothing is random.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from webapp.domain.gram import grams

Vector = NDArray[np.float32]
Encoder = Callable[[str], Vector]  # a text as a vector of length 1; near texts are near in meaning

OUT_OF_SCOPE = "-out-of-scope"  # labels beside the topic ids
SMALL_TALK = "-small-talk"
DANGER = "-danger"
CHECK_IN = "-check-in"
SPECIAL = (OUT_OF_SCOPE, SMALL_TALK, DANGER, CHECK_IN)


@dataclass(frozen=True, slots=True)
class Weights:
    """What was learnt for one language."""

    labels: tuple[str, ...]
    rarity: Vector = field(repr=False)  # of each place of the gram table
    by_gram: NDArray[np.int8] = field(repr=False)  # places x labels
    scale: Vector = field(repr=False)  # of each label's by_gram
    offset: Vector = field(repr=False)
    by_meaning: Vector = field(repr=False)  # empty where no encoder was at hand


@dataclass(frozen=True, slots=True)
class Found:
    """What a search makes of a text: topics best first, and how likely the special labels are."""

    topics: tuple[tuple[str, float], ...]
    special: Mapping[str, float]

    @property
    def best(self) -> float:
        """The score of the best topic; about 1 for a text like those learnt from, 0 for none."""
        return self.topics[0][1] if self.topics else 0.0

    @property
    def lead(self) -> float:
        """How far the best topic is ahead of the second."""
        return self.best - (self.topics[1][1] if len(self.topics) > 1 else 0.0)


class Searcher:
    """Scores texts of every language that weights were learnt for."""

    def __init__(self, learnt: Mapping[str, Weights], encoder: Encoder | None = None) -> None:
        self._learnt = learnt
        self._encoder = encoder

    @property
    def knows_meaning(self) -> bool:
        """Whether an encoder is at hand."""
        return self._encoder is not None

    @property
    def languages(self) -> Sequence[str]:
        """The languages that can be searched."""
        return tuple(self._learnt)

    def find(self, text: str, lang: str) -> Found:
        """The topics, best first; nothing in a language that nobody taught."""
        weights = self._learnt.get(lang)
        if weights is None:
            return Found((), {})
        scores = _scores(weights, text)
        if self._encoder is not None and len(weights.by_meaning):
            scores = scores + self._encoder(text) @ weights.by_meaning
        return _found(weights, scores)


def gram_vector(text: str, rarity: Vector) -> tuple[NDArray[np.int64], Vector]:
    """The places that a text names and their weights; the weights have length 1 together."""
    counts = grams(text)
    places = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
    heights: Vector = np.sqrt(often) * rarity[places]
    heights /= np.float32(max(float(np.linalg.norm(heights)), 1e-9))
    return places, heights


def _scores(weights: Weights, text: str) -> Vector:
    places, heights = gram_vector(text, weights.rarity)
    rows = weights.by_gram[places].astype(np.float32)
    scored: Vector = (heights @ rows) * weights.scale + weights.offset
    return scored


def _found(weights: Weights, scores: Vector) -> Found:
    named = list(zip(weights.labels, scores.tolist(), strict=True))
    topics = sorted((it for it in named if it[0] not in SPECIAL), key=lambda it: (-it[1], it[0]))
    return Found(tuple(topics), {label: score for label, score in named if label in SPECIAL})
