"""Texting: a patient answers by text message; she is read back to, and heard.

Danger words come before everything but a plain STOP. Nothing that we answer says anything of her
health (docs/decisions/0012): her numbers are read back bare. The same message twice changes
nothing. May import: domain, library, store and this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from webapp.domain.chat import Kind
from webapp.domain.flag import Severity
from webapp.domain.person import Channel, Patient, PatientId, PatientStatus
from webapp.domain.text_answers import HowToAnswer, answers_of, read_code
from webapp.domain.text_word import Wish, wish_in, wish_within
from webapp.journeys import checking_in, conversing, preferring
from webapp.journeys.checking_in import DayClosed, SubmissionReused
from webapp.journeys.conversing import Ask, TooMany
from webapp.journeys.house import House
from webapp.journeys.lettering import act_purpose
from webapp.journeys.preferring import How
from webapp.journeys.recognising import Keys
from webapp.journeys.replying import Heard, Inbound, open_day, queue, reply
from webapp.store import (
    checkins,
    drafts,
    links,
    mobiles,
    patients,
    provider_events,
)
from webapp.store.drafts import Draft, Said

SOURCE = "sms"
CONFIRM_WITHIN = timedelta(minutes=10)  # then what was read counts: silence is no "no"
_INBOUND = "inbound"
_BATCH = 50


def hear(
    house: House, inbound: Inbound, *, now: datetime, ask: Ask = conversing.from_the_shelf
) -> bool:
    """Deal with a text message once; False if nobody here has that number.

    Raises `StoreUnavailable`: the provider will hand it over again.
    """
    known, again = _who(house, inbound, now)
    if again:
        return bool(known)
    wish = wish_in(inbound.text, house.library.text_words)
    if wish is Wish.STOP:
        _stop(house, known, now)
    elif known:
        _deal_with(Heard(house, known[0], inbound, now, ask), wish)
    if known:
        with house.store.begin() as tx:
            provider_events.add(tx, inbound.provider, inbound.ref, _INBOUND, now=now)
            provider_events.know(tx, inbound.provider, inbound.ref, _INBOUND)
    return bool(known)


def how_to_answer(house: House, patient: Patient, language: str) -> HowToAnswer | None:
    """How she can answer in numbers, if it is by text message that we write to her."""
    by_text = patient.channel is Channel.SMS
    return house.library.text_words.how_to_answer(language) if by_text else None


def _who(house: House, inbound: Inbound, now: datetime) -> tuple[tuple[Patient, ...], bool]:
    """Who has this number, and whether this very message was dealt with before."""
    with house.store.begin() as tx:
        again = provider_events.seen(tx, inbound.provider, inbound.ref, _INBOUND)
        known = mobiles.owners(tx, inbound.sender)
        if not known:
            while mobiles.mark_old(tx):
                pass
            known = mobiles.owners(tx, inbound.sender)
        if not known:
            provider_events.add(tx, inbound.provider, inbound.ref, _INBOUND, now=now)
    asked = [one for one in known if one.status is not PatientStatus.STOPPED]
    return (*asked, *(one for one in known if one not in asked)), again


def _stop(house: House, known: Sequence[Patient], now: datetime) -> None:
    """Whoever holds this telephone wants no more: that is everybody's word who shares it."""
    for patient in known:
        preferring.stop(house, patient, how=How(Channel.SMS), now=now)


def _deal_with(heard: Heard, wish: Wish | None) -> None:
    if wish is Wish.START:
        _start(heard)
    elif wish is Wish.HELP:
        reply(heard, "text-help")
    elif wish is Wish.YES:
        _confirm(heard)
    elif wish is Wish.NO:
        _discard(heard)
    elif (said := read_code(heard.inbound.text)) is not None:
        _read_back(heard, said)
    else:
        _listen(heard)


def _start(heard: Heard) -> None:
    if heard.patient.status is not PatientStatus.ACTIVE:
        preferring.resume(heard.house, heard.patient, how=How(Channel.SMS), now=heard.now)
        reply(heard, "started")


def _listen(heard: Heard) -> None:
    """Her words, as the chat understands them: danger first, then numbers."""
    day = open_day(heard)
    with heard.house.store.begin() as tx:
        token = links.mint(tx, heard.patient.id, day or heard.now.date(), heard.now)
    keys = Keys(heard.patient.language, f"text:{heard.patient.id}", token)
    try:
        said = conversing.say(
            heard.house,
            keys,
            heard.inbound.text,
            now=heard.now,
            ask=heard.ask,
            even_off=True,
        )
    except TooMany:
        return
    if said.turn.is_urgent:
        reply(heard, act_purpose(heard.house, said.turn.topic), always=True)
    elif wish_within(heard.inbound.text, heard.house.library.text_words) is Wish.STOP:
        _stop(heard.house, (heard.patient,), heard.now)
    elif said.turn.kind == Kind.CHECK_IN and said.values:
        _read_back(heard, said.values)
    else:
        _ask_elsewhere(heard, day)


