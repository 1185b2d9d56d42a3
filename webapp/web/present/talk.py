"""The check-in as a conversation: which question is next, and what was said so far.

Everything that was answered travels in the form; nothing is stored until the end. May import: the
domain, journeys, flask-babel and this room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.instrument import NO_SIGN, ItemKind
from webapp.domain.sign import ALARMS
from webapp.journeys.house import House
from webapp.web.present.check_in_form import CheckInForm, Typed
from webapp.web.present.turn_page import Reader, spoken

CHANGE = "change:"


@dataclass(frozen=True, slots=True)
class Talk:
    """Where a conversation stands. `at` is the item asked now; None when all was asked."""

    typed: Typed
    done: tuple[str, ...]
    at: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """One question that was asked, and what was answered, in words."""

    id: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class TalkPage:
    """Everything that templates/asking/talk.html prints."""

    form: CheckInForm
    at: str | None
    kind: str
    done: tuple[str, ...]
    answered: tuple[Answered, ...]
    hidden: tuple[tuple[str, str], ...]
    number: int  # of this question, from 1
    of: int
    alarm: bool  # a danger sign is ticked
    queries: tuple[dict[str, str], ...]  # what is asked once, each with its question


def start(items: Sequence[str], typed: Typed) -> Talk:
    """A conversation in which some answers are known already."""
    return _onward(items, typed, tuple(item for item in items if typed.get(item)))


def moved(items: Sequence[str], form: Typed) -> Talk:
    """The conversation after a form was sent: one step on, back, or to what is to be changed."""
    at, go = _first(form, "at"), _first(form, "go")
    done = tuple(one for one in form.get("done", ()) if one in items)
    typed = {name: list(form[name]) for name in (*items, "temperature_unit") if form.get(name)}
    if go == "skip":
        typed.pop(at, None)
    if go == "back":
        return Talk(typed, done, _before(items, at))
    if go.startswith(CHANGE) and go.removeprefix(CHANGE) in items:
        return Talk(typed, done, go.removeprefix(CHANGE))
    return _onward(items, typed, (*done, at) if at in items and at not in done else done)


def _onward(items: Sequence[str], typed: Typed, done: tuple[str, ...]) -> Talk:
    return Talk(typed, done, next((item for item in items if item not in done), None))


def _before(items: Sequence[str], at: str) -> str:
    """The item before this one; the last one before the end."""
    place = items.index(at) if at in items else len(items)
    return items[max(place - 1, 0)]


def _first(form: Typed, name: str) -> str:
    return next(iter(form.get(name, ())), "")


def talk_page(reader: Reader, talk: Talk, form: CheckInForm) -> TalkPage:
    """The page of a conversation at its question, or at its end."""
    items = tuple(reader.house.library.instrument.items)
    asked = reader.house.library.instrument.items[talk.at] if talk.at else None
    return TalkPage(
        form=form,
        at=talk.at,
        kind=asked.kind.value if asked else "",
        done=talk.done,
        answered=tuple(_answered(reader, item, talk.typed) for item in talk.done),
        hidden=tuple(
            (name, value)
            for name, values in talk.typed.items()
            if name != talk.at and not (name == "temperature_unit" and talk.at == "temperature_c")
            for value in values
        ),
        number=items.index(talk.at) + 1 if talk.at else len(items),
        of=len(items),
        alarm=_alarm(reader.house, talk.typed),
        queries=tuple(_with_question(form, one) for one in form.queries),
    )


def _with_question(form: CheckInForm, query: Mapping[str, str]) -> dict[str, str]:
    asked, said = form.items_shown[query["name"]].question, query["text"]
    return {"name": query["name"], "text": said if said == asked else f"{asked} {said}"}


def _alarm(house: House, typed: Typed) -> bool:
    ticked = set(typed.get("effects", ()))
    return any(sign.id in ticked and sign.group in ALARMS for sign in house.library.signs)


def _answered(reader: Reader, item_id: str, typed: Typed) -> Answered:
    item = reader.house.library.instrument.items[item_id]
    values = typed.get(item_id, ())
    question, answer = spoken(reader, item_id, next(iter(values), ""))
    if not any(value.strip() for value in values):
        answer = _("no answer")
    elif item.kind is ItemKind.TICKS:
        answer = ", ".join(_sign(reader, value) for value in values)
    return Answered(item_id, question, answer)


def _sign(reader: Reader, sign_id: str) -> str:
    if sign_id == NO_SIGN:
        none: str = _("None of these")
        return none
    words = {sign.id: sign.words for sign in reader.house.library.signs}.get(sign_id)
    return words.get(reader.lang, words["en"]) if words else sign_id
