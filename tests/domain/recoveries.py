"""Recoveries drawn by hypothesis, near the lines where the rules turn.

May import: hypothesis, the domain and tests.domain.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.domain.naive_rules import KNOWN
from webapp.domain.checkin import Answers, Report, Setup, SleepTrouble

PAIN = st.sampled_from([0, 1, 2, 3, 3.1, 4, 5, 6, 7, 7.1, 8, 9, 10, 11, -1])
TICKS = st.lists(st.sampled_from([*KNOWN, "purple-toes"]), max_size=3)
COMMON = st.lists(
    st.sampled_from(["nerve-pain", "low-mood", "sleepy", "bruise", "constipation-3-days"]),
    max_size=2,
)
RULES = [f"{number:02}" for number in range(1, 13)]


def maybe(answers: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(answers, answers, st.none())


ANSWERED = st.fixed_dictionaries(
    {
        "nrs_avg": maybe(PAIN),
        "nrs_worst": maybe(PAIN),
        "tablets": maybe(st.sampled_from([0, 0.5, 1, 2, 2.5, 3, 4, 6.5, 7, 12, 31, -1, 0.3])),
        "sleep_trouble": maybe(st.sampled_from(["none", "a little", "a lot"])),
        "wakes": maybe(st.sampled_from([0, 1, 2, 3, 4, 21, -1])),
        "effects": maybe(st.one_of(st.just([]), COMMON, TICKS)),
        "temperature_c": st.sampled_from([None, None, None, 36.8, 37.9, 38.0, 99.0, 20.0]),
        "said": st.sampled_from([(), (), (), (), *((rule,) for rule in RULES)]),
    }
)
MISSED = st.just({"missed": True})
STEPS = st.sampled_from([1, 1, 1, 1, 2, 3, 7, 14, 60])
SETUPS = st.fixed_dictionaries(
    {
        "pathway": st.sampled_from(["mastectomy", "knee"]),
        "mg_per_tablet": st.sampled_from([5, 10]),
        "label_max": st.sampled_from([None, None, 0, 4, 8, 12]),
        "pump_on": st.booleans(),
        "baseline_nrs": st.sampled_from([None, 4, 5.1, 7]),
    }
)


@st.composite
def courses(draw: st.DrawFn) -> list[dict[str, Any]]:
    days = draw(st.lists(st.one_of(ANSWERED, ANSWERED, MISSED), min_size=1, max_size=9))
    pod = draw(st.sampled_from([0, 1, 3, 6, 18, 26, 84, 360]))
    reports = []
    for day in days:
        reports.append({"pod": pod, **day})
        pod += draw(STEPS)
    return reports


def setup_of(fields: dict[str, Any]) -> Setup:
    return Setup(**fields)


def report_of(fields: dict[str, Any], ids: dict[str, str]) -> Report:
    """A report as the domain knows it; `ids` turns "01" into the rule's whole id."""
    given = {key: fields[key] for key in fields if key not in ("pod", "missed", "said")}
    if given.get("sleep_trouble") is not None:
        given["sleep_trouble"] = SleepTrouble(given["sleep_trouble"])
    if given.get("effects") is not None:
        given["effects"] = tuple(given["effects"])
    said = frozenset(ids[rule] for rule in fields.get("said", ()))
    return Report(fields["pod"], Answers(**given), missed=fields.get("missed", False), said=said)
