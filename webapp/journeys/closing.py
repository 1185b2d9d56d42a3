"""Closing: a day that is over without an answer is missed, and its silence is judged.

May import: domain, store and this room.
"""

from __future__ import annotations

from datetime import datetime

from webapp.domain.checkin import Report, Reported
from webapp.domain.rule import evaluate
from webapp.journeys import flagging, judging
from webapp.journeys.house import House
from webapp.store import audits, checkins, histories, links, prompts
from webapp.store.engine import Transaction
from webapp.store.prompts import Prompt, PromptState

BATCH_TO_CLOSE = 50  # days judged in one transaction: a patient who sends waits no longer


def close_days(house: House, now: datetime) -> tuple[int, int]:
    """Close every day that is over and judge the silence; how many days, and how many new flags."""
    closed = flagged = 0
    while batch := _close_batch(house, now):
        closed += len(batch)
        flagged += sum(batch)
    return closed, flagged


def _close_batch(house: House, now: datetime) -> list[int]:
    with house.store.begin() as tx:
        return [
            _close_one(house, tx, prompt, now)
            for prompt in prompts.to_close(tx, now, BATCH_TO_CLOSE)
        ]


def _close_one(house: House, tx: Transaction, prompt: Prompt, now: datetime) -> int:
    """Call the day missed, and raise what the silence rules find."""
    prompts.settle(tx, prompt.patient_id, prompt.local_day, PromptState.MISSED, now)
    holder = links.holder_of(tx, prompt.clinic_id, prompt.patient_id, lambda _: prompt.local_day)
    if holder is None:
        return 0
    findings = evaluate(
        house.library.rules, judging.setup_for(house, holder.patient), _silence(tx, prompt)
    )
    raised = flagging.Raised(holder, f"missed:{prompt.local_day}", prompt.local_day, findings, now)
    new = flagging.raise_flags(house, tx, raised)
    audits.record(tx, _missed(prompt, now), holder.seal)
    return len(new)


def _silence(tx: Transaction, prompt: Prompt) -> tuple[Reported, ...]:
    days = checkins.last_of_each_day(histories.in_brief(tx, prompt.patient_id))
    earlier = [day for day in days if day.local_day < prompt.local_day]
    missed = prompts.missed_before(tx, prompt.patient_id, prompt.local_day)
    history = judging.history_of(earlier, missed)
    return (*history, Report(prompt.pod, missed=True))


def _missed(prompt: Prompt, now: datetime) -> audits.Action:
    return audits.Action(
        clinic_id=prompt.clinic_id,
        actor="clock",
        action="check-in.missed",
        subject=f"prompt:{prompt.id}",
        channel="clock",
        at=now,
        patient_id=prompt.patient_id,
    )
