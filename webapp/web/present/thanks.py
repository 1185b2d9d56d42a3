"""The page after sending, as a template prints it: advice, who reads it, whom to ring.

May import: flask-babel, the domain, journeys, clinic_time, diary, numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _  # type: ignore[import-untyped]
from markupsafe import Markup

from webapp.domain.hours import next_open, open_now
from webapp.domain.topic import Urgency
from webapp.journeys import reading
from webapp.journeys.checking_in import Receipt
from webapp.journeys.house import House
from webapp.journeys.looking_back import JustSent
from webapp.web.present.clinic_time import moment
from webapp.web.present.diary import Beholder, usual_words
from webapp.web.present.numbers import answer


@dataclass(frozen=True, slots=True)
class AdviceCard:
    """One piece of advice in stored words."""

    level: str  # emergency, call or home: a care card
    title: str
    html: Markup  # made safe when the content was loaded
    topic: str
    lang: str
    name: str  # the passage that is shown, with its version


@dataclass(frozen=True, slots=True)
class ThanksPage:
    """What a patient sees after sending."""

    cards: tuple[AdviceCard, ...]
    urgent: bool
    staffed: bool  # somebody of the team is there now
    reads_at: datetime | None  # when somebody will be; None if the clinic gives no hours
    timezone: str
    ring: str  # the number to ring now
    emergency_number: str
    sent: tuple[tuple[str, str], ...] = ()  # the numbers of this sending, as term and words
    usual: tuple[str, ...] = ()  # what papers printed for this day
    seen: str = ""  # when the team looked at it; "" if nobody has yet


_LEVELS: Mapping[str, str] = {
    Urgency.EMERGENCY: "emergency",
    Urgency.CALL_CLINIC: "call",
    Urgency.ROUTINE: "home",
}


def thanks_of(house: House, receipt: Receipt, language: str, now: datetime) -> ThanksPage:
    """The page for one receipt, in the language of the address."""
    clinic, advice = receipt.holder.clinic, receipt.body["advice"]
    staffed = open_now(clinic, now)
    visitor = reading.Visitor(lang=language, today=now.date(), clinic=clinic)
    emergency = reading.whom_to_ring(house.library, visitor).emergency.numbers
    return ThanksPage(
        cards=tuple(_card(house, receipt, one, language) for one in advice),
        urgent=any(one["severity"] == "urgent" for one in advice),
        staffed=staffed,
        reads_at=None if staffed else next_open(clinic, now),
        timezone=clinic.timezone,
        ring=clinic.phone if staffed else clinic.after_hours_phone or clinic.phone,
        emergency_number=emergency[0] if emergency else "",
    )


def with_sending(page: ThanksPage, sent: JustSent, beholder: Beholder) -> ThanksPage:
    """The same page with what was just sent: this sending only, and nothing of other days."""
    given = sent.answers
    numbers = (
        (_("Pain, mostly"), given.nrs_avg),
        (_("Pain at worst"), given.nrs_worst),
        (_("Tablets"), given.tablets),
    )
    zone, seen_at = sent.patient.timezone, sent.seen_at
    return replace(
        page,
        sent=tuple((str(term), answer(value)) for term, value in numbers),
        usual=usual_words(beholder.usual, beholder.lang, sent.pod),
        seen=moment(seen_at, zone, beholder.now) if seen_at else "",
    )


def _card(house: House, receipt: Receipt, advice: Mapping[str, str], language: str) -> AdviceCard:
    words = reading.advice_words(house.library, advice["topic"], language, receipt.holder.clinic)
    topic = house.library.topics[advice["topic"]]  # type: ignore[index]
    level = _LEVELS[topic.urgency]
    if advice["severity"] == "urgent" and level == "home":
        level = "call"  # what is urgent is never shown as something for home
    html = Markup(words.html)  # noqa: S704  (made safe when the content was loaded)
    return AdviceCard(level, words.title, html, advice["topic"], words.lang, words.name)
