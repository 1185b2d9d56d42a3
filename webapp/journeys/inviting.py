"""Inviting: patients are asked about a day, once: a prompt for each, and what tells her of it.

May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice, starmap

from webapp.domain.person import Patient, PatientId
from webapp.domain.schedule import Window, quiet_end, quiet_of
from webapp.domain.token import new_id
from webapp.store import checkins, messages, prompts
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage
from webapp.store.prompts import Prompt, PromptState


def prompt(tx: Transaction, patient: Patient, opened: Window, now: datetime) -> None:
    """Ask a patient about one day, once: a prompt, and its message if she has not answered yet.

    A prompt that is late does not go out in her quiet hours: it waits for their end.
    """
    prompt_all(tx, ((patient, opened),), now)


def prompt_all(tx: Transaction, asked: Sequence[tuple[Patient, Window]], now: datetime) -> None:
    """The same for many patients: one by one costs forty times as much (benchmarks.md)."""
    if not asked:
        return
    made = [one.stored(tx) for one in _alike(asked, now)]
    keys = {(who.id, one.day) for one in made for who in one.patients.values()}
    ids, days = {who for who, _ in keys}, {day for _, day in keys}
    answered = checkins.answered_among(tx, ids, days)
    for one in made:
        one.queue(tx, answered, now)
    for patient_id, day in answered & keys:
        prompts.settle(tx, patient_id, day, PromptState.ANSWERED, now)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Patients who are asked about the same day in the same way, from the same moment on."""

    prompt: Prompt  # of one of them: what is her own differs
    send_at: datetime
    patients: dict[str, Patient]  # by the ids of their prompts

    @property
    def day(self) -> date:
        return self.prompt.local_day

    def stored(self, tx: Transaction) -> _Asked:
        """Those of them who had not been asked yet."""
        new = prompts.add_alike(tx, self.prompt, self.patients)
        return replace(self, patients={name: self.patients[name] for name in new})

    def queue(
        self, tx: Transaction, answered: frozenset[tuple[PatientId, date]], now: datetime
    ) -> None:
        """Their messages, but for who has answered already."""
        waiting = {
            name: who for name, who in self.patients.items() if (who.id, self.day) not in answered
        }
        for who in islice(waiting.values(), 1):
            like = message_about(who, self.prompt, "check-in", now, self.send_at)
            messages.queue_alike(tx, like, starmap(self._own, waiting.items()))

    def _own(self, prompt_id: str, who: Patient) -> dict[str, str]:
        return {
            "id": new_id(),
            "clinic_id": who.clinic_id,
            "patient_id": who.id,
            "prompt_id": prompt_id,
            "channel": who.channel.value,
            "dedupe": _reason("check-in", who, self.day),
        }


def _alike(asked: Sequence[tuple[Patient, Window]], now: datetime) -> Iterable[_Asked]:
    """The patients of a batch, together with those who are asked as they are."""
    found: dict[tuple[int, datetime], _Asked] = {}
    for patient, opened in asked:
        quiet_over = quiet_end(max(now, opened.due_at), patient.timezone, quiet_of(patient))
        key = id(opened), quiet_over
        if key not in found:
            first = _prompt(patient, opened, _still_ahead(opened.reminder_at, quiet_over))
            found[key] = _Asked(first, max(quiet_over, now), {})
        found[key].patients[new_id()] = patient
    return found.values()


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
    return f"{purpose}:{patient.id}:{day}{again}:{patient.channel}"
