"""Invented people look like the trial, say that they are invented, and meet every rule."""

import statistics
from pathlib import Path

import pytest

from webapp.domain.checkin import Report
from webapp.domain.cohort import summarise
from webapp.domain.pathway import due_days
from webapp.domain.rule import evaluate_all
from webapp.domain.synthetic import case_report_recoveries, synthetic_recoveries
from webapp.library.cohort_files import load_cohorts
from webapp.library.pathway_files import load_pathways
from webapp.library.rule_files import load_rules
from webapp.library.sign_files import load_signs

CONTENT = Path(__file__).parents[2] / "content"
COHORTS = load_cohorts(CONTENT)
PATHWAYS = load_pathways(CONTENT)
RULES = load_rules(CONTENT)
EVERYBODY = synthetic_recoveries(COHORTS, seed=2026)
MANY = [each for each in synthetic_recoveries(COHORTS, seed=1, count=400) if not each.shows]


def reports(recovery):
    asked = (pod for pod in due_days(PATHWAYS[recovery.pathway]))
    return [
        Report(pod, recovery.days[pod]) if recovery.days.get(pod) else Report(pod, missed=True)
        for pod in asked
        if pod <= recovery.days_since_procedure
    ]


def found(recovery):
    return {each.rule for each in evaluate_all(RULES, recovery.setup, reports(recovery))}


def test_the_same_seed_gives_the_same_people():
    assert synthetic_recoveries(COHORTS, seed=2026) == EVERYBODY
    assert synthetic_recoveries(COHORTS, seed=7) != EVERYBODY


def test_about_sixty_people_are_invented_and_each_name_says_so():
    assert 55 <= len(EVERYBODY) <= 65
    assert all(recovery.name.startswith("Synthetic ") for recovery in EVERYBODY)
    assert len({recovery.id for recovery in EVERYBODY}) == len(EVERYBODY)


@pytest.mark.parametrize(
    "recovery", [each for each in EVERYBODY if each.shows], ids=lambda each: "+".join(each.shows)
)
def test_each_scripted_person_meets_the_rules_she_was_written_for(recovery):
    assert set(recovery.shows) <= found(recovery)


def test_every_rule_is_met_by_somebody_in_the_demo():
    assert set().union(*map(found, EVERYBODY)) == set(RULES.rules)


def test_ordinary_people_are_seldom_urgent():
    urgent = [
        recovery
        for recovery in EVERYBODY
        if not recovery.shows
        and any(
            each.severity == "urgent"
            for each in evaluate_all(RULES, recovery.setup, reports(recovery))
        )
    ]
    assert urgent == []


def test_pain_on_the_second_day_resembles_the_trial():
    second = next(each for each in summarise(map(reports, MANY)) if each.pod == 2)
    assert second.nrs_avg.median == 0  # F28
    assert 0 <= second.nrs_avg.q1 <= second.nrs_avg.q3 <= 2  # F28: 0-1.4


def test_tablets_in_three_weeks_resemble_the_trial():
    totals = [
        sum(
            (answers.tablets or 0) * recovery.setup.mg_per_tablet
            for pod, answers in recovery.days.items()
            if answers and pod <= 21
        )
        for recovery in MANY
    ]
    _, median, upper = statistics.quantiles(totals, n=4)
    assert median <= 5  # F29: 1.5 mg
    assert 5 <= upper <= 20  # F29: 14 mg
    assert 0.4 <= sum(total == 0 for total in totals) / len(totals) <= 0.6  # F30: half took none


def test_days_are_missed_as_often_as_in_a_real_tracker():
    shares = [
        sum(answers is not None for answers in recovery.days.values()) / len(recovery.days)
        for recovery in MANY
    ]
    lower, median, upper = statistics.quantiles(shares, n=4)
    assert 0.45 <= lower <= median <= upper < 0.95  # F188, F189
    assert 0.6 <= median <= 0.8


def test_nobody_invented_ticks_a_sign_that_does_not_exist():
    known = {sign.id for sign in load_signs(CONTENT)}
    for recovery in EVERYBODY:
        for answers in recovery.days.values():
            assert answers is None or set(answers.effects or ()) <= known


def test_the_published_patients_answered_every_call_and_nothing_was_found():
    patients = case_report_recoveries(COHORTS)
    assert len(patients) == 3
    for patient in patients:
        assert tuple(patient.days) == due_days(PATHWAYS["mastectomy-calls"])
        assert patient.pathway == "mastectomy-calls"
        assert found(patient) == set()


def test_the_report_gives_no_worst_score_and_none_is_made_up():
    for patient in case_report_recoveries(COHORTS):
        for answers in patient.days.values():
            assert answers.nrs_avg == answers.tablets == answers.wakes == 0
            assert answers.nrs_worst is None
