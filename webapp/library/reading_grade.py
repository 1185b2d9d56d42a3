"""How hard a text is to read: school grade in English, ease in Spanish, sentence length in Arabic.

May import: readability and this room. The formulas, their sources and the limits are
written down in docs/decisions/0004-reading-grade.md; the exceptions in content/readability.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field
from readability import ARI, KincaidGradeLevel  # type: ignore[import-untyped]
from readability.langdata import LANGDATA  # type: ignore[import-untyped]

from webapp.library.yaml_model import Strict, read_yaml

_SENTENCE_END = re.compile(r"(?<=[.!?؟…])[\"'»”)]*\s+")
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
_english_syllables = LANGDATA["en"]["syllables"]


class Exceptions(Strict):
    """Names that no shorter word can replace, and the short word counted in their stead."""

    stand_in: str
    words: tuple[str, ...]


class Limits(Strict):
    """How hard a text may be. Grades are US school grades; lengths are words a sentence."""

    english_grade: float
    english_second_grade: float
    english_sentence: int
    spanish_ease: float
    spanish_inflesz: float
    arabic_mean_sentence: float
    arabic_sentence: int
    passage_words: int


class ReadabilityFile(Strict):
    """content/readability.yaml."""

    limits: Limits
    exceptions: Mapping[str, Exceptions] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Counts:
    """What every formula is made of."""

    sentences: int
    words: int
    letters: int
    syllables: int


def load_readability(content: Path) -> ReadabilityFile:
    """The limits and exceptions of content/readability.yaml. Raises LibraryError."""
    return read_yaml(content / "readability.yaml", ReadabilityFile)


def sentences(prose: Iterable[str]) -> tuple[str, ...]:
    """Every sentence. A bullet or paragraph ends one even without a full stop."""
    cut = (part.strip() for block in prose for part in _SENTENCE_END.split(block))
    return tuple(part for part in cut if _WORD.search(part))


def words(text: str) -> tuple[str, ...]:
    """Every word; a number is a word, and a hyphen or apostrophe stays inside one."""
    return tuple(_WORD.findall(text))


def plain(text: str, exceptions: Exceptions) -> str:
    """The text with excepted names and placeholders replaced by the stand-in."""
    text = _PLACEHOLDER.sub(exceptions.stand_in, text)
    if not exceptions.words:
        return text
    names = "|".join(re.escape(word) for word in sorted(exceptions.words, key=len, reverse=True))
    return re.sub(rf"\b(?:{names})\b", exceptions.stand_in, text, flags=re.IGNORECASE)


def english_grades(prose: Sequence[str]) -> tuple[float, float]:
    """US school grades by Flesch-Kincaid and by the Automated Readability Index."""
    # A spoken word has at least one syllable; the library says that "the" has none.
    count = _count(prose, lambda word: max(1, _english_syllables(word.lower())))
    kincaid = KincaidGradeLevel(count.syllables, count.words, count.sentences)
    return round(kincaid, 1), round(ARI(count.letters, count.words, count.sentences), 1)


def spanish_ease(prose: Sequence[str]) -> tuple[float, float]:
    """Ease, 0 to 100 and higher is easier, by Fernández Huerta and by Szigriszt (INFLESZ)."""
    count = _count(prose, spanish_syllables)
    by_word, by_sentence = count.syllables / count.words, count.words / count.sentences
    huerta = 206.84 - 60 * by_word - 1.02 * by_sentence
    return round(huerta, 1), round(206.835 - 62.3 * by_word - by_sentence, 1)


def spanish_syllables(word: str) -> int:
    """Syllables by the rules of Spanish spelling; a number or a sign is one.

    A strong or accented vowel is a syllable; weak ones join their neighbour. Hyphenation
    libraries lose the syllables that may not be broken off (dí-a, a-ños), so this counts.
    """
    spoken = re.sub(r"q[u]|g[u](?=[eiéí])", "g", word.lower())
    spoken = re.sub(r"y\b", "i", spoken)
    strong = len(re.findall("[aeoáéóíú]", spoken))
    weak_alone = len(re.findall("(?<![aeoáéóiuü])[iuü]+(?![aeoáéóiuü])", spoken))
    return max(1, strong + weak_alone)


def sentence_lengths(prose: Sequence[str]) -> tuple[int, ...]:
    """Words in each sentence, in order."""
    return tuple(len(words(sentence)) for sentence in sentences(prose))


def _count(prose: Sequence[str], syllables: Callable[[str], int]) -> Counts:
    """Count a text. Raises ValueError if there is not one word in it."""
    found = sentences(prose)
    every = [word for sentence in found for word in words(sentence)]
    if not every:
        raise ValueError("There are no words to count.")
    letters = sum(character.isalnum() for word in every for character in word)
    return Counts(len(found), len(every), letters, sum(map(syllables, every)))
