"""Listening: what the chat could not answer, for whoever writes the clinic's words.

May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from webapp.domain.turn import Tally, Turn
from webapp.journeys.desk import Desk, NotHere
from webapp.store import turns

LOOKS_BACK = timedelta(days=30)
MOST_QUESTIONS = 200


@dataclass(frozen=True, slots=True)
class Heard:
    """Questions that nobody has handled, newest first, and how every turn ended."""

    questions: tuple[Turn, ...]
    tally: Tally
    since: datetime


def listen(desk: Desk) -> Heard:
    """What this clinic's patients and visitors asked in vain over the last thirty days."""
    since = desk.now - LOOKS_BACK
    with desk.house.store.read() as tx:
        found = turns.unanswered(tx, desk.clinic_id, since, MOST_QUESTIONS)
        counts = turns.tally(tx, desk.clinic_id, since)
    return Heard(found, Tally(counts), since)


def handle(desk: Desk, turn_id: str) -> None:
    """Take a question off the list. Raises `NotHere`; doing it twice changes nothing."""
    with desk.house.store.begin() as tx:
        turn = turns.load(tx, desk.clinic_id, turn_id)
        if turn is None:
            raise NotHere(turn_id)
        if turns.handle(tx, desk.clinic_id, turn_id, by=desk.actor.id, now=desk.now):
            desk.record(tx, "question.handle", f"chat_turn:{turn_id}")
