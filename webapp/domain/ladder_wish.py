"""Reading what somebody typed about a clinic's ladder: every fault is named, nothing is guessed.

May import: the standard library and this room.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

from webapp.domain.enrolment import Fault, RowRefused
from webapp.domain.ladder import EVERYBODY, LEADS, OPERATOR, Hours, Ladder, Rung
from webapp.domain.person import StaffId

STEPS = range(1, 5)  # before the operator, who is always the last
_MOST_MINUTES = 24 * 60
_MINUTE = timedelta(minutes=1)
_FREE = (EVERYBODY, LEADS)


def fields_of(ladder: Ladder, named: StaffId | None) -> dict[str, str]:
    """A ladder as the fields that `read_ladder` reads."""
    fields = {
        "repeat": str(ladder.repeat // _MINUTE),
        "handle": str(ladder.handle // _MINUTE),
        "named": named or "",
    }
    for hours in Hours:
        rungs = ladder.rungs.get(hours, ())
        people = [rung for rung in rungs if rung.who != OPERATOR]
        for step in STEPS:
            rung = people[step - 1] if step <= len(people) else None
            fields[f"{hours}_{step}_who"] = rung.who if rung else ""
            fields[f"{hours}_{step}_wait"] = str(rung.wait // _MINUTE) if rung else ""
        last = next((rung.wait for rung in rungs if rung.who == OPERATOR), ladder.repeat)
        fields[f"{hours}_operator_wait"] = str(last // _MINUTE)
    return fields


def read_ladder(typed: Mapping[str, str], people: Collection[str]) -> tuple[Ladder, StaffId | None]:
    """A ladder and who is named, from the fields. Raises `RowRefused` with every fault.

    `people` are the ids of who works here; a step may name one of them, or a group.
    """
    faults: list[Fault] = []
    rungs = {hours: tuple(_rungs(hours, typed, people, faults)) for hours in Hours}
    repeat = _minutes(typed, "repeat", faults, least=5)
    handle = _minutes(typed, "handle", faults, least=5)
    named = typed.get("named", "")
    if named and named not in people:
        faults.append(Fault("named", "unknown", "is nobody who works here"))
    if faults:
        raise RowRefused(tuple(faults))
    return Ladder(rungs, repeat, handle), StaffId(named) if named else None


def _rungs(
    hours: Hours, typed: Mapping[str, str], people: Collection[str], faults: list[Fault]
) -> Iterator[Rung]:
    for step in STEPS:
        field = f"{hours}_{step}_who"
        who = typed.get(field, "")
        if not who:
            continue
        if who not in _FREE and who not in people:
            faults.append(Fault(field, "unknown", "is nobody who works here"))
            continue
        yield Rung(who, _minutes(typed, f"{hours}_{step}_wait", faults, least=0))
    yield Rung(OPERATOR, _minutes(typed, f"{hours}_operator_wait", faults, least=0))


def _minutes(typed: Mapping[str, str], field: str, faults: list[Fault], *, least: int) -> timedelta:
    text = typed.get(field, "").strip()
    if not text.isdecimal() or not least <= int(text) <= _MOST_MINUTES:
        said = f"is {text!r}; write whole minutes, {least} to {_MOST_MINUTES}"
        faults.append(Fault(field, "not-minutes", said))
        return timedelta()
    return int(text) * _MINUTE
