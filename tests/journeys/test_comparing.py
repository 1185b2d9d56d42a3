"""The cohort page's numbers, rebuilt from stored check-ins, against what the paper prints."""

from __future__ import annotations

import pytest

from tests.factories import CALM, place
from webapp.domain.cohort import Measure
from webapp.domain.person import Origin
from webapp.domain.synthetic import case_report_recoveries
from webapp.journeys import comparing, demonstrating
from webapp.journeys.demonstrating import Life

CALL_DAYS = (1, 2, 3, 4, 7, 14, 21, 28)


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


@pytest.fixture
def report(harbor, library):
    """The three published patients, lived through by the real journeys."""
    for recovery in case_report_recoveries(library.cohorts):
        life = Life(harbor.clinic, recovery, Origin.CASE_REPORT)
        demonstrating.live_through(harbor.house, life, harbor.now)
    return comparing.compare(harbor.desk, Origin.CASE_REPORT)


def test_figure_2_is_rebuilt_as_the_paper_prints_it(report):
    """Mean NRS was 0 on every follow-up day across all three patients (F10)."""
    assert {day.pod: (day.nrs_avg.n, day.nrs_avg.mean) for day in report.days} == {
        pod: (3, 0) for pod in CALL_DAYS
    }


def test_figure_3_is_rebuilt_as_the_paper_prints_it(report):
    """No patient needed any extra opioid (F11), and none slept badly from pain (F12)."""
    assert {day.pod: (day.tablets.n, day.tablets.median) for day in report.days} == {
        pod: (3, 0) for pod in CALL_DAYS
    }
    assert {day.sleep_trouble.mean for day in report.days} == {0}


def test_the_worst_pain_that_the_paper_does_not_give_stays_unknown(report):
    assert {day.nrs_worst.n for day in report.days} == {0}
    assert all(day.nrs_worst.withheld for day in report.days)


def test_everybody_was_asked_on_every_call_day(report):
    assert {(day.due, day.answered) for day in report.days} == {(3, 3)}


def test_controls_are_given_where_the_text_gives_them_and_left_out_where_not(report):
    (controls,) = report.published
    pain = {point.pod: point for point in controls.points(Measure.NRS_AVG)}
    assert (pain[1].value, pain[1].low, pain[1].high) == (3.6, 2.0, 4.0)  # F14
    assert all(pain[pod].value is None for pod in CALL_DAYS[1:])  # F21
    assert all(point.value is None for point in controls.points(Measure.TABLETS))  # F21
    sleep = {point.pod: point.value for point in controls.points(Measure.SLEEP_TROUBLE)}
    assert {pod: sleep[pod] for pod in (0, 3, 7, 28)} == {0: 30, 3: 27, 7: 33, 28: 20}  # F15
    assert "not a fair comparison" in controls.notes["en"]  # C2


def test_cohorts_do_not_mix(report, harbor):
    harbor.report(harbor.enrol(), **{**CALM, "nrs_avg": 9, "nrs_worst": 9})
    again = comparing.compare(harbor.desk, Origin.CASE_REPORT)
    assert again.days == report.days
    assert again.people == {Origin.CASE_REPORT: 3, Origin.ENROLLED: 1, Origin.SYNTHETIC: 0}


def test_a_group_too_small_to_hide_in_is_counted_and_not_summed_up(harbor):
    for name, pain in (("One", 3), ("Two", 4)):
        harbor.report(harbor.enrol(name), **{**CALM, "nrs_avg": pain, "nrs_worst": 5})
    (day,) = comparing.compare(harbor.desk, Origin.ENROLLED).days
    assert (day.answered, day.nrs_avg.n, day.nrs_avg.withheld) == (2, 2, True)


def test_the_trial_is_shown_beside_our_own_patients(harbor):
    found = comparing.compare(harbor.desk, Origin.ENROLLED)
    cryo, sham = (cohort.points(Measure.NRS_AVG)[0] for cohort in found.published)
    assert (cryo.pod, cryo.value, cryo.high) == (2, 0, 1.4)  # F28
    assert (sham.pod, sham.value, sham.low, sham.high) == (2, 3.0, 2.0, 5.0)  # F28
    assert [cohort.totals[0].point.value for cohort in found.published] == [1.5, 72]  # F29
    assert (cryo.low, found.totals[0].milligrams.n) == (0, 0)


def test_a_total_counts_those_who_have_passed_its_days_and_only_what_they_reported(harbor):
    def lived(name: str, days_ago: int, tablets: list[float | None]):
        patient = harbor.enrol(name, days_ago=days_ago)
        for pod, count in enumerate(tablets, start=1):
            ago = days_ago - pod
            harbor.report(patient, days_ago=ago, **{**CALM, "tablets": count})

    lived("A", 30, [1, 2])
    lived("B", 30, [None, 1])
    lived("C", 30, [0, 0])
    lived("Still within", 10, [8, 8])
    lived("Never said", 30, [None, None])
    (total,) = comparing.compare(harbor.desk, Origin.ENROLLED).totals
    assert (total.first_pod, total.last_pod) == (0, 21)
    assert total.milligrams.n == 3
    assert total.milligrams.median == 5  # 15, 5 and 0 mg


def test_another_clinics_patients_are_not_counted(report, harbor):
    other = place(harbor.house, harbor.now, "Other Clinic")
    assert comparing.compare(other.desk, Origin.CASE_REPORT).days == ()
