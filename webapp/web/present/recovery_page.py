"""One patient's recovery as its page prints it.

May import: the domain, journeys, flask-babel, language, charts, clinic_time, inbox, numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from flask_babel import gettext, ngettext  # type: ignore[import-untyped]

from webapp.domain.checkin import Answers
from webapp.domain.person import Patient, PatientStatus
from webapp.journeys.recovering import (
    ClosedLine,
    DayLine,
    DayStatus,
    Recovery,
    Sending,
)
from webapp.web.language import described
from webapp.web.present.chart import Chart, Day, Series, Words
from webapp.web.present.charts import bar_chart, line_chart
from webapp.web.present.clinic_time import full_day, moment, short_day, time_of_day
from webapp.web.present.flag_history import deed_words, history, staff_name
from webapp.web.present.inbox import (
    FlagShown,
    View,
    day_cells,
    flag_shown,
    origin_words,
    rule_words,
    who,
)
from webapp.web.present.numbers import decimal
from webapp.web.present.recovery_words import (
    channel_words,
    day_words,
    sending_words,
    status_words,
)
from webapp.web.present.sleep_chart import Night, sleep_chart

NOTHING = Answers()
MOST_DEEDS = 60  # lines of the audit trail on the page; `thaw audit` has them all


@dataclass(frozen=True, slots=True)
class DayRow:
    """One line of the day-by-day table."""

    pod: int
    day: str
    asked: str  # what was sent, and when
    outcome: str  # answered, missed, ...
    cells: tuple[str, ...]
    ticked: str
    missed: bool


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A free line, in the patient's own words."""

    pod: int
    when: str
    text: str
    remarks: str


@dataclass(frozen=True, slots=True)
class Handled:
    """A closed flag in one line; what happened to it is in the page's `history`."""

    id: str
    severity: str
    pod: int
    because: str
    rule: str


@dataclass(frozen=True, slots=True)
class RecoveryShown:
    """The whole page."""

    id: str
    who: str
    origin: str
    erased: bool
    pod: int
    status: str
    pathway: str
    facts: tuple[tuple[str, str], ...]
    flags: tuple[FlagShown, ...]
    charts: tuple[Chart, ...]
    answered: str
    own_words: tuple[OwnWords, ...]
    days: tuple[DayRow, ...]  # newest first, up to today
    handled: tuple[Handled, ...]
    history: Mapping[str, tuple[str, ...]]  # of each flag, by its id
    read: tuple[tuple[str, str, str], ...]  # title, passage, when
    deeds: tuple[tuple[str, str, str], ...]  # when, who, what
    printed_at: str


def recovery_page(found: Recovery, view: View, *, rtl: bool) -> RecoveryShown:
    """Everything that the page of one patient prints."""
    patient = found.patient
    past = [day for day in found.days if day.status is not DayStatus.AHEAD]
    return RecoveryShown(
        id=patient.id,
        who=who(found.contact),
        origin=origin_words(patient.origin),
        erased=found.contact is None,
        pod=found.pod,
        status=_status(found, view),
        pathway=found.pathway.name(view.language),
        facts=_facts(found, view),
        flags=tuple(flag_shown(line, view) for line in found.open_flags),
        charts=_charts(found, rtl=rtl),
        answered=_answered(past),
        own_words=tuple(_own_words(day, view) for day in reversed(past) if day.note),
        days=tuple(_day_row(day, view) for day in reversed(past)),
        handled=tuple(map(_handled, found.closed_flags)),
        history={
            flag_id: history(events, found.people, view) for flag_id, events in found.events.items()
        },
        read=tuple(
            (one.title, one.passage, moment(one.at, view.zone, view.now)) for one in found.read
        ),
        deeds=_deeds(found, view),
        printed_at=f"{full_day(view.now.date())} {moment(view.now, view.zone, view.now)}",
    )


_PAUSES = ("patient.pause", "patient.stop", "patient.not-me")


def _status(found: Recovery, view: View) -> str:
    """Whether she is asked; if not, until when, and who said so."""
    patient = found.patient
    words = str(status_words()[patient.status])
    if patient.paused_until:
        words = gettext(
            "%(paused)s until %(day)s", paused=words, day=short_day(patient.paused_until)
        )
    deed = next((line for line in found.deeds if line.action in _PAUSES), None)
    if patient.status is PatientStatus.ACTIVE or deed is None:
        return words
    who_did, when = staff_name(deed.actor, found.people), moment(deed.at, view.zone, view.now)
    return str(gettext("%(state)s by %(name)s, %(when)s", state=words, name=who_did, when=when))


def _quiet(patient: Patient) -> str:
    """The hours without messages; "none" if there are none."""
    if patient.quiet_from is None or patient.quiet_from == patient.quiet_until:
        return str(gettext("none"))
    return f"{time_of_day(patient.quiet_from)} - {time_of_day(patient.quiet_until or time())}"


