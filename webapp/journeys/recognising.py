"""Recognising: who asks, as far as a daily link or an open diary says so.

Neither opens anything here: what she is told is the same, but danger in her words can then reach
her own clinic. May import: domain, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from webapp.domain.person import Clinic
from webapp.domain.schedule import local_day
from webapp.domain.token import looks_like_token
from webapp.journeys.house import House
from webapp.store import clinics, diaries, links, patients
from webapp.store.engine import StoreUnavailable, Transaction
from webapp.store.links import Holder


@dataclass(frozen=True, slots=True)
class Keys:
    """What a browser brings: its language, its address, and what may say who she is."""

    lang: str
    address: str = ""
    link: str = ""  # the token of a daily link
    diary: str = ""  # the token of a diary that is open


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, as far as it is known."""

    clinic: Clinic | None
    holder: Holder | None = None  # a patient of the clinic
    is_on: bool = True  # whether the chat may answer her


def who_asks(house: House, keys: Keys, now: datetime) -> Asker:
    """The patient if a link or her diary says so, the clinic, and whether the chat is on."""
    try:
        with house.store.read() as tx:
            return asker_of(tx, keys, now)
    except StoreUnavailable:
        return Asker(house.clinic)


def asker_of(tx: Transaction, keys: Keys, now: datetime, *, alone: bool = False) -> Asker:
    """The same inside a transaction; `alone` lets no other write for her until it ends."""
    holder = _by_link(tx, keys.link, alone=alone) or _by_diary(tx, keys.diary, now)
    if holder is not None:
        return Asker(holder.clinic, holder, holder.clinic.chat_on)
    every = clinics.every(tx)
    only = every[0] if len(every) == 1 else None
    return Asker(only, None, not every or any(clinic.chat_on for clinic in every))


def _by_link(tx: Transaction, token: str, *, alone: bool) -> Holder | None:
    holder = links.follow(tx, token, alone=alone) if looks_like_token(token) else None
    return None if holder is None or holder.revoked else holder


def _by_diary(tx: Transaction, token: str, now: datetime) -> Holder | None:
    reader = diaries.reader(tx, token, now) if looks_like_token(token) else None
    clinic_id = None if reader is None else patients.clinic_of_patient(tx, reader)
    if reader is None or clinic_id is None:
        return None
    return links.holder_of(tx, clinic_id, reader, lambda her: local_day(now, her.timezone))
