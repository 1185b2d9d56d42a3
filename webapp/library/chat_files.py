"""content/chat: how sure the chat must be, and the words around the numbers of a check-in.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from sys import intern

from webapp.domain.chat import Shelf, Sureness
from webapp.domain.number_pieces import NumberWords, Role
from webapp.domain.pattern import spread
from webapp.domain.phrase import PhraseBook
from webapp.domain.search import Searcher
from webapp.domain.speech import folded
from webapp.domain.topic import TopicId
from webapp.library.example_files import CHAT_FOLDER
from webapp.library.rule_files import load_rules
from webapp.library.yaml_model import Strict, read_yaml


class SurenessFile(Strict):
    """Scores from which the chat says something; see `chat.Sureness`."""

    out_of_scope: float
    doubt: float
    least: float
    answer: float
    lead: float
    danger: float
    everyday: float
    small_talk: float
    check_in: float


class SettingsFile(Strict):
    """content/chat/settings.yaml."""

    crisis: str
    personal_dose: str
    not_urgent: tuple[str, ...]
    little_words: Mapping[str, str]
    sureness: SurenessFile


class NumbersFile(Strict):
    """content/chat/numbers.<lang>.yaml: words by role, and words that are numbers."""

    roles: Mapping[Role, tuple[str, ...]]
    numbers: Mapping[str, float]
    counted: Mapping[str, Mapping[str, float]]  # by item
    prefixes: tuple[str, ...] = ()


def load_chat(content: Path, phrases: PhraseBook, searcher: Searcher) -> Shelf:
    """What the chat answers from. Raises LibraryError with file, line and remedy."""
    settings = read_yaml(content / CHAT_FOLDER / "settings.yaml", SettingsFile)
    advice = {
        name: TopicId(rule.parts[0].advice)
        for name, rule in load_rules(content).rules.items()
        if name not in settings.not_urgent
    }
    return Shelf(
        phrases=phrases,
        searcher=searcher,
        advice=advice,
        crisis=settings.crisis,
        personal_dose=TopicId(settings.personal_dose),
        number_words=load_number_words(content),
        sureness=Sureness(**settings.sureness.model_dump()),
        little_words={lang: frozenset(it.split()) for lang, it in settings.little_words.items()},
    )


def load_number_words(content: Path) -> Mapping[str, NumberWords]:
    """The words around numbers, by language."""
    files = sorted((content / CHAT_FOLDER).glob("numbers.*.yaml"))
    return {path.name.split(".")[1]: _words(read_yaml(path, NumbersFile)) for path in files}


def _words(read: NumbersFile) -> NumberWords:
    roles = {run: role for role, every in read.roles.items() for run in _runs(every)}
    numbers = {run: value for words, value in read.numbers.items() for run in _runs((words,))}
    counted = {
        run: (item, value)
        for item, every in read.counted.items()
        for words, value in every.items()
        for run in _runs((words,))
    }
    return NumberWords(roles, numbers, counted, read.prefixes)


def _runs(every: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Each run of words; `(a|b c)` in an entry stands for either, `(a|)` for one or nothing."""
    for words in every:
        for plain in spread(folded(words)):
            yield tuple(map(intern, plain.split()))  # few words, in a great many runs
