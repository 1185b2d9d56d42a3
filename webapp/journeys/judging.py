"""Judging: what the rules must be told of a patient and her recovery so far.

May import: domain, store and this room.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from webapp.domain.checkin import Report, Reported, Setup
from webapp.domain.pathway import due_days
from webapp.domain.person import Patient
from webapp.journeys.house import House
from webapp.store import prompts
from webapp.store.engine import Transaction
from webapp.store.histories import Version


def setup_for(house: House, patient: Patient) -> Setup:
    """What the rules need to know of a patient besides her answers."""
    return Setup(
        pathway=house.library.pathways[patient.pathway].judged_as,
        mg_per_tablet=patient.mg_per_tablet,
        label_max=patient.label_max,
        pump_on=patient.pump_on,
        baseline_nrs=patient.baseline_nrs,
    )


def recovery_before(
    house: House, tx: Transaction, patient: Patient, days: Sequence[Version], day: date
) -> tuple[Reported, ...]:
    """Every day before `day` that was answered (one of `days`) or missed, in order."""
    pod = patient.pod(day)
    earlier = [one for one in days if one.pod < pod]
    asked = due_days(house.library.pathways[patient.pathway])
    missing = {one for one in asked if one < pod} - {one.pod for one in earlier}
    if not missing:
        return history_of(earlier, ())  # the database need not be asked what was missed
    return history_of(earlier, prompts.missed_before(tx, patient.id, day))


def history_of(days: Sequence[Version], missed: Sequence[int]) -> tuple[Reported, ...]:
    """The recovery so far as the rules read it: answered days and missed ones, in order."""
    reports: dict[int, Reported] = {day.pod: day for day in days}
    for pod in missed:
        reports.setdefault(pod, Report(pod, missed=True))
    return tuple(reports[pod] for pod in sorted(reports))
