"""What the flag rules promise whatever the numbers in them are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.recoveries import SETUPS, courses, report_of, setup_of
from webapp.domain.checkin import Answers, Report, Setup
from webapp.domain.flag import Severity
from webapp.domain.rule import evaluate, evaluate_all
from webapp.library.rule_files import load_rules

BOOK = load_rules(Path(__file__).parents[2] / "content")
IDS = {name[1:3]: name for name in BOOK.rules}
HER = Setup("mastectomy", label_max=8)


def reports_of(days):
    return [report_of(day, IDS) for day in days]


def found(*reports: Report, setup: Setup = HER) -> list[tuple[str, str]]:
    return [(one.rule[:3], one.severity) for one in evaluate(BOOK, setup, reports)]


def day(pod: int, **answers: object) -> Report:
    return Report(pod, Answers(**answers))


def test_nothing_answered_finds_nothing():
    assert found(day(3)) == []
    assert found(day(1, effects=()), day(2), day(3)) == []


RESTS_ON = {
    ("nrs_avg",): {"R14", "R15", "R25"},
    ("nrs_avg", "nrs_worst"): {"R10"},
    ("tablets",): {"R11", "R12", "R13", "R16", "R17"},
    ("sleep_trouble", "wakes"): {"R18"},
    ("temperature_c",): {"R08"},
}


@pytest.mark.parametrize(
    ("fields", "rules"), RESTS_ON.items(), ids=lambda one: "-".join(sorted(one))
)
@settings(deadline=None, max_examples=40)
@given(setup=SETUPS, days=courses())
def test_an_unanswered_field_is_never_zero_and_meets_no_rule(fields, rules, setup, days):
    bare = {"effects": [], "said": (), **dict.fromkeys(fields)}
    today = {**days[-1], **bare, "missed": False}
    findings = evaluate(BOOK, setup_of(setup), reports_of([*days[:-1], today]))
    assert rules.isdisjoint(one.rule[:3] for one in findings)


@settings(deadline=None)
@given(SETUPS, courses())
def test_a_recovery_with_no_number_has_no_finding_from_numbers(setup, days):
    numbers = ("nrs_avg", "nrs_worst", "tablets", "wakes", "temperature_c", "sleep_trouble")
    bare = [{key: value for key, value in one.items() if key not in numbers} for one in days]
    rules = {one.rule[:3] for one in evaluate_all(BOOK, setup_of(setup), reports_of(bare))}
    assert rules.isdisjoint({"R10", "R13", "R14", "R15", "R16", "R17", "R18", "R25"} - said(days))


def said(days) -> set[str]:
    return {f"R{rule}" for one in days for rule in one.get("said", ())}


@settings(deadline=None)
@given(SETUPS, courses())
def test_a_later_report_never_changes_what_was_found_before(setup, days):
    reports = reports_of(days)
    whole = evaluate_all(BOOK, setup_of(setup), reports)
    for end in range(1, len(reports) + 1):
        until = reports[end - 1].pod
        earlier = evaluate_all(BOOK, setup_of(setup), reports[:end])
        assert earlier == tuple(one for one in whole if one.pod <= until)


@settings(deadline=None)
@given(SETUPS, courses())
def test_one_report_is_judged_alone_as_in_the_whole_recovery(setup, days):
    reports = reports_of(days)
    whole = evaluate_all(BOOK, setup_of(setup), reports)
    for end, report in enumerate(reports, 1):
        alone = evaluate(BOOK, setup_of(setup), reports[:end])
        assert alone == tuple(one for one in whole if one.pod == report.pod)


@settings(deadline=None)
@given(SETUPS, courses(), st.randoms(use_true_random=False))
def test_the_order_of_listing_does_not_matter(setup, days, chance):
    reports = reports_of(days)
    shuffled = list(reports)
    chance.shuffle(shuffled)
    assert evaluate_all(BOOK, setup_of(setup), shuffled) == evaluate_all(
        BOOK, setup_of(setup), reports
    )


@settings(deadline=None)
@given(SETUPS, courses())
def test_what_is_not_judged_without_a_sign_could_not_have_held(setup, days):
    thorough = replace(BOOK, order_without_signs=BOOK.order)
    judged = evaluate_all(thorough, setup_of(setup), reports_of(days))
    assert evaluate_all(BOOK, setup_of(setup), reports_of(days)) == judged
    assert len(BOOK.order_without_signs) < len(BOOK.order)


@settings(deadline=None)
@given(SETUPS, courses())
def test_findings_stand_in_order_and_a_rule_gives_one_a_report(setup, days):
    whole = evaluate_all(BOOK, setup_of(setup), reports_of(days))
    places = [(one.pod, one.rule) for one in whole]
    assert places == sorted(set(places))


@settings(deadline=None)
@given(SETUPS, courses())
def test_each_finding_names_a_signed_version_advice_and_its_numbers(setup, days):
    for one in evaluate_all(BOOK, setup_of(setup), reports_of(days)):
        assert one.rule_version == BOOK.rules[one.rule].version
        assert one.advice
        assert one.because and "{" not in one.because
        assert all(name for name in one.numbers)


@settings(deadline=None)
@given(SETUPS, courses())
def test_a_missed_check_in_meets_r27_only_and_an_answered_one_never(setup, days):
    missed = {one["pod"] for one in days if one.get("missed")}
    for one in evaluate_all(BOOK, setup_of(setup), reports_of(days)):
        assert (one.rule == "R27-missed") == (one.pod in missed)


@given(st.text(min_size=1).filter(lambda name: name not in BOOK.frame.ticks["mastectomy"]))
def test_a_tick_nobody_knows_is_put_to_a_human_and_nothing_else(tick):
    assert found(day(3, nrs_avg=1, nrs_worst=2, tablets=0, effects=(tick,))) == [("R28", "watch")]


def test_the_gravest_part_gives_the_severity_and_the_advice():
    (finding,) = evaluate(
        BOOK, HER, [day(4, effects=("belly-severe", "vomiting-12-hours", "constipation-3-days"))]
    )[:1]
    assert (finding.severity, finding.advice) == (Severity.URGENT, "constipation")


def test_a_reason_shows_the_numbers_and_those_before():
    (finding,) = evaluate(BOOK, HER, [day(4, nrs_avg=5.5), day(6, nrs_avg=6)])
    assert finding.because.endswith("5.5 on day 4, 6 on day 6.")
    assert finding.numbers == {"nrs_avg": 6}


@pytest.mark.parametrize(
    ("before", "now", "held"),
    [(3.1, 7.1, True), (3.3, 7.3, True), (3.2, 7.1, False)],
)
def test_decimals_are_compared_as_people_count(before, now, held):
    rules = [name for name, _ in found(day(1, nrs_worst=before), day(2, nrs_worst=now))]
    assert ("R10" in rules) is held


def test_answers_at_a_missed_check_in_are_not_looked_at():
    muddled = Report(3, Answers(nrs_avg=9, effects=("breathless",)), missed=True, said={"R01"})
    assert found(muddled) == []
    assert found(muddled, day(4, nrs_avg=9)) == [("R10", "urgent")]


def test_a_thousand_missed_days_are_judged_without_running_out_of_stack():
    silence = [day(0, nrs_avg=8), *(Report(pod, missed=True) for pod in range(1, 1001))]
    assert found(*silence) == [("R27", "soon")]


def test_no_reports_give_no_findings():
    assert evaluate(BOOK, HER, []) == evaluate_all(BOOK, HER, []) == ()


def test_judging_changes_nothing_that_was_given():
    given_setup, reports = Setup("knee", baseline_nrs=4), [day(2, nrs_avg=7), day(1, nrs_avg=3)]
    copy = list(reports)
    evaluate_all(BOOK, given_setup, reports)
    assert reports == copy
