"""Seeing: whether somebody of the team has looked since a patient sent her answers.

Her phone asks, so that "sent" becomes "seen". May import: domain, store and this room.
"""

from __future__ import annotations

from datetime import datetime

from webapp.journeys.checking_in import LinkUnknown
from webapp.journeys.house import House
from webapp.journeys.looking_back import seen_since
from webapp.store import checkins, links


def seen_at(house: House, token: str, report_id: str) -> datetime | None:
    """When staff first looked after this report came in, as her own pages say it.

    None while nobody has. Raises `LinkUnknown` for a link or a report that is not hers.
    """
    with house.store.read() as tx:
        holder = links.follow(tx, token)
        sent = None if holder is None else checkins.load(tx, holder.patient.id, report_id)
        if holder is None or sent is None:
            raise LinkUnknown
        return seen_since(tx, holder.patient.id, sent.committed_at)
