"""Whose a flag is, when somebody is paged next, and who was paged. In words.

May import: the domain, journeys, flask-babel, clinic_time, recovery_words.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.journeys.owning import Owned, PageTold
from webapp.web.present.clinic_time import moment
from webapp.web.present.recovery_words import channel_words, sending_words

MOST_NAMES = 3


def owner_words(owned: Owned, zone: str, now: datetime) -> str:
    """Whose it is, and when somebody is paged next."""
    whose = gettext("Owner: %(names)s", names=_names(owned))
    if owned.next_page_at is None:
        return str(whose)
    at = moment(owned.next_page_at, zone, now)
    return str(gettext("%(owner)s. Next page: %(time)s", owner=whose, time=at))


def _names(owned: Owned) -> str:
    if not owned.people:
        return str(gettext("whoever runs this site"))
    if owned.everybody:
        return str(gettext("everybody here"))
    names = [person.name for person in owned.people[:MOST_NAMES]]
    more = len(owned.people) - len(names)
    return ", ".join(names) + (f" +{more}" if more else "")


def paged_words(owned: Owned, zone: str, now: datetime) -> tuple[str, ...]:
    """One sentence for each page, in order of time."""
    return tuple(_page_words(page, zone, now) for page in owned.pages)


def _page_words(page: PageTold, zone: str, now: datetime) -> str:
    who = page.person.name if page.person else gettext("whoever runs this site")
    at = moment(page.at, zone, now)
    how = channel_words()[page.channel]
    return str(
        gettext(
            "%(time)s: paged %(name)s by %(channel)s (%(state)s)",
            time=at,
            name=who,
            channel=how,
            state=sending_words().get(page.state, page.state),
        )
    )
