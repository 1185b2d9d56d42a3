"""Alarming: looking at what should have happened, and telling a person when it did not.

Each alarm is one row from its beginning to its end, told once when it begins and once when it is
over. May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid4, uuid5

from webapp.domain.alarm import Alarm, AlarmKind, AlarmLines, Outcomes, Tried, alarms_in
from webapp.domain.person import Channel, Clinic, ClinicId
from webapp.journeys import reconciling, telling_staff
from webapp.journeys.house import House
from webapp.store import alarms, beats, clinics, messages, outcomes
from webapp.store.alarms import Episode
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage

LOOK_EVERY = timedelta(minutes=1)
_DAY = timedelta(days=1)
_WEEK = 7 * _DAY
_BESIDE = timedelta(minutes=3)
_TOLD_LATE = timedelta(days=2)  # a message about an alarm is of use this long


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found: how many alarms began and how many are over."""

    began: int = 0
    over: int = 0


def look(
    house: House, now: datetime, *, clock: Iterable[Alarm] = (), reconcile: bool = True
) -> Seen:
    """Compare what is wrong with the alarms that are going on, and tell of every change.

    `clock` is what the clock found wrong with itself: every clinic is told of it. Who was not
    asked is only counted where `reconcile` says so, because that costs most.
    """
    with house.store.read() as tx:
        everybody = clinics.every(tx)
        found = outcomes_of(house, tx, everybody, now, reconcile=reconcile)
        going = {
            clinic.id: [
                one
                for one in alarms.going_on(tx, clinic.id)
                if reconcile or one.kind is not AlarmKind.ROWS_MISSING
            ]
            for clinic in everybody
        }
    lines, own = house.library.alarms, tuple(clock)
    seen = Seen()
    for clinic in everybody:
        wrong = [*own, *alarms_in(found[clinic.id], lines, now)]
        seen = _tell_changes(house, clinic, wrong, going[clinic.id], seen=seen, now=now)
    return seen


def _tell_changes(  # noqa: PLR0913  (both sides of one comparison)
    house: House,
    clinic: Clinic,
    wrong: Sequence[Alarm],
    going: Sequence[Episode],
    *,
    seen: Seen,
    now: datetime,
) -> Seen:
    known = {(one.kind, one.about) for one in going}
    still = {(one.kind, one.about) for one in wrong}
    new = [one for one in wrong if (one.kind, one.about) not in known]
    past = [one for one in going if (one.kind, one.about) not in still]
    if not new and not past:
        return seen
    with house.store.begin() as tx:
        began = [_begin(house, tx, clinic, alarm, now) for alarm in new]
        over = [_end(house, tx, episode, now) for episode in past]
    return Seen(seen.began + sum(began), seen.over + sum(over))


def _begin(house: House, tx: Transaction, clinic: Clinic, alarm: Alarm, now: datetime) -> bool:
    episode = Episode(
        id=str(uuid4()),
        clinic_id=clinic.id,
        kind=alarm.kind,
        about=alarm.about,
        began_at=now,
        over_at=None,
        figures=alarm.figures,
    )
    if not alarms.begin(tx, episode):
        return False  # another clock was first
    _tell(house, tx, episode, telling_staff.ALARM, now)
    return True


def _end(house: House, tx: Transaction, episode: Episode, now: datetime) -> bool:
    if not alarms.end(tx, episode.id, now):
        return False
    _tell(house, tx, episode, telling_staff.ALARM_OVER, now)
    return True


def _tell(house: House, tx: Transaction, episode: Episode, purpose: str, now: datetime) -> None:
    """Tell the named person, or the operator where nobody works, once by e-mail.

    That e-mail is down cannot be told by e-mail: then a text message goes too, where there are any.
    """
    person = telling_staff.named_person(tx, episode.clinic_id)
    by_text = episode.about == Channel.EMAIL and Channel.SMS in house.channels
    told = tuple(
        OutgoingMessage(
            id=str(uuid4()),
            clinic_id=episode.clinic_id,
            purpose=purpose,
            channel=channel,
            dedupe=f"{purpose}:{episode.id}:{channel}",
            queued_at=now,
            try_at=now,
            not_after=now + _TOLD_LATE,
            staff_id=person,
        )
        for channel in ((Channel.EMAIL, Channel.SMS) if by_text else (Channel.EMAIL,))
    )
    messages.queue(tx, told)


