"""`thaw triage`: a line in, a line out, in order; what cannot be used says how to mend it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from webapp.commands.triage import triage
from webapp.journeys.triaging import Triage, triage_lines
from webapp.library.phrase_files import load_phrases
from webapp.library.rule_files import load_rules

DAY = {"pod": 1, "nrs_avg": 8}
CONTENT = Path(__file__).parents[2] / "content"
TOOLS = Triage(load_rules(CONTENT), load_phrases(CONTENT))
GOOD = {"id": "t1", "pathway": "mastectomy", "setup": {"label_max": 8}, "reports": [DAY]}


def written(line: object) -> bytes:
    return line if isinstance(line, bytes) else json.dumps(line).encode()


def run(*lines: object, args: tuple[str, ...] = ()):
    """The command as an operator runs it: exit status and answers."""
    text = b"".join(written(line) + b"\n" for line in lines)
    result = CliRunner().invoke(triage, list(args), input=text)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def judged(line: object):
    """One line without starting the command: whether it could be used, and the answer."""
    ((answer, usable),) = triage_lines([written(line)], TOOLS)
    return usable, json.loads(answer)


def error_of(recovery: object) -> str:
    usable, answer = judged(recovery)
    assert not usable
    assert set(answer) == {"id", "error"}
    return answer["error"]


def recovery(**changes: object) -> dict[str, object]:
    return {**GOOD, **changes}


def report(**answers: object) -> dict[str, object]:
    return recovery(reports=[{"pod": 1, **answers}])


def setup(**given: object) -> dict[str, object]:
    return recovery(setup=given)


def flags_of(given: object) -> list[tuple[int, str, str]]:
    usable, answer = judged(given)
    assert usable, answer
    return [(flag["pod"], flag["rule"][:3], flag["severity"]) for flag in answer["flags"]]


def test_a_recovery_gives_its_flags_with_the_numbers_that_made_them_hold():
    status, answers = run(GOOD)
    assert status == 0
    assert answers == [
        {
            "id": "t1",
            "flags": [
                {
                    "pod": 1,
                    "rule": "R10-severe-or-sudden-pain",
                    "severity": "urgent",
                    "because": "Average pain 8 of 10 (7 or more).",
                }
            ],
        }
    ]


def test_every_line_is_answered_in_order_and_a_bad_one_does_not_stop_the_run():
    status, answers = run(GOOD, b"{oops", b"", recovery(id="t2", reports=[]), b"[1]", b"\xff")
    assert status == 1
    assert [answer["id"] for answer in answers] == ["t1", None, None, "t2", None, None]
    assert [("error" in answer) for answer in answers] == [False, True, True, False, True, True]


def test_files_are_read_one_after_the_other(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).write_text(json.dumps(recovery(id=name)) + "\n")
    status, answers = run(args=(str(tmp_path / "a"), str(tmp_path / "b")))
    assert (status, [answer["id"] for answer in answers]) == (0, ["a", "b"])


def test_no_lines_give_no_lines():
    assert run() == (0, [])


def test_effects_prints_the_52_signs_in_order():
    status, signs = run(args=("--effects",))
    assert status == 0
    assert len(signs) == 52
    assert signs[0] == {
        "id": "breathless",
        "leads_to": [{"rule": "R01-breathing-chest", "severity": "urgent", "when": "always"}],
        "en": "Short of breath, or hard to breathe",
    }


def test_reports_are_judged_in_order_of_day_however_they_are_listed():
    days = [{"pod": 6, "nrs_worst": 7}, {"pod": 4, "nrs_worst": 3}]
    assert flags_of(recovery(reports=days)) == [(6, "R10", "urgent")]


def test_text_meets_the_rules_in_english_unless_another_language_is_named():
    words = "I can't catch my breath"
    assert flags_of(report(text=words)) == [(1, "R01", "urgent")]
    assert flags_of(report(text=words, lang="en")) == [(1, "R01", "urgent")]
    assert flags_of(report(text=words, lang="xx")) == []
    assert flags_of(report(text="Thank you", lang=None)) == []


@pytest.mark.parametrize(
    "given",
    [
        {"id": "t1", "pathway": "knee", "reports": []},
        recovery(setup=None),
        setup(mg_per_tablet=None, label_max=None, pump_on=None, baseline_nrs=None),
        recovery(reports=[{"pod": 1, "missed": True, "nrs_avg": None, "text": ""}]),
        recovery(reports=[{"pod": 1.0, "missed": False, "effects": None}]),
        recovery(extra="ignored"),
        recovery(id=7),
        setup(baseline_nrs=10, label_max=0),
    ],
)
def test_what_is_absent_or_null_was_not_answered(given):
    assert all(rule != "R28" for _, rule, _ in flags_of(given))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({key: GOOD[key] for key in GOOD if key != "id"}, '"id"'),
        (recovery(id=None), '"id"'),
        (recovery(id=[]), '"id"'),
        (recovery(pathway="hip"), '"hip"'),
        (recovery(pathway=["knee"]), "pathway"),
        (recovery(pathway=None), "missing"),
        (recovery(setup=[]), "setup"),
        (recovery(reports=None), "reports"),
        (recovery(reports={"pod": 1}), "reports"),
        (recovery(reports=["day 1"]), "Report 1"),
        (recovery(reports=[{"nrs_avg": 1}]), "pod"),
        (recovery(reports=[{"pod": -1}]), "-1"),
        (recovery(reports=[{"pod": 1.5}]), "1.5"),
        (recovery(reports=[{"pod": "1"}]), '"1"'),
        (recovery(reports=[{"pod": True}]), "true"),
        (recovery(reports=[{"pod": 1}, {"pod": 1.0}]), "twice"),
        (report(nrs_avg="bad"), "nrs_avg"),
        (report(tablets=[2]), "tablets"),
        (report(wakes=True), "wakes"),
        (report(temperature_c="38,5"), "temperature_c"),
        (report(sleep_trouble="awful"), "a little"),
        (report(sleep_trouble=["none"]), "sleep_trouble"),
        (report(effects="bruise"), "effects"),
        (report(effects=["bruise", 3]), "effects"),
        (report(text=5), "text"),
        (report(missed="yes"), "missed"),
        (report(missed=True, nrs_avg=1), "has answers"),
        (report(missed=True, effects=[]), "has answers"),
        (report(missed=True, text="hello"), "has answers"),
        (setup(mg_per_tablet=0), "above 0"),
        (setup(mg_per_tablet="5"), "mg_per_tablet"),
        (setup(label_max=-1), "below 0"),
        (setup(baseline_nrs=10.5), "0-10"),
        (setup(baseline_nrs=-1), "0-10"),
        (setup(pump_on="on"), "pump_on"),
        (b'{"id": "t1", "pathway": "knee", "reports": [{"pod": 1, "nrs_avg": NaN}]}', "NaN"),
        (b'{"id": "t1", "pathway": "knee", "reports": [{"pod": 1, "nrs_avg": 1e999}]}', "nrs_avg"),
        (b"[" * 100_000, "nested"),
        (
            b'{"id": "t1", "pathway": "knee", "reports": [{"pod": 1, "wakes": '
            + b"9" * 400
            + b"}]}",
            "far",
        ),
    ],
)
def test_a_line_that_cannot_be_used_says_what_is_wrong(given, says):
    assert says in error_of(given)


def test_the_id_of_a_line_that_cannot_be_used_is_given_back():
    _, answer = judged(recovery(id="t9", pathway="hip"))
    assert answer["id"] == "t9"


def test_an_unknown_tick_and_a_value_out_of_range_are_no_fault_of_the_line():
    assert flags_of(report(effects=["purple-toes"])) == [(1, "R28", "watch")]
    assert flags_of(report(nrs_avg=12)) == [(1, "R10", "urgent"), (1, "R28", "watch")]
    assert flags_of(report(nrs_avg=-3)) == [(1, "R28", "watch")]
