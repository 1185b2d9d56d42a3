"""The engine and a second, plain reading of the rules agree on every recovery."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.naive_rules import judge
from tests.domain.recoveries import SETUPS, courses, report_of, setup_of
from webapp.domain.rule import evaluate_all
from webapp.library.rule_files import load_rules

BOOK = load_rules(Path(__file__).parents[2] / "content")
IDS = {name[1:3]: name for name in BOOK.rules}


@settings(max_examples=600, deadline=None)
@given(SETUPS, courses(), st.randoms(use_true_random=False))
def test_two_readings_of_the_rules_agree(setup, reports, chance):
    shuffled = [report_of(day, IDS) for day in reports]
    chance.shuffle(shuffled)
    found = evaluate_all(BOOK, setup_of(setup), shuffled)
    assert [(f.pod, f.rule[1:3], f.severity) for f in found] == judge(setup, reports)