def tell_of_a_gap(house: House, since: datetime, now: datetime) -> None:
    """Tell every clinic, once, that no clock did its work between `since` and `now`."""
    with house.store.begin() as tx:
        for clinic in clinics.every(tx):
            name = uuid5(NAMESPACE_OID, f"{clinic.id} {since.isoformat()}")
            figures = {"since": since.isoformat(timespec="seconds")}
            gap = Episode(str(name), clinic.id, AlarmKind.CLOCK_STOPPED, "", since, now, figures)
            if alarms.begin(tx, gap):
                _tell(house, tx, gap, telling_staff.ALARM, now)


def gap_before(tx: Transaction, lines: AlarmLines, now: datetime) -> datetime | None:
    """Since when no clock had done its work, if that is too long ago; asked before it begins."""
    beat = beats.last(tx, beats.CLOCK)
    return beat if beat is not None and now - beat > lines.clock_silent else None


def outcomes_of(
    house: House,
    tx: Transaction,
    everybody: Sequence[Clinic],
    now: datetime,
    *,
    reconcile: bool = True,
) -> dict[ClinicId, Outcomes]:
    """What the tables say of every clinic at this moment."""
    lines = house.library.alarms
    unsent, unasked = outcomes.oldest_unsent(tx), outcomes.oldest_unasked(tx, now - lines.unsent)
    untaken = outcomes.untaken(tx)
    tried = _tried(tx, lines, now)
    lost_in_a_day = _by_clinic(outcomes.lost_since(tx, now - _DAY))
    found = {}
    for clinic in everybody:
        late = [at for at in (unsent.get(clinic.id), unasked.get(clinic.id)) if at is not None]
        many, since = untaken.get(clinic.id, (0, None))
        seen = Outcomes(
            oldest_unsent=min(late, default=None),
            oldest_untaken=since,
            untaken=many,
            missing=len(reconciling.missing(house, tx, clinic, now)) if reconcile else 0,
            tried=tried.get(clinic.id, {}),
        )
        many_lost = lost_in_a_day.get(clinic.id, 0) >= lines.bounce_least
        found[clinic.id] = _with_refusals(tx, clinic, seen, now) if many_lost else seen
    return found


def _tried(
    tx: Transaction, lines: AlarmLines, now: datetime
) -> Mapping[ClinicId, Mapping[str, Tried]]:
    """What failed of late by clinic and channel since anything last went out there."""
    since = now - lines.channel_looked_back
    again = outcomes.trying_again(tx)
    many = outcomes.lost_since(tx, since)
    found: dict[ClinicId, dict[str, Tried]] = {}
    for clinic_id, channel in {*many, *again}:
        waiting = again.get((clinic_id, channel), 0)
        if many.get((clinic_id, channel), 0) + waiting < lines.channel_least_failures:
            continue
        went = outcomes.last_went(tx, clinic_id, channel, queued=now - _DAY) or since
        lost = outcomes.lost_by(tx, clinic_id, channel, since=max(since, went))
        # What waits for another try says little while others go out beside it.
        alone = waiting if now - went > _BESIDE else 0
        found.setdefault(clinic_id, {})[channel] = Tried(failed=lost + alone)
    return found


def _by_clinic(counts: Mapping[tuple[ClinicId, str], int]) -> dict[ClinicId, int]:
    found: dict[ClinicId, int] = {}
    for (clinic_id, _), many in counts.items():
        found[clinic_id] = found.get(clinic_id, 0) + many
    return found


def _with_refusals(tx: Transaction, clinic: Clinic, seen: Outcomes, now: datetime) -> Outcomes:
    """The same with how many addresses were refused, today and in the week before."""
    day_ago = now - _DAY
    return replace(
        seen,
        ended_in_a_day=outcomes.count_ended(tx, clinic.id, day_ago),
        refused_in_a_day=outcomes.refused_between(tx, clinic.id, day_ago, now),
        refused_in_the_week_before=outcomes.refused_between(
            tx, clinic.id, day_ago - _WEEK, day_ago
        ),
    )
