"""Signs: what a patient can tick besides the questions, and when a page offers each.

May import: the standard library, and the flag of this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.flag import Severity


class SignGroup(StrEnum):
    """Where a page puts a sign. In the order of the page: danger first."""

    BREATHING = "breathing"
    WAKEFULNESS = "wakefulness"
    BLEEDING = "bleeding"
    INFECTION = "infection"
    NERVES = "nerves"
    ALLERGY = "allergy"
    SELF_HARM = "self-harm"
    BODY = "body"
    SKIN = "skin"
    MEDICINE = "medicine"
    FEELINGS = "feelings"
    EXPECTED = "expected"


ALARMS = frozenset(
    {
        SignGroup.BREATHING,
        SignGroup.WAKEFULNESS,
        SignGroup.BLEEDING,
        SignGroup.INFECTION,
        SignGroup.NERVES,
        SignGroup.ALLERGY,
        SignGroup.SELF_HARM,
    }
)  # groups whose every sign is a danger sign: shown first, every day


@dataclass(frozen=True, slots=True)
class Lead:
    """A rule that a tick can lead to, and when it does."""

    rule: str
    severity: Severity
    when: str


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing to tick. Triage accepts every sign on every day; a page may offer fewer."""

    id: str
    group: SignGroup
    pathways: tuple[str, ...]
    words: Mapping[str, str]  # by language
    leads_to: tuple[Lead, ...]
    first_day: int | None = 0  # postoperative day; None is never
    last_day: int | None = None  # None is without end
    with_pump: bool = False  # also on any day while the pump is on

    def offered(self, pathway: str, pod: int, *, pump_on: bool) -> bool:
        """Whether a page offers this sign without being asked for the whole list."""
        if pathway not in self.pathways:
            return False
        if pump_on and self.with_pump:
            return True
        started = self.first_day is not None and pod >= self.first_day
        return started and (self.last_day is None or pod <= self.last_day)


def ticks_by_pathway(signs: Iterable[Sign]) -> Mapping[str, frozenset[str]]:
    """The sign ids that belong to each pathway; any other tick meets R28."""
    every = tuple(signs)
    pathways = {pathway for sign in every for pathway in sign.pathways}
    return {
        pathway: frozenset(sign.id for sign in every if pathway in sign.pathways)
        for pathway in sorted(pathways)
    }
