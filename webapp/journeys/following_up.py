"""Following up: after act-now words, the patient is asked once whether she has called.

What she says is a note on the flag, which stays open until a human closes it. May import: domain,
store and this room.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from webapp.domain.person import ClinicId
from webapp.domain.review import EventKind, FlagEvent
from webapp.domain.turn import Turn
from webapp.journeys import conversing
from webapp.journeys.house import House
from webapp.store import flags, turns
from webapp.store.engine import AlreadyThere, Transaction

_TRIES = 3
# For the clinicians, who read English; the words of the patient's page are interface words.
_SAID = {
    True: "Asked by the chat whether she has called, she said yes.",
    False: "Asked by the chat whether she has called, she said: not yet.",
}


def say_called(house: House, turn_id: str, *, called: bool, now: datetime) -> Turn | None:
    """Keep her first answer to "have you called?"; None if there is no such urgent turn."""
    for _ in range(_TRIES - 1):
        try:
            return _say_called(house, turn_id, called, now)
        except AlreadyThere:  # a clinician was at the same flag at this moment: look again
            continue
    return _say_called(house, turn_id, called, now)


def _say_called(house: House, turn_id: str, called: bool, now: datetime) -> Turn | None:
    with house.store.begin() as tx:
        turn = turns.by_id(tx, turn_id)
        if turn is None or not turn.is_urgent:
            return None
        if turn.called is not None:
            return turn
        turns.say_called(tx, turn_id, called=called)
        if turn.clinic_id is not None:
            for flag_id in dict.fromkeys(turn.flags):
                _note(tx, turn.clinic_id, flag_id, _SAID[called], now)
        conversing.record(tx, turn, "chat.called", now=now)
    return replace(turn, called=called)


def _note(tx: Transaction, clinic_id: ClinicId, flag_id: str, words: str, now: datetime) -> None:
    flag = flags.load(tx, clinic_id, flag_id, lock=True)
    if flag is not None:
        number = flags.next_number(tx, flag_id)
        event = FlagEvent(flag_id, number, EventKind.NOTED, now, note=words)
        flags.append(tx, flag, event, flag.state)
