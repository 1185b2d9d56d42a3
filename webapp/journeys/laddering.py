"""Laddering: a clinic reads and changes who is paged about urgent flags, and whom it names.

May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.domain.ladder_wish import fields_of, read_ladder
from webapp.domain.person import Staff
from webapp.journeys import escalating
from webapp.journeys.desk import Desk
from webapp.store import pagings, staff


@dataclass(frozen=True, slots=True)
class LadderForm:
    """What is set now, as the fields of the form, and who may be chosen."""

    fields: Mapping[str, str]
    people: tuple[Staff, ...]  # active ones, in order of name
    is_own: bool  # False while the usual ladder holds


def open_form(desk: Desk) -> LadderForm:
    """The clinic's ladder as it is now."""
    with desk.house.store.read() as tx:
        own = pagings.ladder_of(tx, desk.clinic_id)
        ladder = escalating.ladder_of(desk.house, tx, desk.clinic_id)
        fields = fields_of(ladder, pagings.named_person(tx, desk.clinic_id))
        people = tuple(one for one in staff.of_clinic(tx, desk.clinic_id) if one.active)
    return LadderForm(fields, people, own is not None)


def change(desk: Desk, typed: Mapping[str, str]) -> None:
    """Store a clinic's ladder. Raises `RowRefused` with every fault.

    Flags that are on the ladder go on from where they stand, by the new one.
    """
    before = open_form(desk)
    ladder, named = read_ladder(typed, {one.id for one in before.people})
    with desk.house.store.begin() as tx:
        pagings.set_ladder(tx, desk.clinic_id, ladder, named=named)
        after = fields_of(ladder, named)
        changed = [field for field in after if after[field] != before.fields.get(field)]
        values = {
            "old": {field: before.fields.get(field) for field in changed},
            "new": {field: after[field] for field in changed},
        }
        desk.record(tx, "ladder.change", f"clinic:{desk.clinic_id}", values=values)