def _facts(found: Recovery, view: View) -> tuple[tuple[str, str], ...]:
    """Who she is and how she is asked, as term and words; what is not known says so."""
    patient, contact = found.patient, found.contact
    reached = [] if contact is None else [contact.email, contact.mobile]
    procedure = gettext("%(day)s, day 0", day=full_day(patient.procedure_date))
    asked = gettext(
        "%(channel)s at %(time)s (%(zone)s), in %(language)s",
        channel=channel_words()[patient.channel],
        time=time_of_day(patient.prompt_time),
        zone=patient.timezone,
        language=described(patient.language).name,
    )
    return (
        (gettext("Contact"), ", ".join(word for word in reached if word) or gettext("none")),
        (gettext("Pathway"), f"{found.pathway.name(view.language)}, {found.pathway.version}"),
        (gettext("Procedure"), procedure),
        (gettext("Asked by"), asked),
        (gettext("Quiet hours"), _quiet(patient)),
        (gettext("Tablet"), gettext("%(mg)s mg oxycodone", mg=decimal(patient.mg_per_tablet))),
        (gettext("Label"), _label(patient.label_max)),
        (gettext("Pump"), gettext("in place") if patient.pump_on else gettext("none noted")),
        (gettext("Usual pain before"), _or_unknown(patient.baseline_nrs)),
    )


def _label(label_max: float | None) -> str:
    if label_max is None:
        return str(gettext("not entered"))
    if label_max == 0:
        return str(gettext("no tablets prescribed"))
    return str(gettext("at most %(count)s tablets in 24 hours", count=decimal(label_max)))


def _or_unknown(value: float | None) -> str:
    return str(gettext("not entered")) if value is None else decimal(value)


def _charts(found: Recovery, *, rtl: bool) -> tuple[Chart, ...]:
    """Pain, tablets and sleep by postoperative day; a missed day is a gap."""
    known = [day for day in found.days if day.status in (DayStatus.ANSWERED, DayStatus.MISSED)]
    given = [(day.pod, day.check_in.answers if day.check_in else NOTHING) for day in known]
    axis, about = gettext("Postoperative day"), _answered(known)

    def words(name: str, title: str) -> Words:
        return Words(name, title, axis, about, rtl)

    average = Series(gettext("Average"), tuple(Day(pod, one.nrs_avg) for pod, one in given))
    worst = Series(gettext("Worst"), tuple(Day(pod, one.nrs_worst) for pod, one in given))
    tablets = Series(gettext("Tablets"), tuple(Day(pod, one.tablets) for pod, one in given))
    nights = [Night(pod, one.sleep_trouble, one.wakes) for pod, one in given]
    pain = words("pain", gettext("Pain in 24 hours, NRS 0 to 10"))
    oxycodone = words("tablets", gettext("Oxycodone tablets in 24 hours, and MME"))
    return (
        line_chart([average, worst], pain),
        bar_chart(tablets, oxycodone, mme_per_tablet=found.mme_per_tablet),
        sleep_chart(nights, words("sleep", gettext("Trouble sleeping from pain, times woken"))),
    )


def _answered(days: Sequence[DayLine]) -> str:
    """How many of the asked days were answered."""
    settled = [day for day in days if day.status in (DayStatus.ANSWERED, DayStatus.MISSED)]
    given = sum(day.status is DayStatus.ANSWERED for day in settled)
    words = ngettext(
        "%(given)s of %(num)s asked day answered",
        "%(given)s of %(num)s asked days answered",
        len(settled),
        given=given,
    )
    return str(words)


def _own_words(day: DayLine, view: View) -> OwnWords:
    answered_at = day.check_in.answered_at if day.check_in else view.now
    when = moment(answered_at, view.zone, view.now)
    return OwnWords(day.pod, when, day.note, _remarks(day))


def _remarks(day: DayLine) -> str:
    """Whether the day was corrected or came late; "" if neither."""
    found = []
    if day.versions > 1:
        found.append(gettext("sent %(count)s times", count=day.versions))
    if day.check_in and day.check_in.late:
        found.append(gettext("arrived late"))
    return ", ".join(found)


def _day_row(day: DayLine, view: View) -> DayRow:
    answers = day.check_in.answers if day.check_in else NOTHING
    shown = day_cells(day.pod, answers, view)
    remarks = _remarks(day)
    outcome = day_words()[day.status]
    if day.check_in:
        outcome = f"{outcome} {moment(day.check_in.answered_at, view.zone, view.now)}"
    return DayRow(
        pod=day.pod,
        day=short_day(day.local_day),
        asked=", ".join(_sending_words(one, view) for one in day.sendings) or gettext("not sent"),
        outcome=f"{outcome} ({remarks})" if remarks else outcome,
        cells=shown.cells,
        ticked=shown.ticked,
        missed=day.status is DayStatus.MISSED,
    )


def _sending_words(sending: Sending, view: View) -> str:
    purpose = {
        "check-in": gettext("prompt"),
        "reminder": gettext("reminder"),
        "today-link": gettext("new link"),
    }.get(sending.purpose, sending.purpose)
    state = sending_words().get(sending.state, sending.state)
    return f"{purpose} {state} {moment(sending.at, view.zone, view.now)}"


def _handled(line: ClosedLine) -> Handled:
    flag = line.flag
    return Handled(
        id=flag.id,
        severity=flag.severity.value,
        pod=flag.pod,
        because=flag.because,
        rule=rule_words(flag.rule, flag.rule_version),
    )


def _deeds(found: Recovery, view: View) -> tuple[tuple[str, str, str], ...]:
    """When, who and what, newest first, up to the last few that fit a page."""
    lines = found.deeds[:MOST_DEEDS]
    return tuple(
        (
            moment(line.at, view.zone, view.now),
            staff_name(line.actor, found.people),
            deed_words(line.action),
        )
        for line in lines
    )
