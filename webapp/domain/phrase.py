"""Red-flag phrases: which rules a patient's free text meets, in her own words or a caregiver's.

May import: the standard library, and the pattern and speech of this room. What is said not to be
so, was so long ago, happened to somebody else or is only asked about does not count, where that
is safe to tell; when unsure, the rule is met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from webapp.domain.pattern import Pattern, PatternIndex, Said, Span, beginnings, vocabulary
from webapp.domain.speech import COMMA, Speller, sentences

# What a cue says about the words near it. The phrase file of each language lists its own.
NOT = "not"  # what follows is not so: "no", "without"
NOT_A_NOT = "not-a-not"  # looks like one: "not only", "not sure if"
DENIED = "denied"  # what stands just before is not so: "fever: none"
TURN = "turn"  # a new clause, which what was said before does not reach: "but"
JOIN = "join"  # a "no" does not reach over it, though the clause goes on: "and", "now"
OR = "or"  # carries a "no" along a list: "no fever, chills or pus"
SUBJECT = "subject"  # somebody begins a new statement: "I", "my", "it"
PAST = "past"  # long ago: "last year", "as a child"
WAS = "was"  # a verb of the past: "had", "got"
PRESENT = "present"  # it is so now: "is", "today", "again"
OTHER = "other"  # somebody who is not the patient: "my neighbor"
MAYBE = "maybe"  # only asked or imagined: "what if", "signs of"
IDIOM = "idiom"  # words that mean something else: "dying to know"
CUES = frozenset(
    {NOT, NOT_A_NOT, DENIED, TURN, JOIN, OR, SUBJECT, PAST, WAS, PRESENT, OTHER, MAYBE, IDIOM}
)

_REACH_OF_NOT = 6  # words that a "no" reaches over
_REACH_OF_MAYBE = 8
_LIST_ITEM = 4  # words of one item of a list that a "no" governs
_IDIOM_WORD = "\N{MIDDLE DOT}"  # stands for a word that an idiom used up

Cues = Mapping[str, frozenset[int]]  # the places in a sentence that each kind of cue covers


@dataclass(frozen=True, slots=True)
class Language:
    """The phrases and cues of one language, compiled once."""

    phrases: PatternIndex = field(repr=False)
    cues: PatternIndex = field(repr=False)
    speller: Speller = field(repr=False)
    fillers: frozenset[str]


@dataclass(frozen=True, slots=True)
class PhraseBook:
    """The phrase files, by language code."""

    languages: Mapping[str, Language]


def make_language(
    phrases: Sequence[Pattern],
    cues: Sequence[Pattern],
    *,
    fillers: frozenset[str],
    ordinary: frozenset[str],
    speller: tuple[Mapping[str, Sequence[str]], Sequence[str]] = ({}, ()),
) -> Language:
    """A language from its patterns; each pattern's tag is a rule id or a cue.

    `ordinary` words are never taken for a misspelling. `speller` is spellings and prefixes.
    """
    spellings, prefixes = speller
    every = (*phrases, *cues)
    sought = vocabulary(phrases)
    return Language(
        PatternIndex(phrases),
        PatternIndex(cues),
        Speller(
            sought - fillers - ordinary,
            known=vocabulary(every) | fillers | ordinary,
            spellings=spellings,
            beginnings=beginnings(every),
            prefixes=prefixes,
        ),
        fillers,
    )


def rules_met(text: str, lang: str, phrases: PhraseBook) -> frozenset[str]:
    """The ids of the rules that a text meets; none in a language without a phrase file.

    `lang` is a language code; a region ("es-MX") falls back to its language.
    """
    language = phrases.languages.get(lang) or phrases.languages.get(lang.split("-")[0].lower())
    if language is None:
        return frozenset()
    return frozenset(
        rule for words in sentences(text) for rule in _met(language.speller.spelt(words), language)
    )


def _met(words: list[str], language: Language) -> Iterator[str]:
    cues = _cues(words, language)
    plain = [_IDIOM_WORD if place in cues[IDIOM] else word for place, word in enumerate(words)]
    said = Said(plain, language.fillers, walls=cues[NOT])
    for rule, span in language.phrases.find(said):
        if not _is_not_so(span, said, cues) and not _is_not_now(span, said, cues):
            yield rule


def _cues(words: Sequence[str], language: Language) -> Cues:
    places: dict[str, set[int]] = {kind: set() for kind in CUES}
    for kind, span in language.cues.find(Said(words, language.fillers)):
        places[kind].update(range(span.start, span.end + 1))
    places[NOT] -= places[NOT_A_NOT]
    return {kind: frozenset(found) for kind, found in places.items()}


def _is_not_so(span: Span, said: Said, cues: Cues) -> bool:
    """Whether a "no" or a "what if" governs these words."""
    return (
        _denied_before(span, said, cues)
        or _denied_after(span, said, cues)
        or _maybe(span, said, cues)
    )


def _denied_before(span: Span, said: Said, cues: Cues) -> bool:
    """A "no" before, or inside, with nothing between that ends its reach."""
    reach, item, commas = _REACH_OF_NOT, 0, False
    for place in range(span.start - 1, -1, -1):
        if place in cues[NOT]:
            return not commas or _is_list(place, span, said, cues)
        if place in cues[TURN] or place in cues[JOIN]:
            return False
        item = 0 if said.words[place] == COMMA else item + 1
        commas = commas or said.words[place] == COMMA
        reach -= said.words[place] not in said.fillers and said.words[place] != COMMA
        if reach < 0 or item > _LIST_ITEM + 2:
            return False
    return False


def _is_list(start: int, span: Span, said: Said, cues: Cues) -> bool:
    """Whether a "no" runs on over commas: "no fever, chills or pus" does, "no fever, my" not."""
    if said.words[start + 1] == COMMA:
        return False
    here = range(start, min(span.end + 2 * _LIST_ITEM, len(said.words)))
    if any(place in cues[SUBJECT] for place in range(start + 1, span.start + 1)):
        return False
    return any(place in cues[OR] for place in here)


def _denied_after(span: Span, said: Said, cues: Cues) -> bool:
    """ "Fever: none" - a denial just after, with which the sentence or the item ends."""
    places = [place for place in range(span.end + 1, len(said.words))][:3]
    words = [place for place in places if said.words[place] != COMMA]
    if not words or words[0] not in cues[DENIED]:
        return False
    after = words[0] + 1
    return after >= len(said.words) or said.words[after] == COMMA


def _maybe(span: Span, said: Said, cues: Cues) -> bool:
    reach = _REACH_OF_MAYBE
    for place in range(span.start, -1, -1):
        if place in cues[MAYBE]:
            return True
        if place in cues[TURN] or reach == 0:
            return False
        reach -= said.words[place] != COMMA
    return False


def _is_not_now(span: Span, said: Said, cues: Cues) -> bool:
    """Whether these words tell of long ago, or of somebody who is not the patient."""
    clause = _stretch(span, said, cues[TURN])
    segment = _stretch(span, said, cues[TURN] | _commas(said))
    if segment & cues[PRESENT]:
        return False
    in_the_past = bool(segment & cues[WAS])
    if segment & cues[PAST] or (in_the_past and clause & cues[PAST]):
        return True
    return bool(in_the_past and segment & cues[OTHER])


def _stretch(span: Span, said: Said, ends: frozenset[int]) -> frozenset[int]:
    """The places around a span up to the nearest of `ends` on each side."""
    start = max((place for place in ends if place < span.start), default=-1) + 1
    end = min((place for place in ends if place > span.end), default=len(said.words))
    return frozenset(range(start, end))


def _commas(said: Said) -> frozenset[int]:
    return frozenset(place for place, word in enumerate(said.words) if word == COMMA)
