"""content/rules/phrases/<lang>.yaml: what patients say when a rule is met, by language.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import Field

from webapp.domain.pattern import BadPattern, Pattern, Slots, read_patterns
from webapp.domain.phrase import CUES, Language, PhraseBook, make_language
from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import Strict, line_at, parse_yaml, read_file

PHRASES_FOLDER = Path("rules") / "phrases"
Place = tuple[int | str, ...]
Fault = Callable[[Place, str], None]


class RulePhrases(Strict):
    """What meets one rule, and worked examples: messages that meet it and twins that do not."""

    rule: str = Field(pattern=r"^R\d\d-[a-z0-9-]+$")
    says: tuple[str, ...] = Field(min_length=1)
    meets: tuple[str, ...] = Field(min_length=1)
    silent: tuple[str, ...] = Field(min_length=1)


class PhrasesFile(Strict):
    """One language."""

    lang: str
    status: str
    fillers: str = ""  # words that a pattern passes over, with spaces between
    ordinary: str = ""  # words that are never taken for a misspelling
    prefixes: tuple[str, ...] = ()
    spellings: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, str]
    cues: Mapping[str, tuple[str, ...]]
    phrases: tuple[RulePhrases, ...]


def load_phrases(content: Path) -> PhraseBook:
    """Every language's red-flag phrases. Raises LibraryError with file, line and remedy."""
    files = sorted((content / PHRASES_FOLDER).glob("*.yaml"))
    return PhraseBook({path.stem: _language(path) for path in files})


def load_phrase_examples(content: Path) -> Iterator[tuple[str, RulePhrases]]:
    """Each language code with what its file says of each rule, for the tests."""
    for path in sorted((content / PHRASES_FOLDER).glob("*.yaml")):
        text = read_file(path, check="yaml-file")
        for phrases in parse_yaml(text, PhrasesFile, file=str(path)).phrases:
            yield path.stem, phrases


def _language(path: Path) -> Language:
    text = read_file(path, check="yaml-file")
    read = parse_yaml(text, PhrasesFile, file=str(path))
    problems: list[Problem] = []

    def fault(place: Place, what: str) -> None:
        line = line_at(text, place)
        problems.append(Problem(str(path), line, "phrase", what, "Correct this line."))

    if read.lang != path.stem:
        fault(("lang",), f"The file is named {path.stem} and says it is '{read.lang}'.")
    known = Slots(read.groups)
    phrases = tuple(_phrases(read, known, fault))
    cues = tuple(_cues(read, known, fault))
    if problems:
        raise LibraryError(problems)
    return make_language(
        phrases,
        cues,
        fillers=frozenset(read.fillers.split()),
        ordinary=frozenset(read.ordinary.split()),
        speller=(read.spellings, read.prefixes),
    )


def _phrases(read: PhrasesFile, known: Slots, fault: Fault) -> Iterator[Pattern]:
    for number, rule in enumerate(read.phrases):
        place = ("phrases", number, "says")
        yield from _patterns(rule.rule, rule.says, (place, known, fault))


def _cues(read: PhrasesFile, known: Slots, fault: Fault) -> Iterator[Pattern]:
    for kind, says in read.cues.items():
        if kind not in CUES:
            fault(("cues", kind), f"Unknown cue '{kind}'; there are: {', '.join(sorted(CUES))}.")
        yield from _patterns(kind, says, (("cues", kind), known, fault))


def _patterns(
    tag: str,
    lines: Sequence[str],
    where: tuple[Place, Slots, Fault],
) -> Iterator[Pattern]:
    place, known, fault = where
    for number, line in enumerate(lines):
        try:
            yield from read_patterns(tag, line, known)
        except BadPattern as error:
            fault((*place, number), str(error))
