"""Turns of the chat. What a turn was never changes; what was said of it afterwards is added.

May import: sqlalchemy, domain, schema. A turn's id is random and leaves the server once, so it
stands for the browser that asked; lists are for one clinic.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, or_, select, update

from webapp.domain.person import ClinicId, PatientId, StaffId
from webapp.domain.turn import UNANSWERED, UNHAPPY, Feedback, Turn, TurnOutcome
from webapp.store import patients
from webapp.store.engine import Transaction
from webapp.store.schema import ChatTurnRow, table_of
from webapp.store.sealing import Seal, SealBroken

_table = table_of(ChatTurnRow)
_WORDS = "chat_turn.words"
_PLAIN = tuple(name for name in Turn.__slots__ if name != "words")
_LISTS = ("offered", "rules", "flags")


def add(tx: Transaction, turn: Turn) -> None:
    """Store a turn, its words sealed."""
    row: dict[str, Any] = {name: getattr(turn, name) for name in _PLAIN}
    row |= {name: list(row[name]) for name in _LISTS}
    row["words"] = _seal(tx, turn).seal(_WORDS, turn.words) if turn.words else None
    tx.execute(insert(_table), row)


def _seal(tx: Transaction, turn: Turn) -> Seal:
    """The patient's own seal if she is known, so that erasing her erases this."""
    if turn.patient_id is None or turn.clinic_id is None:
        return tx.keyring.own
    return patients.seal_of(tx, turn.clinic_id, turn.patient_id)


def by_id(tx: Transaction, turn_id: str) -> Turn | None:
    """One turn without its words, for the browser that holds its id."""
    row = tx.execute(select(*_table.c).where(_table.c.id == turn_id)).one_or_none()
    return None if row is None else _turn(row, "")


def load(tx: Transaction, clinic_id: ClinicId, turn_id: str) -> Turn | None:
    """One turn of this clinic with its words; None if it is not this clinic's."""
    here = (_table.c.id == turn_id) & (_table.c.clinic_id == clinic_id)
    row = tx.execute(select(*_table.c).where(here)).one_or_none()
    return None if row is None else _turn(row, _opened(tx, row))


def rate(tx: Transaction, turn_id: str, feedback: Feedback) -> None:
    """Keep what the asker said of an answer; saying otherwise later counts."""
    tx.execute(update(_table).where(_table.c.id == turn_id).values(feedback=feedback))


def say_called(tx: Transaction, turn_id: str, *, called: bool) -> None:
    """Keep whether the asker said that she had called."""
    tx.execute(update(_table).where(_table.c.id == turn_id).values(called=called))


def handle(
    tx: Transaction, clinic_id: ClinicId, turn_id: str, *, by: StaffId, now: datetime
) -> bool:
    """Mark a question of this clinic as handled; False if it was, or is not this clinic's."""
    here = (_table.c.clinic_id == clinic_id) & (_table.c.id == turn_id)
    still = here & _table.c.handled_at.is_(None)
    return bool(
        tx.execute(update(_table).where(still).values(handled_at=now, handled_by=by)).rowcount
    )


def unanswered(
    tx: Transaction, clinic_id: ClinicId, since: datetime, limit: int
) -> tuple[Turn, ...]:
    """Questions of this clinic that nobody has handled: without an answer, or a bad one."""
    wanted = or_(_table.c.outcome.in_(UNANSWERED), _table.c.feedback.in_(UNHAPPY))
    here = (_table.c.clinic_id == clinic_id) & (_table.c.at >= since)
    query = select(*_table.c).where(here, wanted, _table.c.handled_at.is_(None))
    rows = tx.execute(query.order_by(_table.c.at.desc(), _table.c.id).limit(limit))
    return tuple(_turn(row, _opened(tx, row)) for row in rows)


def tally(tx: Transaction, clinic_id: ClinicId, since: datetime) -> dict[TurnOutcome, int]:
    """How often each outcome came in this clinic."""
    here = (_table.c.clinic_id == clinic_id) & (_table.c.at >= since)
    query = select(_table.c.outcome, func.count()).where(here).group_by(_table.c.outcome)
    return {TurnOutcome(outcome): count for outcome, count in tx.execute(query)}


def forget_words(tx: Transaction, before: datetime) -> int:
    """Destroy the words of every turn older than `before`; outcomes are kept for counting."""
    old = (_table.c.at < before) & _table.c.words.is_not(None)
    return int(tx.execute(update(_table).where(old).values(words=None)).rowcount)


def _opened(tx: Transaction, row: Any) -> str:
    """A question's words; "" where there are none, or their key is destroyed."""
    if row.words is None:
        return ""
    seal: Seal | None = tx.keyring.own
    if row.patient_id is not None:
        seal = patients.seal_if_any(tx, ClinicId(row.clinic_id), PatientId(row.patient_id))
    try:
        return "" if seal is None else seal.open(_WORDS, row.words)
    except SealBroken:
        return ""


def _turn(row: Any, words: str) -> Turn:
    fields = {name: getattr(row, name) for name in _PLAIN}
    fields |= {name: tuple(fields[name]) for name in _LISTS}
    fields["outcome"] = TurnOutcome(row.outcome)
    fields["feedback"] = None if row.feedback is None else Feedback(row.feedback)
    return Turn(**fields, words=words)
