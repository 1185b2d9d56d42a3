"""Inviting: patients are asked about a day, once: a prompt for each, and what tells her of it.

May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from webapp.domain.person import Patient
from webapp.domain.schedule import Window, quiet_end, quiet_of
from webapp.domain.token import new_id
from webapp.store import invitations, prompts
from webapp.store.dues import Alike
from webapp.store.engine import Transaction
from webapp.store.invitations import Invitation
from webapp.store.messages import OutgoingMessage
from webapp.store.prompts import Prompt, PromptState


def prompt(tx: Transaction, patient: Patient, opened: Window, now: datetime) -> None:
    """Ask a patient about one day, once: a prompt, and its message if she has not answered yet.

    A prompt that is late does not go out in her quiet hours: it waits for their end.
    """
    prompt_all(tx, [(Alike(patient, [patient.id]), opened)], now)


def prompt_all(tx: Transaction, asked: Iterable[tuple[Alike, Window]], now: datetime) -> None:
    """The same for many patients: one by one costs forty times as much (benchmarks.md)."""
    invitations.invite(tx, [_invitation(alike, opened, now) for alike, opened in asked], now)


def _invitation(alike: Alike, opened: Window, now: datetime) -> Invitation:
    patient, day = alike.first, opened.local_day
    quiet_over = quiet_end(max(now, opened.due_at), patient.timezone, quiet_of(patient))
    return Invitation(
        patients=alike.ids,
        channel=patient.channel,
        local_day=day,
        pod=opened.pod,
        due_at=opened.due_at,
        remind_at=_still_ahead(opened.reminder_at, quiet_over),
        closes_at=opened.answers_close_at,
        send_at=max(quiet_over, now),
        purpose="check-in",
        reason=_reason_after(patient, day),
    )


def put_off(tx: Transaction, patient: Patient, opened: Window, at: datetime) -> None:
    """Ask about a day at a time that she chose, before she was asked at her usual one."""
    prompts.add(tx, replace(_prompt(patient, opened, at), due_at=at, later=True))


def _prompt(patient: Patient, opened: Window, remind_at: datetime | None) -> Prompt:
    return Prompt(
        id=new_id(),
        patient_id=patient.id,
        clinic_id=patient.clinic_id,
        local_day=opened.local_day,
        pod=opened.pod,
        due_at=opened.due_at,
        remind_at=remind_at,
        closes_at=opened.answers_close_at,
        state=PromptState.DUE,
    )


def _still_ahead(reminder: datetime | None, sent_at: datetime) -> datetime | None:
    """The reminder's time; none for a prompt that goes out so late that both would come at once."""
    return reminder if reminder is not None and reminder > sent_at else None


def message_about(
    patient: Patient,
    prompt: Prompt,
    purpose: str,
    now: datetime,
    send_at: datetime | None = None,
) -> OutgoingMessage:
    """What tells a patient of her prompt. `send_at` is when; None means now, or after the night."""
    # She may ask for another time again and again; a reminder comes once.
    again = f":{prompt.remind_at:%H%M}" if prompt.later and prompt.remind_at else ""
    return OutgoingMessage(
        id=new_id(),
        clinic_id=patient.clinic_id,
        purpose=purpose,
        channel=patient.channel,
        dedupe=_reason(purpose, patient, prompt.local_day, again),
        queued_at=now,
        try_at=send_at or quiet_end(now, patient.timezone, quiet_of(patient)),
        not_after=prompt.closes_at,
        patient_id=patient.id,
        prompt_id=prompt.id,
        local_day=prompt.local_day,
    )


def _reason(purpose: str, patient: Patient, day: date, again: str = "") -> str:
    """Why a message is sent: there is one for each."""
    return f"{purpose}:{patient.id}{_reason_after(patient, day, again)}"


def _reason_after(patient: Patient, day: date, again: str = "") -> str:
    """What of it is the same for all who are asked alike."""
    return f":{day}{again}:{patient.channel}"
