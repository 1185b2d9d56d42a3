"""The check-in form as a template prints it: questions, values as typed, what is asked about.

May import: the domain, journeys, flask-babel, numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.instrument import Fault, Instrument, Item, Query
from webapp.domain.schedule import Window
from webapp.domain.sign import ALARMS, Sign, SignGroup
from webapp.journeys.checking_in import OpenDay
from webapp.journeys.house import House
from webapp.web.present.numbers import decimal

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class AskedItem:
    """One item with its words in the reader's language and what she typed last."""

    id: str
    question: str
    help: str
    low: str
    high: str
    choices: tuple[tuple[str, str], ...]
    longest: int | None
    value: str
    fault: str

    @property
    def options(self) -> list[dict[str, str]]:
        """The choices as the form's radio rows take them."""
        return [{"value": value, "label": label} for value, label in self.choices]

    @property
    def number(self) -> int | None:
        """The value as a whole number, for a scale of radio buttons."""
        return int(self.value) if self.value.isascii() and self.value.isdigit() else None


@dataclass(frozen=True, slots=True)
class SignGroupShown:
    """A group of signs under one heading."""

    title: str
    alarm: bool
    open: bool
    options: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class CheckInForm:
    """Everything that the form's template prints."""

    token: str
    submission_id: str
    window: Window
    answered: bool
    items_shown: Mapping[str, AskedItem]  # not `items`: a template would find the method
    groups: tuple[SignGroupShown, ...]
    ticked: frozenset[str]
    none_ticked: bool
    empty: bool  # sent with nothing in it
    faults: tuple[dict[str, str], ...]
    queries: tuple[dict[str, str], ...]
    of_several: tuple[str, ...]  # what is said of more than one question: printed once
    asked: tuple[str, ...]
    typed: bool  # whether it holds what somebody typed before
    fahrenheit: bool = False
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """What was typed, and what came of reading it; empty on a first look."""

    typed: Typed = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    queries: tuple[Query, ...] = ()
    asked: tuple[str, ...] = ()
    turned: bool = False  # only into another language: nothing was sent yet

    def first(self, name: str) -> str:
        """The first value of a field as it was typed; "" if it was left out."""
        return next(iter(self.typed.get(name, ())), "")

    @property
    def came_to_nothing(self) -> bool:
        """Whether it was sent without one answer in it."""
        asked_back = self.turned or self.faults or self.queries
        return bool(self.typed) and not asked_back


def form_of(
    house: House, opened: OpenDay, language: str, *, ids: tuple[str, str], sent: Sent
) -> CheckInForm:
    """The form of one day. `ids` are the link's token and the submission's id."""
    instrument = house.library.instrument
    words = _sentences(instrument, sent, language)
    shown = {item.id: _item(item, language, sent, words) for item in instrument.items.values()}
    return CheckInForm(
        token=ids[0],
        submission_id=ids[1],
        window=opened.window,
        answered=opened.answered,
        items_shown=shown,
        groups=_groups(house, opened, language, sent),
        ticked=frozenset(sent.typed.get("effects", ())),
        none_ticked="none" in sent.typed.get("effects", ()),
        empty=sent.came_to_nothing,
        typed=bool(sent.typed),
        faults=tuple({"name": one.field, "text": words[one.field]} for one in sent.faults),
        queries=tuple(_link(shown[one.field], words) for one in sent.queries),
        of_several=tuple(
            dict.fromkeys(said for said in words.values() if _is_repeated(said, words))
        ),
        asked=(*sent.asked, *(query.key for query in sent.queries)),
        fahrenheit=sent.first("temperature_unit") == "f",
        titles={one.id: one.titles.get(language, one.titles["en"]) for one in instrument.questions},
    )


def _sentences(instrument: Instrument, sent: Sent, language: str) -> dict[str, str]:
    """What to say under each field that cannot be read, or is asked about once."""
    queries = [replace(one, params=_written(one.params)) for one in sent.queries]
    faults = [replace(one, params=_written(one.params)) for one in sent.faults]
    said = {one.field: instrument.words_of_query(one, language) for one in queries}
    return said | {one.field: instrument.words_of_fault(one, language) for one in faults}


def _is_repeated(said: str, words: Mapping[str, str]) -> bool:
    return list(words.values()).count(said) > 1


def _link(item: AskedItem, words: Mapping[str, str]) -> dict[str, str]:
    """A line of the summary: what is said of this question, or the question if others share it."""
    said = words[item.id]
    return {"name": item.id, "text": item.question if _is_repeated(said, words) else said}


def _written(params: Mapping[str, float | str]) -> dict[str, float | str]:
    """The numbers of a sentence as the reader's language writes them."""
    return {
        name: value if isinstance(value, str) else decimal(value) for name, value in params.items()
    }


def _item(item: Item, language: str, sent: Sent, words: Mapping[str, str]) -> AskedItem:
    own = item.words.get(language) or item.words["en"]
    return AskedItem(
        id=item.id,
        question=own.question,
        help=own.help,
        low=own.low,
        high=own.high,
        choices=tuple((choice, own.choices.get(choice, choice)) for choice in item.choices),
        longest=item.longest,
        value=sent.first(item.id),
        fault=words.get(item.id, ""),
    )


def _groups(house: House, opened: OpenDay, language: str, sent: Sent) -> tuple[SignGroupShown, ...]:
    """The signs that this day offers, danger first; whatever was ticked is always among them."""
    patient = opened.holder.patient
    pathway = house.library.pathways[patient.pathway].judged_as
    ticked = set(sent.typed.get("effects", ()))
    shown = [
        sign
        for sign in house.library.signs
        if sign.id in ticked or sign.offered(pathway, opened.window.pod, pump_on=patient.pump_on)
    ]
    return tuple(
        _group(group, [sign for sign in shown if sign.group is group], language, ticked)
        for group in SignGroup
        if any(sign.group is group for sign in shown)
    )


def _titles() -> dict[SignGroup, str]:
    """The headings of the groups, in the language of the page."""
    return {
        SignGroup.BREATHING: _("Breathing or chest"),
        SignGroup.WAKEFULNESS: _("Very sleepy, confused, or hard to wake"),
        SignGroup.BLEEDING: _("Bleeding, fast swelling, a swollen leg or arm, bad belly pain"),
        SignGroup.INFECTION: _("Chills, spreading redness, pus"),
        SignGroup.NERVES: _(
            "Numb lips, odd taste, ringing ears, twitching, weak legs, face or speech"
        ),
        SignGroup.ALLERGY: _("Swollen face or throat, or hives"),
        SignGroup.SELF_HARM: _("Thoughts of hurting yourself"),
        SignGroup.BODY: _("Body, bowels, arms and legs"),
        SignGroup.SKIN: _("Skin, wound and drain"),
        SignGroup.MEDICINE: _("Medicines"),
        SignGroup.FEELINGS: _("How you feel in yourself"),
        SignGroup.EXPECTED: _("Things many people notice"),
    }


def _group(
    group: SignGroup,
    signs: Sequence[Sign],
    language: str,
    ticked: set[str],
) -> SignGroupShown:
    return SignGroupShown(
        title=_titles()[group],
        alarm=group in ALARMS,
        open=any(sign.id in ticked for sign in signs),
        options=tuple(
            {"value": sign.id, "label": sign.words.get(language, sign.words["en"])}
            for sign in signs
        ),
    )
