"""content/alarms.yaml: what is wrong with sending, in plain words, and what to do about it.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import RootModel, field_validator

from webapp.domain.alarm import AlarmKind
from webapp.library.languages import LANGUAGES
from webapp.library.yaml_model import Strict, read_yaml

Words = Mapping[str, str]  # by language


class AlarmFile(Strict):
    """One kind of alarm."""

    what: dict[str, str]
    remedy: dict[str, str]

    @field_validator("what", "remedy")
    @classmethod
    def _no_language_is_left_out(cls, words: dict[str, str]) -> dict[str, str]:
        if missing := [code for code in LANGUAGES if not words.get(code)]:
            raise ValueError(f"there are no words in {', '.join(missing)}; add them")
        return words


class AlarmsFile(RootModel[dict[AlarmKind, AlarmFile]]):
    """content/alarms.yaml."""

    @field_validator("root")
    @classmethod
    def _no_kind_is_left_out(cls, kinds: dict[AlarmKind, AlarmFile]) -> dict[AlarmKind, AlarmFile]:
        if missing := [kind.value for kind in AlarmKind if kind not in kinds]:
            raise ValueError(f"there are no words for {', '.join(missing)}; add them")
        return kinds


@dataclass(frozen=True, slots=True)
class AlarmWords:
    """What is wrong and what to do, by language."""

    what: Words
    remedy: Words


def load_alarm_words(content: Path) -> Mapping[AlarmKind, AlarmWords]:
    """The words of every kind of alarm. Raises LibraryError."""
    read = read_yaml(content / "alarms.yaml", AlarmsFile)
    return {kind: AlarmWords(one.what, one.remedy) for kind, one in read.root.items()}
