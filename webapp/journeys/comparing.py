"""Comparing: a cohort of this clinic by postoperative day, rebuilt from the stored check-ins,
beside what papers printed.

May import: domain, library, store and this room. The published numbers come from content; a day
that nobody answered is missing, and a summary of very few people is withheld.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from webapp.domain.checkin import Answers, Report
from webapp.domain.cohort import (
    DaySummary,
    Measure,
    PublishedCohort,
    Spread,
    spread,
    summarise,
)
from webapp.domain.fact import Fact
from webapp.domain.person import Origin, Patient, PatientId
from webapp.domain.schedule import local_day
from webapp.domain.topic import FactId
from webapp.journeys.desk import Desk
from webapp.library.shelf import Library
from webapp.store import checkins, patients, prompts

# Which papers each cohort is shown beside (content/cohorts/).
BESIDE: Mapping[Origin, tuple[str, ...]] = {
    Origin.CASE_REPORT: ("historic-controls",),
    Origin.SYNTHETIC: ("trial-2022-cryo", "trial-2022-sham"),
    Origin.ENROLLED: ("trial-2022-cryo", "trial-2022-sham"),
}
SURGERY = "mastectomy"  # what everybody in every published cohort had: others are left out
Given = Mapping[PatientId, Sequence[tuple[int, Answers]]]


@dataclass(frozen=True, slots=True)
class Total:
    """Oxycodone of a run of days: the reported milligrams of each person who has passed it.

    What somebody did not report is not in it, so the true amount may be higher.
    """

    first_pod: int
    last_pod: int
    milligrams: Spread


@dataclass(frozen=True, slots=True)
class Comparison:
    """One cohort of the clinic beside the published ones."""

    origin: Origin
    people: Mapping[Origin, int]  # how many this clinic has of each origin
    days: tuple[DaySummary, ...]
    published: tuple[PublishedCohort, ...]
    totals: tuple[Total, ...]  # for each run of days that a paper printed a total of
    facts: tuple[Fact, ...]  # what the papers' numbers rest on


def usual_for(library: Library, pathway: str) -> tuple[PublishedCohort, ...]:
    """What papers printed that a patient of this pathway may see beside her own numbers.

    Only groups whose words for patients are written: they say how few people there were.
    """
    if library.pathways[pathway].judged_as != SURGERY:
        return ()
    return tuple(one for one in library.cohorts.published.values() if one.for_patients)


def compare(desk: Desk, origin: Origin) -> Comparison:
    """The patients of one origin of this clinic, summed up by day."""
    library = desk.house.library
    published = tuple(library.cohorts.published[name] for name in BESIDE[origin])
    with desk.house.store.read() as tx:
        everyone = patients.of_clinic(tx, desk.clinic_id)
        given = checkins.answers_by_pod(tx, desk.clinic_id, (origin,))
        missed = prompts.missed_pods(tx, desk.clinic_id, (origin,))
    like = [one for one in everyone if library.pathways[one.pathway].judged_as == SURGERY]
    ours = [one for one in like if one.origin is origin]
    return Comparison(
        origin=origin,
        people={kind: sum(one.origin is kind for one in like) for kind in Origin},
        days=summarise(_recovery(one.id, given, missed) for one in ours),
        published=published,
        totals=tuple(_total(desk, run, ours, given) for run in _printed_runs(published)),
        facts=_facts(library, published),
    )


def _recovery(
    patient: PatientId, given: Given, missed: Mapping[PatientId, Sequence[int]]
) -> list[Report]:
    """One person's settled days: answered, or missed."""
    answered = dict(given.get(patient, ()))
    reports = [Report(pod, answers) for pod, answers in answered.items()]
    lost = [pod for pod in missed.get(patient, ()) if pod not in answered]
    return reports + [Report(pod, missed=True) for pod in lost]


def _printed_runs(published: Sequence[PublishedCohort]) -> list[tuple[int, int]]:
    """The runs of days (first, last) for which a paper printed an oxycodone total, once each."""
    printed = chain.from_iterable(cohort.totals for cohort in published)
    milligrams = [one for one in printed if one.measure is Measure.OXYCODONE_MG]
    return list(dict.fromkeys((one.first_pod, one.last_pod) for one in milligrams))


def _total(desk: Desk, run: tuple[int, int], ours: Sequence[Patient], given: Given) -> Total:
    first, last = run
    done = [one for one in ours if one.pod(local_day(desk.now, one.timezone)) > last]
    reported = [_milligrams(one, given.get(one.id, ()), range(first, last + 1)) for one in done]
    return Total(first, last, spread([amount for amount in reported if amount is not None]))


def _milligrams(
    patient: Patient, reports: Sequence[tuple[int, Answers]], days: range
) -> float | None:
    """What one person reported on `days`, in mg; None if she reported on none of them."""
    counts = [answers.tablets for pod, answers in reports if pod in days]
    known = [count for count in counts if count is not None]
    return sum(known) * patient.mg_per_tablet if known else None


def _facts(library: Library, published: Sequence[PublishedCohort]) -> tuple[Fact, ...]:
    names = dict.fromkeys(FactId(name) for cohort in published for name in cohort.facts)
    return tuple(library.facts[name] for name in names if name in library.facts)
