"""A clinic's sending and one patient's messages as their pages print them.

May import: the domain, journeys, flask-babel, clinic_time, inbox, numbers, recovery_words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.domain.alarm import AlarmKind
from webapp.domain.person import Channel
from webapp.journeys.ledger import (
    DayOfSending,
    Delivery,
    Episode,
    MessageState,
    OutgoingMessage,
    PatientLedger,
    Unreached,
)
from webapp.web.present.clinic_time import moment, short_day
from webapp.web.present.inbox import View, who
from webapp.web.present.recovery_words import channel_words, sending_words

SORTS = ("time", "purpose", "channel", "state", "attempts")
_NEEDS_HUMAN = (MessageState.UNSURE, MessageState.FAILED, MessageState.EXPIRED)
_COLUMNS = (
    (MessageState.SENT, MessageState.DELIVERED),
    (MessageState.QUEUED, MessageState.SENDING),
    (MessageState.UNSURE,),
    (MessageState.FAILED,),
    (MessageState.EXPIRED, MessageState.CANCELLED),
)


class AlarmWords(Protocol):
    """What is wrong and what to do, by language."""

    @property
    def what(self) -> Mapping[str, str]:
        """What is wrong."""

    @property
    def remedy(self) -> Mapping[str, str]:
        """What to do about it."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message as a row."""

    day: str
    purpose: str
    channel: str
    state: str
    needs_human: bool
    queued: str
    settled: str
    attempts: int
    remarks: tuple[str, ...]
    fault: str  # the provider's or our own words, in English


@dataclass(frozen=True, slots=True)
class LedgerShown:
    """Every message of one patient."""

    id: str
    who: str
    rows: tuple[MessageRow, ...]
    dead: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class UnreachedShown:
    """Somebody to reach by hand, and why."""

    id: str
    who: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlarmShown:
    """One alarm in words."""

    what: str
    remedy: str
    when: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day over one channel: counts in the order of `day_heads`."""

    day: str
    channel: str
    counts: tuple[int, ...]
    lost: bool


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """Everything that the delivery page prints."""

    healthy: bool
    going_on: tuple[AlarmShown, ...]
    over: tuple[AlarmShown, ...]
    unreached: tuple[UnreachedShown, ...]
    days: tuple[DayRow, ...]
    heads: tuple[str, ...]


def delivery_page(
    found: Delivery, words: Mapping[AlarmKind, AlarmWords], view: View
) -> DeliveryShown:
    """A clinic's sending, what needs a human first."""
    return DeliveryShown(
        healthy=found.healthy,
        going_on=tuple(_alarm(one, words, view) for one in found.going_on),
        over=tuple(_alarm(one, words, view) for one in found.over),
        unreached=tuple(_unreached(one, view) for one in found.unreached),
        days=tuple(row for day in found.days for row in _day_rows(day)),
        heads=day_heads(),
    )


def day_heads() -> tuple[str, ...]:
    """The heads of the counts of a day."""
    return (
        gettext("Sent"),
        gettext("Waiting"),
        gettext("In doubt"),
        gettext("Failed"),
        gettext("Not needed"),
    )


def _day_rows(found: DayOfSending) -> Iterable[DayRow]:
    for channel in sorted({by for by, _ in found.by}):
        counts = tuple(sum(found.by.get((channel, state), 0) for state in us) for us in _COLUMNS)
        words = channel_words()[Channel(channel)]
        yield DayRow(short_day(found.day), words, counts, bool(counts[2] or counts[3]))


def _alarm(episode: Episode, words: Mapping[AlarmKind, AlarmWords], view: View) -> AlarmShown:
    said = words[episode.kind]
    what = said.what[view.language]
    if episode.about in tuple(Channel):
        what = f"{what} ({channel_words()[Channel(episode.about)]})"
    since = moment(episode.began_at, view.zone, view.now)
    if episode.over_at is None:
        when = gettext("since %(time)s", time=since)
    else:
        until = moment(episode.over_at, view.zone, view.now)
        when = gettext("%(since)s to %(until)s", since=since, until=until)
    return AlarmShown(what, said.remedy[view.language], when)


def _unreached(one: Unreached, view: View) -> UnreachedShown:
    reasons = []
    if one.not_asked:
        day = short_day(one.not_asked)
        reasons.append(gettext("was not asked about %(day)s", day=day))
    for channel in one.dead:
        words = channel_words()[channel]
        reasons.append(gettext("%(channel)s is refused: ask for another", channel=words))
    reasons += [_lost_words(message, view) for message in one.lost[:3]]
    return UnreachedShown(one.patient.id, who(one.contact), tuple(reasons))


def _lost_words(message: OutgoingMessage, view: View) -> str:
    at = moment(message.settled_at or message.queued_at, view.zone, view.now)
    state = sending_words()[message.state]
    channel = channel_words()[message.channel]
    return f"{at}: {purpose_words(message.purpose)}, {channel}, {state}"


def ledger_page(found: PatientLedger, view: View, by: str) -> LedgerShown:
    """Every message of one patient in the order that was asked for."""
    ordered = sorted(found.messages, key=_KEYS[by])
    dead = tuple(
        gettext("%(channel)s is refused: ask for another", channel=channel_words()[one])
        for one in found.dead
    )
    rows = tuple(_row(one, found.messages, view) for one in ordered)
    return LedgerShown(found.patient.id, who(found.contact), rows, dead, by)


_KEYS: Mapping[str, Callable[[OutgoingMessage], Any]] = {
    "time": lambda one: 0,
    "purpose": lambda one: one.purpose,
    "channel": lambda one: one.channel,
    "state": lambda one: (one.state not in _NEEDS_HUMAN, one.state),
    "attempts": lambda one: -one.attempts,
}


def _row(one: OutgoingMessage, every: Sequence[OutgoingMessage], view: View) -> MessageRow:
    return MessageRow(
        day=short_day(one.local_day) if one.local_day else "",
        purpose=purpose_words(one.purpose),
        channel=channel_words()[one.channel],
        state=sending_words()[one.state],
        needs_human=one.state in _NEEDS_HUMAN,
        queued=moment(one.queued_at, view.zone, view.now),
        settled=moment(one.settled_at, view.zone, view.now) if one.settled_at else "",
        attempts=one.attempts,
        remarks=tuple(_remarks(one, every)),
        fault=one.fault or "",
    )


def _remarks(one: OutgoingMessage, every: Sequence[OutgoingMessage]) -> Iterable[str]:
    """Whether it stands in for another channel's, and what "in doubt" means."""
    if one.state is MessageState.UNSURE:
        yield gettext("In doubt: it may have gone out, so it is not sent again.")
    if one.state is MessageState.SENDING:
        yield gettext("A sender has it now.")
    for other in every:
        same = _reason(other) == _reason(one) and other.channel is not one.channel
        if same and other.queued_at < one.queued_at:
            yield gettext("In place of: %(channel)s", channel=channel_words()[other.channel])


def _reason(message: OutgoingMessage) -> str:
    return message.dedupe.removesuffix(f":{message.channel}")


def purpose_words(purpose: str) -> str:
    """What a message was for, in words; one without words here shows its own name."""
    known: dict[str, str] = {
        "check-in": gettext("check-in"),
        "reminder": gettext("reminder"),
        "later": gettext("later today, as she asked"),
        "today-link": gettext("today's link"),
        "diary-code": gettext("code for her diary"),
        "stopped": gettext("that we write no more"),
        "before": gettext("before the procedure"),
    }
    return known.get(purpose, purpose)
