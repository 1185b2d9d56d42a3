"""Escalating: an urgent flag goes up its clinic's ladder until somebody takes it.

Every open flag has an owner at all times. A step moves the flag, notes who was paged and queues
the messages in one transaction, so that a process killed anywhere loses no step and doubles none.
May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from webapp.domain.flag import Severity
from webapp.domain.ladder import (
    OPERATOR,
    Call,
    Ladder,
    Standing,
    climbed,
    on_the_ladder,
    recipients,
    taken_by,
)
from webapp.domain.person import Channel, Clinic, ClinicId, Staff, StaffId
from webapp.domain.review import Flag
from webapp.journeys.house import House
from webapp.store import clinics, messages, pagings, staff
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage
from webapp.store.pagings import Page

BATCH = 100  # flags moved in one transaction
PAGE_USEFUL_FOR = timedelta(days=1)  # later than this the inbox has said it long since
BEFORE_ALL_OTHERS = timedelta(days=1)  # what waits is sent in the order of its time
PAGE, PAGE_OPERATOR, PAGE_TAKER = "staff-flag", "operator-flag", "overdue-flag"


def ladder_of(house: House, tx: Transaction, clinic_id: ClinicId) -> Ladder:
    """The ladder that a clinic set, or the usual one."""
    return pagings.ladder_of(tx, clinic_id) or house.library.ladder


def begin(
    house: House, tx: Transaction, clinic: Clinic, new: Sequence[Flag], *, now: datetime
) -> None:
    """Put the urgent ones of some new flags on the ladder, and page its first step at once."""
    urgent = [flag for flag in new if flag.severity is Severity.URGENT]
    if urgent:
        ladder = ladder_of(house, tx, clinic.id)
        standings = [on_the_ladder(ladder, clinic, flag.id, now) for flag in urgent]
        pagings.add(tx, standings)
        _page(house, tx, [one for one in standings if one.next_at == now], now)


def take(house: House, tx: Transaction, flag: Flag, person: StaffId, *, now: datetime) -> None:
    """Make a flag somebody's: the ladder is quiet until her time to handle it is over."""
    standing = pagings.of_flags(tx, (flag.id,)).get(flag.id)
    if standing is not None:
        ladder = ladder_of(house, tx, flag.clinic_id)
        pagings.change(tx, (taken_by(ladder, standing, person, now),))


def leave(tx: Transaction, flag: Flag) -> None:
    """Page nobody any more about a flag that was closed."""
    pagings.leave(tx, flag.id)


def climb(house: House, now: datetime) -> int:
    """Page whoever is next for every flag that is due; how many steps were taken."""
    total = _adopt(house, now)
    while done := _climb_batch(house, now):
        total += done
    return total


def _climb_batch(house: House, now: datetime) -> int:
    with house.store.begin() as tx:
        standings = pagings.due(tx, now, BATCH)
        _page(house, tx, standings, now)
        return len(standings)


def _adopt(house: House, now: datetime) -> int:
    """Put urgent flags on the ladder that stand on none: those of before there were ladders."""
    with house.store.read() as tx:
        if not pagings.forgotten(tx, 1):
            return 0
    with house.store.begin() as tx:
        found = pagings.forgotten(tx, BATCH)
        known = {clinic.id: clinic for clinic in clinics.every(tx)}
        for flag in found:
            begin(house, tx, known[flag.clinic_id], (flag,), now=now)
        return len(found)


@dataclass
class _Mailbag:
    """The pages of one pass: a person gets one message, however many flags it is about."""

    now: datetime
    letters: dict[tuple[ClinicId, str, Channel, str], OutgoingMessage] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)
    moved: list[Standing] = field(default_factory=list)

    def put(self, call: Call, due_at: datetime, person: Staff | None, channel: Channel) -> None:
        """Page one person, or the operator, about one flag over one channel."""
        after, recipient = call.after, person.id if person else OPERATOR
        purpose = _purpose(call, person)
        place = (after.clinic_id, recipient, channel, purpose)
        if place not in self.letters:
            self.letters[place] = _message(call, person, channel, self.now)
        message_id = self.letters[place].id
        spot = (after.flag_id, after.round, after.step, recipient, channel)
        self.pages.append(Page(*spot, due_at, self.now, message_id))


def _page(house: House, tx: Transaction, standings: Sequence[Standing], now: datetime) -> None:
    """Take the next step of some flags that are locked by this transaction."""
    bag = _Mailbag(now)
    for clinic_id in dict.fromkeys(one.clinic_id for one in standings):
        here = [one for one in standings if one.clinic_id == clinic_id]
        _page_clinic(house, tx, here, bag)
    messages.queue(tx, tuple(bag.letters.values()))
    pagings.add_pages(tx, bag.pages)
    pagings.change(tx, bag.moved)


def _page_clinic(
    house: House, tx: Transaction, standings: Sequence[Standing], bag: _Mailbag
) -> None:
    clinic = clinics.load(tx, standings[0].clinic_id)
    if clinic is None:
        return
    ladder, people = ladder_of(house, tx, clinic.id), staff.of_clinic(tx, clinic.id)
    for standing in standings:
        call = climbed(ladder, clinic, standing, bag.now)
        for person, channel in _reached(house, call.who, people):
            bag.put(call, standing.next_at or bag.now, person, channel)
        bag.moved.append(call.after)


def _reached(
    house: House, who: str, people: Sequence[Staff]
) -> Iterable[tuple[Staff | None, Channel]]:
    """Everybody to page over each channel she has; a step without anybody is the operator's."""
    for person in recipients(who, people) or (None,):
        yield person, Channel.EMAIL
        mobile = person.mobile if person else house.operator.mobile
        if mobile and Channel.SMS in house.channels:
            yield person, Channel.SMS


def _purpose(call: Call, person: Staff | None) -> str:
    if person is None:
        return PAGE_OPERATOR
    return PAGE_TAKER if call.after.taken and call.after.owner == person.id else PAGE


def _message(call: Call, person: Staff | None, channel: Channel, now: datetime) -> OutgoingMessage:
    after, recipient = call.after, person.id if person else OPERATOR
    return OutgoingMessage(
        id=str(uuid4()),
        clinic_id=after.clinic_id,
        purpose=_purpose(call, person),
        channel=channel,
        dedupe=f"page:{after.flag_id}:{after.round}:{after.step}:{recipient}:{channel}",
        queued_at=now,
        try_at=now - BEFORE_ALL_OTHERS,
        not_after=now + PAGE_USEFUL_FOR,
        staff_id=person.id if person else None,
    )
