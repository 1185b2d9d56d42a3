"""A patient's free text as words: folded, spelt as the phrase files spell, cut into sentences.

May import: the standard library. Every step takes time in proportion to the text, however odd
the text is, and nothing here knows any language: what differs stands in the phrase files.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

MAX_CHARACTERS = 20_000  # of a longer text the two ends are read
MAX_WORD = 30  # letters; what is longer is no word that a patient spells
COMMA = ","
MAX_SENTENCE = 120  # words; a longer one is read in pieces that overlap
_OVERLAP = 20  # words, longer than any pattern
_LEAST_FUZZY = 5  # letters: shorter words are too easily another word
_TWO_FAULTS = 9  # letters from which two slips are still the same word
_LONGEST_SPELLING = 4  # words that one entry of `spellings` may join

_TOKEN = re.compile(r"\d+(?:[.,٫]\d+)?|[^\W\d_]+|[.!?;\n…؟؛]|[,:،()\-–—]")
_END = frozenset(".!?;\n…؟؛")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼ"), None)
_SAME_LETTER = str.maketrans({"ة": "ه", "ى": "ي"})  # Arabic letters that people write for another


def folded(text: str) -> str:
    """Lower case without accents, apostrophes and vowel marks; digits of any script as 0-9."""
    if len(text) > MAX_CHARACTERS:
        text = f"{text[: MAX_CHARACTERS // 2]}\n{text[-MAX_CHARACTERS // 2 :]}"
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_APOSTROPHES))
    if apart.isascii():
        return apart
    return "".join(map(_folded_mark, apart)).translate(_SAME_LETTER)


def _folded_mark(mark: str) -> str:
    if unicodedata.category(mark) in ("Mn", "Cf") or mark == "\u0640":
        return ""
    return str(unicodedata.decimal(mark)) if mark.isdecimal() else mark


def sentences(text: str) -> Iterator[list[str]]:
    """The words of each sentence; commas and the like stay as COMMA, numbers use a dot."""
    for words in _whole_sentences(text):
        for start in range(0, max(len(words) - _OVERLAP, 1), MAX_SENTENCE - _OVERLAP):
            yield words[start : start + MAX_SENTENCE]


def _whole_sentences(text: str) -> Iterator[list[str]]:
    words: list[str] = []
    for token in _TOKEN.findall(folded(text)):
        if token in _END:
            if words:
                yield words
            words = []
        elif token[0].isdigit():
            words.append(token.replace(",", ".").replace("٫", "."))
        else:
            words.append(token if token[0].isalpha() else COMMA)
    if words:
        yield words


class Speller:
    """Turns a word as written into the word that the phrase files use, if it is near one."""

    def __init__(
        self,
        sought: Iterable[str],
        *,
        known: Iterable[str],
        spellings: Mapping[str, Sequence[str]],
        beginnings: Iterable[str] = (),
        prefixes: Sequence[str] = (),
    ) -> None:
        """A word that is near one of those `sought` is taken for it, unless it is `known`.

        `spellings`: for each word its other spellings, of one or more words. A word with one of
        the `beginnings` is left alone. `prefixes` are written together with a word and may be
        taken off ("and", "the").
        """
        sought = frozenset(sought)
        self._known = frozenset(known) | sought | spellings.keys()
        self._beginnings = tuple(beginnings)
        self._prefixes = tuple(prefixes)
        self._joined = {
            tuple(chain.from_iterable(sentences(variant))): word
            for word, variants in spellings.items()
            for variant in variants
        }
        self._starts = frozenset(variant[0] for variant in self._joined)
        self._near: dict[str, list[str]] = {}
        for word in sorted(sought):
            if len(word) >= _LEAST_FUZZY:
                for shorter in _shortened(word, _slips(word)):
                    self._near.setdefault(shorter, []).append(word)

    def spelt(self, words: Sequence[str]) -> list[str]:
        """The sentence with every word spelt as the phrase files spell it."""
        said: list[str] = []
        place = 0
        while place < len(words):
            length, spelt = self._spelt_at(words, place)
            said.extend(spelt)
            place += length
        return said

    def _spelt_at(self, words: Sequence[str], place: int) -> tuple[int, tuple[str, ...]]:
        """How many words are read from `place` on, and what they are."""
        here = words[place : place + _LONGEST_SPELLING]
        if found := self._joined_in(here):
            return found[0], (found[1],)
        if here[0] not in self._known:
            for before, bare in self._bared(here[0]):
                if found := self._joined_in((bare, *here[1:])):
                    return found[0], (*before, found[1])
                if bare in self._known:
                    return 1, (*before, bare)
        return 1, (self._word(here[0]),)

    def _joined_in(self, words: Sequence[str]) -> tuple[int, str] | None:
        """The longest spelling that these words begin with, and its number of words."""
        if words[0] in self._starts:
            for length in range(len(words), 0, -1):
                found = self._joined.get(tuple(words[:length]))
                if found is not None:
                    return length, found
        return None

    def _bared(self, word: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """The word without a prefix; a prefix that begins with a word of its own leaves that."""
        for prefix in self._prefixes:
            bare = word.removeprefix(prefix)
            if bare and bare != word:
                yield (prefix[:1],) if prefix[0] in self._known else (), bare

    def _word(self, word: str) -> str:
        if word in self._known or not word[0].isalpha() or word.startswith(self._beginnings):
            return word
        return self._nearest(word)

    def _nearest(self, word: str) -> str:
        if not _LEAST_FUZZY <= len(word) <= MAX_WORD:
            return word
        slips = _slips(word)
        near = {
            known
            for shorter in _shortened(word, slips)
            for known in self._near.get(shorter, ())
            if known[0] == word[0] and _distance(known, word) <= slips
        }
        return min(near, key=lambda known: (_distance(known, word), known), default=word)


def _slips(word: str) -> int:
    return 2 if len(word) >= _TWO_FAULTS else 1


def _shortened(word: str, times: int) -> set[str]:
    """The word with up to `times` letters left out: two words that share one are near."""
    every = last = {word}
    for _ in range(times):
        last = {short[:cut] + short[cut + 1 :] for short in last for cut in range(len(short))}
        every = every | last
    return every


def _distance(first: str, second: str) -> int:
    """Letters to add, drop, change or swap with their neighbour to get from one to the other."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, 1):
        older, before, row = before, row, [i]
        for j, other in enumerate(second, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]
