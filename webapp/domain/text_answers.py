"""Today's answers in one text message: "4 2 1" or "p4 t2 s1".

The order is pain, tablets, trouble sleeping (0 none, 1 a little, 2 a lot). Words are left to
said_numbers. May import: the standard library, and the speech and said_numbers of this room.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from webapp.domain.checkin import Answers, SleepTrouble
from webapp.domain.said_numbers import SaidNumbers
from webapp.domain.speech import folded

_NUMBER = r"(\d{1,2}(?:[.,]\d)?)"
_BARE = re.compile(rf"{_NUMBER}(?:\s*[\s,;/.-]\s*){_NUMBER}(?:\s*[\s,;/.-]\s*){_NUMBER}[\s.!]*")
_CODE = re.compile(rf"([ptsw])\s*[:=]?\s*{_NUMBER}")
_ONLY_CODES = re.compile(rf"(?:[ptsw]\s*[:=]?\s*{_NUMBER}[\s,;/.-]*)+")
_ORDER = ("pain", "tablets", "sleep_trouble")
_ITEM = {"p": "pain", "t": "tablets", "s": "sleep_trouble", "w": "wakes"}
_MOST = {"pain": 10.0, "tablets": 40.0, "sleep_trouble": 2.0, "wakes": 20.0}  # said_numbers' own
_SLEEP = tuple(SleepTrouble)


@dataclass(frozen=True, slots=True)
class HowToAnswer:
    """How a patient is told, in one language, that a whole day fits into one text."""

    title: str
    lead: str
    numbers: tuple[str, ...]  # what each stands for, in the order of `read_code`
    example: str
    means: str  # the example, in words
    after: str


def read_code(text: str) -> SaidNumbers | None:
    """The answers of a message that is nothing but numbers or codes; None if it is anything else.

    A number that cannot be what its place says makes the whole unreadable: it is asked again.
    """
    said = folded(text).strip()
    if bare := _BARE.fullmatch(said):
        pairs = list(zip(_ORDER, bare.groups(), strict=True))
    elif _ONLY_CODES.fullmatch(said):
        pairs = [(_ITEM[letter], number) for letter, number in _CODE.findall(said)]
    else:
        return None
    read = {item: float(number.replace(",", ".")) for item, number in pairs}
    if any(number > _MOST[item] for item, number in read.items()):
        return None
    return {item: _value(item, number) for item, number in read.items()}


def _value(item: str, number: float) -> float | str:
    return _SLEEP[int(number)].value if item == "sleep_trouble" else number


def answers_of(said: Mapping[str, float | str]) -> Answers:
    """What was said, as a check-in's answers; what was not said is unanswered."""
    trouble = said.get("sleep_trouble")
    return Answers(
        nrs_avg=_number(said, "pain"),
        nrs_worst=_number(said, "worst"),
        tablets=_number(said, "tablets"),
        sleep_trouble=SleepTrouble(trouble) if isinstance(trouble, str) else None,
        wakes=_number(said, "wakes"),
    )


def _number(said: Mapping[str, float | str], name: str) -> float | None:
    value = said.get(name)
    return float(value) if isinstance(value, float | int) else None


def bare_numbers(said: Mapping[str, float | str]) -> str:
    """The numbers alone in the order she gave them: without a word, they tell nobody anything."""
    return " ".join(_bare(value) for value in said.values())


def _bare(value: float | str) -> str:
    if isinstance(value, str):
        return str(_SLEEP.index(SleepTrouble(value)))
    return f"{value:g}"
