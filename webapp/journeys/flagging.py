"""Flagging: findings become flags for clinicians and advice for the patient.

The same unchanged finding folds into the flag that is open; urgent ones begin to climb the ladder
at once (escalating.py). May import: domain, library, store and this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from webapp.domain.flag import Finding
from webapp.domain.review import EventKind, Flag, FlagEvent, folds_into
from webapp.journeys import escalating, reading
from webapp.journeys.house import House
from webapp.store import flags
from webapp.store.engine import Transaction
from webapp.store.links import Holder


@dataclass(frozen=True, slots=True)
class Raised:
    """Findings about one local day of one patient, and what they come from."""

    holder: Holder
    source: str  # a check-in id, or "missed:<day>"
    local_day: date
    findings: Sequence[Finding]
    now: datetime


def advice_for(house: House, holder: Holder, findings: Sequence[Finding]) -> list[dict[str, str]]:
    """What the patient is shown for her findings: gravest first, each topic once, stored words."""
    gravest = sorted(findings, key=lambda found: (found.severity.rank, found.rule))
    by_topic = {found.advice: found for found in reversed(gravest)}
    ordered = sorted(by_topic.values(), key=gravest.index)
    return [_advice(house, holder, found) for found in ordered]


def _advice(house: House, holder: Holder, found: Finding) -> dict[str, str]:
    words = reading.advice_words(
        house.library, found.advice, holder.patient.language, holder.clinic
    )
    return {"severity": found.severity.value, "topic": found.advice, "text": words.text}


def raise_flags(
    house: House, tx: Transaction, raised: Raised, *, corrects: bool = False
) -> tuple[Flag, ...]:
    """Store what was found: new flags, repeats folded into open ones, and a word to staff."""
    if not raised.findings and not corrects:
        return ()  # an ordinary day: there is nothing to look for
    standing = flags.open_of_patient(tx, raised.holder.patient.id)
    if corrects:
        _note_corrected(tx, raised, standing)
    new: list[Flag] = []
    for found in raised.findings:
        repeated = folds_into(found, raised.local_day, standing)
        if repeated is None:
            new.append(_flag(house, raised, found))
        else:
            _append(tx, raised, repeated, EventKind.SEEN_AGAIN, found.because)
    flags.add(tx, tuple(new))
    escalating.begin(house, tx, raised.holder.clinic, new, now=raised.now)
    return tuple(new)


def _flag(house: House, raised: Raised, found: Finding) -> Flag:
    patient = raised.holder.patient
    words = reading.advice_words(
        house.library, found.advice, patient.language, raised.holder.clinic
    )
    return Flag(
        id=str(uuid4()),
        clinic_id=patient.clinic_id,
        patient_id=patient.id,
        raised_by=raised.source,
        local_day=raised.local_day,
        pod=found.pod,
        rule=found.rule,
        rule_version=found.rule_version,
        severity=found.severity,
        because=found.because,
        numbers=dict(found.numbers),
        advice=found.advice,
        told=words.name,
        opened_at=raised.now,
        act_by=raised.now + house.library.response_times[found.severity],
    )


def _note_corrected(tx: Transaction, raised: Raised, standing: Sequence[Flag]) -> None:
    """Say on a flag of this day that the corrected answer no longer meets it; a human closes it."""
    still = {found.rule for found in raised.findings}
    gone = [
        flag
        for flag in standing
        if flag.local_day == raised.local_day
        and flag.rule not in still
        and not flag.raised_by.startswith(CHAT)  # no check-in takes back what she told the chat
    ]
    said = flags.last_kinds(tx, tuple(flag.id for flag in gone)) if gone else {}
    for flag in gone:
        if said.get(flag.id) is not EventKind.CORRECTED:
            _append(tx, raised, flag, EventKind.CORRECTED, None)


def _append(
    tx: Transaction, raised: Raised, flag: Flag, kind: EventKind, because: str | None
) -> None:
    number = flags.next_number(tx, flag.id)
    event = FlagEvent(flag.id, number, kind, raised.now, because=because)
    flags.append(tx, flag, event, flag.state)


CHAT = "chat:"  # begins the source of a flag that was raised by a turn of the chat
