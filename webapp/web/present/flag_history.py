"""What happened to a flag, and to a record, in sentences. May import: the domain, flask-babel,
clinic_time, inbox.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.domain.person import Staff, StaffId
from webapp.domain.review import EventKind, FlagEvent
from webapp.web.present.clinic_time import moment
from webapp.web.present.inbox import View, outcome_words

STAFF = "staff:"


def history(
    events: Iterable[FlagEvent], people: Mapping[StaffId, Staff], view: View
) -> tuple[str, ...]:
    """One sentence for each event, in order."""
    return tuple(_sentence(event, people, view) for event in events)


def _sentence(event: FlagEvent, people: Mapping[StaffId, Staff], view: View) -> str:
    parts = [f"{moment(event.at, view.zone, view.now)}: {event_words()[event.kind]}"]
    if event.staff_id is not None:
        parts.append(staff_name(f"{STAFF}{event.staff_id}", people))
    if event.outcome is not None:
        parts.append(outcome_words()[event.outcome])
    if event.because:
        parts.append(event.because)
    said = ", ".join(parts)
    return f"{said}. “{event.note}”" if event.note else said


def event_words() -> dict[EventKind, str]:
    """What can happen to a flag, in words."""
    return {
        EventKind.OPENED: gettext("opened"),
        EventKind.SEEN_AGAIN: gettext("seen again"),
        EventKind.CORRECTED: gettext("the patient corrected the answer; the rule no longer holds"),
        EventKind.ACKNOWLEDGED: gettext("acknowledged"),
        EventKind.NOTED: gettext("note"),
        EventKind.CLOSED: gettext("closed"),
    }


def staff_name(actor: str, people: Mapping[StaffId, Staff]) -> str:
    """Who did something: a member of staff by name, or what else acts here."""
    if actor.startswith(STAFF):
        person = people.get(StaffId(actor.removeprefix(STAFF)))
        return person.name if person else str(gettext("somebody"))
    kind = actor.partition(":")[0]
    known: dict[str, str] = {
        "patient": gettext("the patient"),
        "clock": gettext("the clock"),
        "command": gettext("the command line"),
    }
    return known.get(kind, kind)


def deed_words(action: str) -> str:
    """What the audit trail says was done; an action without words here shows its own name."""
    known: dict[str, str] = {
        "patient.view": gettext("looked at this page"),
        "patient.enrol": gettext("enrolled the patient"),
        "check-in.send": gettext("sent a check-in"),
        "check-in.correct": gettext("corrected a check-in"),
        "check-in.missed": gettext("closed a day without an answer"),
        "patient.pause": gettext("paused the messages"),
        "patient.resume": gettext("started the messages again"),
        "patient.stop": gettext("stopped the messages"),
        "patient.prefer": gettext("changed how the patient is asked"),
        "patient.later": gettext("asked to be asked later that day"),
        "patient.not-me": gettext("said that the messages are not for them"),
        "notice.handle": gettext("handled a notice"),
        "flag.acknowledge": gettext("acknowledged a flag"),
        "flag.close": gettext("closed a flag"),
        "flag.note": gettext("wrote a note"),
        "link.make": gettext("made a link"),
        "page.read": gettext("said that she read a page"),
        "teach-back.answer": gettext("answered a question about what she read"),
        "chat.ask": gettext("asked in the chat"),
        "chat.rate": gettext("judged an answer of the chat"),
        "chat.called": gettext("said whether she has called"),
    }
    return known.get(action, action)
