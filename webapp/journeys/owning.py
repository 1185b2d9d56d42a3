"""Owning: whose each flag is now, who was paged about it, and when somebody is paged next.

May import: domain, store and this room. There is no flag without an owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.ladder import EVERYBODY, owners
from webapp.domain.person import Channel, ClinicId, Staff
from webapp.domain.review import Flag, FlagState
from webapp.store import pagings, staff
from webapp.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class PageTold:
    """One person paged: who (None is the operator), when, over what, and what became of it."""

    person: Staff | None
    at: datetime
    channel: Channel
    state: str


@dataclass(frozen=True, slots=True)
class Owned:
    """Whose a flag is. No people means the operator; `everybody` means all who work here."""

    people: tuple[Staff, ...]
    everybody: bool = False
    next_page_at: datetime | None = None  # None where nobody will be paged
    pages: tuple[PageTold, ...] = ()


def of_flags(tx: Transaction, clinic_id: ClinicId, found: Sequence[Flag]) -> dict[str, Owned]:
    """Whose each of these flags of a clinic is."""
    ids = tuple(flag.id for flag in found)
    standings = pagings.of_flags(tx, ids)
    told = pagings.pages_of(tx, clinic_id, ids)
    people = staff.of_clinic(tx, clinic_id)
    by_id = {str(one.id): one for one in people}
    owned = {}
    for flag in found:
        standing = standings.get(flag.id)
        pages = tuple(
            PageTold(by_id.get(one.page.recipient), one.page.at, one.page.channel, one.state.value)
            for one in told.get(flag.id, ())
        )
        if standing is None:  # no urgent one: nobody is paged, and it is everybody's to look at
            active = tuple(one for one in people if one.active)
            owned[flag.id] = Owned(active, everybody=bool(active), pages=pages)
        else:
            next_at = None if flag.state is FlagState.CLOSED else standing.next_at
            mine = owners(standing, people)
            owned[flag.id] = Owned(mine, standing.owner == EVERYBODY and bool(mine), next_at, pages)
    return owned
