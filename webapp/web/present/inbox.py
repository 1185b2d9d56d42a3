"""The inbox as its template prints it: flags, the silent, and the words for both.

May import: the domain, journeys, flask-babel, clinic_time, numbers, owned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext, ngettext  # type: ignore[import-untyped]

from webapp.domain.checkin import Answers, SleepTrouble
from webapp.domain.flag import Severity
from webapp.domain.person import Contact, Origin
from webapp.domain.review import EventKind, FlagState, Outcome
from webapp.domain.sign import Sign
from webapp.journeys.reviewing import Inbox, InboxLine, SilentLine
from webapp.web.present.clinic_time import full_day, moment, time_left
from webapp.web.present.numbers import decimal
from webapp.web.present.owned import owner_words, paged_words

UNANSWERED = "–"


@dataclass(frozen=True, slots=True)
class View:
    """How one reader sees clinical pages: language, clock, and the words of the signs."""

    language: str
    zone: str  # IANA name of the clinic's time zone
    now: datetime
    signs: Mapping[str, str]  # in this language, by id


def view_of(language: str, zone: str, now: datetime, signs: Sequence[Sign]) -> View:
    """The view of a reader of `language`."""
    words = {sign.id: sign.words.get(language, sign.words["en"]) for sign in signs}
    return View(language, zone, now, words)


@dataclass(frozen=True, slots=True)
class DayCells:
    """One day's answers as cells of a small table; a dash is "no answer"."""

    pod: int
    cells: tuple[str, ...]
    ticked: str


@dataclass(frozen=True, slots=True)
class FlagShown:
    """One flag with everything that is printed of it."""

    id: str
    patient_id: str
    who: str
    origin: str  # "" for a patient of the clinic's own
    severity: str
    pod: int
    rule: str
    because: str
    days: tuple[DayCells, ...]  # the flagged day first
    told: str
    told_name: str
    topic: str
    topic_lang: str
    due: str
    late: bool
    state: str
    taken: bool
    closed: bool
    remarks: tuple[str, ...]
    owner: str
    paged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SilentShown:
    """One patient who does not answer."""

    patient_id: str
    who: str
    origin: str
    pod: int
    words: str


@dataclass(frozen=True, slots=True)
class InboxShown:
    """The whole inbox."""

    counts: tuple[tuple[str, str, int], ...]  # severity, its word, how many
    flags: tuple[FlagShown, ...]
    silent: tuple[SilentShown, ...]
    active_patients: int
    page: int
    pages: int


def inbox_page(inbox: Inbox, view: View) -> InboxShown:
    """Everything that the inbox prints."""
    words = severity_words()
    return InboxShown(
        counts=tuple((one.value, words[one], inbox.counts.get(one, 0)) for one in Severity),
        flags=tuple(flag_shown(line, view) for line in inbox.lines),
        silent=tuple(_silent(line, view) for line in inbox.silent),
        active_patients=inbox.active_patients,
        page=inbox.page,
        pages=inbox.pages,
    )


def flag_shown(line: InboxLine, view: View) -> FlagShown:
    """One flag of the inbox or of a patient's page."""
    flag = line.flag
    first = [] if line.today is None else [(flag.pod, line.today)]
    name, _, lang_and_version = flag.told.partition("@")
    taken = flag.state is not FlagState.OPEN
    return FlagShown(
        id=flag.id,
        patient_id=flag.patient_id,
        who=who(line.contact),
        origin=origin_words(line.patient.origin),
        severity=flag.severity.value,
        pod=flag.pod,
        rule=rule_words(flag.rule, flag.rule_version),
        because=flag.because,
        days=tuple(day_cells(pod, answers, view) for pod, answers in (*first, *line.previous)),
        told=line.told_title or name,
        told_name=flag.told,
        topic=flag.advice,
        topic_lang=lang_and_version.partition("#")[0] or "en",
        due=time_left(flag.act_by, view.now),
        late=not taken and flag.act_by < view.now,
        state=_state(line, view),
        taken=taken,
        closed=flag.state is FlagState.CLOSED,
        remarks=_remarks(line),
        owner=""
        if flag.state is FlagState.CLOSED
        else owner_words(line.owned, view.zone, view.now),
        paged=paged_words(line.owned, view.zone, view.now),
    )


def _state(line: InboxLine, view: View) -> str:
    """Who has taken or closed the flag, and when; "" while it is nobody's."""
    step = line.last_step
    if step is None:
        return ""
    by = line.last_by.name if line.last_by else gettext("somebody")
    at = moment(step.at, view.zone, view.now)
    if step.kind is EventKind.CLOSED:
        done = outcome_words()[step.outcome] if step.outcome else ""
        return str(
            gettext("%(name)s closed this at %(time)s: %(done)s", name=by, time=at, done=done)
        )
    return str(gettext("%(name)s took this at %(time)s", name=by, time=at))