def _ask_elsewhere(heard: Heard, day: date | None) -> None:
    """What cannot be read is asked on her page; her words are kept as a turn of the chat."""
    if day is None:
        reply(heard, "text-no-day")
    else:
        reply(heard, "text-unread", day=day)


def _read_back(heard: Heard, said: Said) -> None:
    """Keep what was read, over what was read before, and ask whether it is right."""
    day = open_day(heard)
    if day is None:
        reply(heard, "text-no-day")
        return
    patient = heard.patient
    with heard.house.store.begin() as tx:
        seal = patients.seal_of(tx, patient.clinic_id, patient.id)
        before = drafts.of_patient(tx, patient.id, seal)
        kept = before.said if before is not None and before.local_day == day else {}
        draft = Draft(patient.id, day, heard.inbound.name, {**kept, **said}, heard.now)
        drafts.keep(tx, draft, seal)
        queue(tx, heard, "text-read", None)


def _confirm(heard: Heard) -> None:
    """A yes stores what was read back; one more yes is thanked for."""
    draft = _draft_of(heard.house, heard.patient)
    if draft is not None:
        _store(heard, draft)
        return
    day = open_day(heard)
    with heard.house.store.read() as tx:
        answered = day is not None and checkins.has_answered(tx, heard.patient.id, day)
    if answered:
        reply(heard, "text-thanks")
    else:
        _ask_elsewhere(heard, day)


def _discard(heard: Heard) -> None:
    """A no: what was read is let go, and she is asked on her page."""
    draft = _draft_of(heard.house, heard.patient)
    if draft is not None:
        with heard.house.store.begin() as tx:
            drafts.drop(tx, heard.patient.id, draft.ref)
    _ask_elsewhere(heard, open_day(heard))


def _draft_of(house: House, patient: Patient) -> Draft | None:
    with house.store.read() as tx:
        seal = patients.seal_if_any(tx, patient.clinic_id, patient.id)
        return None if seal is None else drafts.of_patient(tx, patient.id, seal)


def _store(heard: Heard, draft: Draft) -> None:
    """Send what was read as the day's check-in, and tell her what to do."""
    with heard.house.store.begin() as tx:
        token = links.mint(tx, heard.patient.id, draft.local_day, heard.now)
    sent = checking_in.Submission(draft.ref, answers_of(draft.said), draft.at, SOURCE)
    try:
        receipt = checking_in.submit(heard.house, token, sent, now=heard.now)
        purpose = _advice_purpose(heard.house, receipt.body["advice"])
    except DayClosed:
        purpose = "text-no-day"
    except SubmissionReused:  # another copy of this yes was faster, and then she changed it
        purpose = "text-thanks"
    with heard.house.store.begin() as tx:
        drafts.drop(tx, heard.patient.id, draft.ref)
        queue(tx, heard, purpose, None, always=purpose != "text-thanks")


def _advice_purpose(house: House, advice: Sequence[dict[str, str]]) -> str:
    """What to answer to a check-in: thanks, or at once whom to call."""
    urgent = [one["topic"] for one in advice if one["severity"] == Severity.URGENT]
    if not urgent:
        return "text-thanks"
    purpose = act_purpose(house, urgent[0])
    return "text-call" if purpose == act_purpose(house, None, line="clinic_phone") else purpose


def store_unconfirmed(house: House, now: datetime) -> int:
    """Store what was read back and never denied; how many. The clock does it at every pass."""
    with house.store.read() as tx:
        waiting = drafts.older_than(tx, now - CONFIRM_WITHIN, _BATCH)
    for patient_id in waiting:
        _store_silent(house, patient_id, now)
    return len(waiting)


def _store_silent(house: House, patient_id: PatientId, now: datetime) -> None:
    with house.store.read() as tx:
        clinic_id = patients.clinic_of_patient(tx, patient_id)
        patient = patients.load(tx, clinic_id, patient_id) if clinic_id else None
    draft = None if patient is None else _draft_of(house, patient)
    if patient is None or draft is None:
        return
    unsaid = Inbound("silence", draft.ref, "", "")
    _store(Heard(house, patient, unsaid, now, conversing.from_the_shelf), draft)
