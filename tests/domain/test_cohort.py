"""A cohort shows what people answered, and never more than they did."""

from pathlib import Path

import pytest

from webapp.domain.checkin import Answers, Report, SleepTrouble
from webapp.domain.cohort import Measure, Statistic, spread, summarise
from webapp.domain.synthetic import case_report_recoveries
from webapp.library.cohort_files import load_cohorts

COHORTS = load_cohorts(Path(__file__).parents[2] / "content")
CALL_DAYS = (1, 2, 3, 4, 7, 14, 21, 28)


def day(pod=1, **answers):
    return Report(pod, Answers(**answers))


def published_patients():
    return [
        [Report(pod, answers) for pod, answers in recovery.days.items()]
        for recovery in case_report_recoveries(COHORTS)
    ]


def test_a_missed_day_is_missing_and_not_zero():
    people = [[day(nrs_avg=4)], [day(nrs_avg=6)], [day(nrs_avg=5)], [Report(1, missed=True)]]
    (summary,) = summarise(people)
    assert (summary.due, summary.answered) == (4, 3)
    assert summary.nrs_avg.mean == 5


def test_an_unanswered_field_is_missing_and_not_zero():
    people = [[day(nrs_avg=4)], [day(nrs_avg=6)], [day(nrs_avg=5)], [day(tablets=2)]]
    (summary,) = summarise(people)
    assert summary.nrs_avg.n == 3
    assert summary.nrs_avg.median == 5
    assert summary.tablets.withheld


def test_two_people_are_too_few_to_be_summed_up():
    (summary,) = summarise([[day(nrs_avg=4)], [day(nrs_avg=6)]])
    assert summary.nrs_avg.n == 2
    assert summary.nrs_avg.mean is summary.nrs_avg.median is summary.nrs_avg.q1 is None


def test_days_come_in_order_and_only_if_somebody_was_asked():
    people = [[day(7, nrs_avg=1), day(2, nrs_avg=1)]] * 3
    assert [summary.pod for summary in summarise(people)] == [2, 7]


def test_any_trouble_sleeping_counts_and_silence_does_not():
    nights = [SleepTrouble.NONE, SleepTrouble.A_LITTLE, SleepTrouble.A_LOT, SleepTrouble.NONE, None]
    (summary,) = summarise([[day(sleep_trouble=night)] for night in nights])
    assert summary.sleep_trouble.n == 4
    assert summary.sleep_trouble.mean == 50


def test_quartiles_lie_between_the_values():
    found = spread([1, 2, 3, 4])
    assert (found.q1, found.median, found.q3) == (1.75, 2.5, 3.25)
    assert spread([5], fewest=1).q1 == 5
    assert spread([], fewest=0).withheld


@pytest.mark.parametrize("measure", [Measure.NRS_AVG, Measure.TABLETS, Measure.SLEEP_TROUBLE])
def test_the_three_patients_give_the_numbers_that_their_report_prints(measure):
    ours = {each.pod: getattr(each, measure.value) for each in summarise(published_patients())}
    printed = COHORTS.published["case-report"].points(measure)
    assert tuple(point.pod for point in printed) == tuple(ours) == CALL_DAYS
    for point in printed:
        assert ours[point.pod].n == 3
        assert ours[point.pod].mean == ours[point.pod].median == point.value == 0


def test_the_reports_controls_are_as_printed_and_blank_where_the_text_is_silent():
    controls = COHORTS.published["historic-controls"]
    first, *others = controls.points(Measure.NRS_AVG)
    assert (first.pod, first.value, first.low, first.high) == (1, 3.6, 2.0, 4.0)
    assert [(point.pod, point.value) for point in others] == [(pod, None) for pod in CALL_DAYS[1:]]
    assert {point.value for point in controls.points(Measure.TABLETS)} == {None}
    nights = {point.pod: point.value for point in controls.points(Measure.SLEEP_TROUBLE)}
    assert {pod: value for pod, value in nights.items() if value is not None} == {
        0: 30,
        3: 27,
        7: 33,
        28: 20,
    }
    assert set(nights) == {0, *CALL_DAYS}
    assert "not a fair comparison" in controls.notes["en"]


def test_the_trials_printed_numbers_are_kept_as_medians():
    cryo, sham = (COHORTS.published[f"trial-2022-{arm}"] for arm in ("cryo", "sham"))
    assert (cryo.n, sham.n) == (31, 29)
    assert [(p.pod, p.value, p.low, p.high) for p in cryo.points(Measure.NRS_AVG)] == [
        (2, 0, 0, 1.4)
    ]
    assert [(p.pod, p.value, p.low, p.high) for p in sham.points(Measure.NRS_AVG)] == [
        (2, 3.0, 2.0, 5.0)
    ]
    assert cryo.series[0].statistic is Statistic.MEDIAN
    assert (cryo.totals[0].point.value, sham.totals[0].point.value) == (1.5, 72)
    assert cryo.points(Measure.TABLETS) == ()