def _remarks(line: InboxLine) -> tuple[str, ...]:
    """What else a reader must know before she rings."""
    found = []
    if line.last_kind is EventKind.CORRECTED:
        found.append(gettext("The patient has corrected this answer; it no longer meets the rule."))
    if line.last_kind is EventKind.SEEN_AGAIN:
        found.append(gettext("Seen again, unchanged, in a later answer."))
    if line.silent_days > 1:
        found.append(
            ngettext("No answer for %(num)s day.", "No answer for %(num)s days.", line.silent_days)
        )
    return tuple(found)


def _silent(line: SilentLine, view: View) -> SilentShown:
    last = full_day(line.last_answered) if line.last_answered else gettext("never")
    missed = ngettext(
        "%(num)s check-in missed in a row", "%(num)s check-ins missed in a row", line.missed
    )
    return SilentShown(
        patient_id=line.patient.id,
        who=who(line.contact),
        origin=origin_words(line.patient.origin),
        pod=line.patient.pod(view.now.date()),
        words=gettext("%(missed)s; last answered: %(day)s", missed=missed, day=last),
    )


def day_heads() -> tuple[str, ...]:
    """The heads of the small table of answers."""
    return (
        gettext("Average"),
        gettext("Worst"),
        gettext("Tablets"),
        gettext("Poor sleep"),
        gettext("Woken"),
    )


def trouble_words() -> dict[SleepTrouble, str]:
    """The three answers about trouble sleeping, as short as a cell."""
    return {
        SleepTrouble.NONE: gettext("no"),
        SleepTrouble.A_LITTLE: gettext("a little"),
        SleepTrouble.A_LOT: gettext("a lot"),
    }


def day_cells(pod: int, answers: Answers, view: View) -> DayCells:
    """One day's answers, each on its own; what was not answered is a dash."""
    sleep = answers.sleep_trouble
    numbers = [answers.nrs_avg, answers.nrs_worst, answers.tablets]
    cells = [UNANSWERED if one is None else decimal(one) for one in numbers]
    cells.append(UNANSWERED if sleep is None else trouble_words()[sleep])
    cells.append(UNANSWERED if answers.wakes is None else decimal(answers.wakes))
    return DayCells(pod, tuple(cells), ticked_words(answers, view))


def ticked_words(answers: Answers, view: View) -> str:
    """The signs that were ticked and the temperature, in words; "" if neither."""
    found = [view.signs.get(sign, sign) for sign in answers.effects or ()]
    if answers.temperature_c is not None:
        found.append(f"\u2066{decimal(answers.temperature_c)} °C\u2069")  # left to right everywhere
    return "; ".join(found)


def who(contact: Contact | None) -> str:
    """The patient's name, or that the name was erased."""
    return str(gettext("Erased patient")) if contact is None else contact.name


def rule_words(rule: str, version: int) -> str:
    """A rule's id and version as a person says them."""
    number, _, words = rule.partition("-")
    name = f"{number} {words.replace('-', ' ')}"
    return str(gettext("%(rule)s, version %(version)s", rule=name, version=version))


def origin_words(origin: Origin) -> str:
    """What a record is, if it is not a patient of the clinic's own; "" if it is."""
    words: dict[Origin, str] = {
        Origin.ENROLLED: "",
        Origin.CASE_REPORT: gettext("published case report"),
        Origin.SYNTHETIC: gettext("invented person"),
    }
    return words[origin]


def severity_words() -> dict[Severity, str]:
    """How soon a human is needed, in words."""
    return {
        Severity.URGENT: gettext("Urgent"),
        Severity.SOON: gettext("Soon"),
        Severity.WATCH: gettext("Watch"),
    }


def outcome_words() -> dict[Outcome, str]:
    """What was done about a flag, in words."""
    return {
        Outcome.PHONED: gettext("Phoned the patient"),
        Outcome.ADVISED: gettext("Gave advice"),
        Outcome.SEEN: gettext("Saw the patient"),
        Outcome.SENT_TO_EMERGENCY: gettext("Sent to emergency care"),
        Outcome.PRESCRIBER_TOLD: gettext("Told the prescriber"),
        Outcome.EXPECTED: gettext("Expected, nothing to do"),
        Outcome.NOT_REACHED: gettext("Tried, not reached"),
        Outcome.ENTRY_MISTAKE: gettext("A mistake in the entry"),
    }
