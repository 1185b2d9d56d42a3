"""Telling staff: the letters that go to people of a clinic and to whoever runs the installation.

They say that something needs a person, or what was counted; never a name or an answer. The words
are content. May import: domain, library, store, delivery's protocol and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from webapp.delivery.channel import Letter
from webapp.domain.person import Channel, Clinic, ClinicId, Staff, StaffId
from webapp.journeys.house import House
from webapp.library.message_files import render
from webapp.store import alarms, clinics, pagings, staff
from webapp.store.alarms import Episode
from webapp.store.engine import Transaction
from webapp.store.messages import OutgoingMessage

LANGUAGE = "en"  # of what is sent to staff: nobody has told us another
ALARM, ALARM_OVER, DAY_NOTE = "alarm", "alarm-over", "day-note"


def letter_to_staff(house: House, tx: Transaction, message: OutgoingMessage) -> Letter | None:
    """What a message to staff says and where it goes; None if there is nobody to write to."""
    clinic = clinics.load(tx, message.clinic_id)
    address = _address(house, tx, message)
    if clinic is None or not address:
        return None
    values = _values(house, tx, message, clinic)
    if values is None:
        return None
    place = {"clinic": clinic.name, "clinic_phone": house.phone_of(clinic, LANGUAGE)}
    link = f"{house.public_url}{_PAGES.get(message.purpose, '/clinic/')}"
    written = render(
        house.library.messages, message.purpose, LANGUAGE, **place, link=link, **values
    )
    return Letter(message.id, address, written.subject, written.text, sms=written.sms, link=link)


_PAGES = dict.fromkeys((ALARM, ALARM_OVER, DAY_NOTE), "/clinic/delivery")


def _address(house: House, tx: Transaction, message: OutgoingMessage) -> str:
    if message.staff_id is None:
        to: Staff | None = None
        email, mobile = house.operator.email, house.operator.mobile
    else:
        found = staff.by_id(tx, message.staff_id)
        to = found.staff if found and found.staff.clinic_id == message.clinic_id else None
        email, mobile = (to.email, to.mobile) if to else ("", "")
    return mobile if message.channel is Channel.SMS else email


def _values(
    house: House, tx: Transaction, message: OutgoingMessage, clinic: Clinic
) -> Mapping[str, str] | None:
    """What fills the gaps of this kind of letter; None if what it is about is gone."""
    if message.purpose in (ALARM, ALARM_OVER):
        episode = alarms.load(tx, message.dedupe.split(":")[1])
        return None if episode is None else alarm_values(house, episode, clinic)
    if message.purpose == DAY_NOTE:
        day = message.local_day
        figures = alarms.note_of(tx, clinic.id, day) if day else None
        return None if figures is None else {name: str(one) for name, one in figures.items()}
    return {}


def alarm_values(house: House, episode: Episode, clinic: Clinic) -> dict[str, str]:
    """What an alarm says, in the clinic's own time."""
    words = house.library.alarm_words[episode.kind]
    figures = episode.figures
    since = datetime.fromisoformat(str(figures.get("since") or episode.began_at.isoformat()))
    return {
        "what": words.what[LANGUAGE],
        "remedy": words.remedy[LANGUAGE],
        "since": clock_of(clinic, since),
        "until": clock_of(clinic, episode.over_at) if episode.over_at else "",
        "count": str(figures.get("count", "")),
        "about": episode.about,
    }


def clock_of(clinic: Clinic, at: datetime) -> str:
    """A moment in the clinic's own time, as anybody reads it."""
    return f"{at.astimezone(ZoneInfo(clinic.timezone)):%Y-%m-%d %H:%M}"


def named_person(tx: Transaction, clinic_id: ClinicId) -> StaffId | None:
    """Who gets a clinic's notes and alarms: whom it named, else an administrator, else anybody.

    None means that nobody works there: then it is the operator.
    """
    active = {person.id: person for person in staff.of_clinic(tx, clinic_id) if person.active}
    named = pagings.named_person(tx, clinic_id)
    if named in active:
        return named
    ordered = sorted(active.values(), key=lambda one: (one.role.value, one.name))
    return ordered[0].id if ordered else None
