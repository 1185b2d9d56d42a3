"""The rules as a clinician would sign them: each example holds, and a broken file says where."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from webapp.domain.moment import Range
from webapp.domain.rule import Example, RuleBook, evaluate
from webapp.domain.sign import ALARMS
from webapp.journeys.triaging import Triage, triage_line
from webapp.library.fact_files import load_facts
from webapp.library.phrase_files import load_phrase_examples, load_phrases
from webapp.library.problem import LibraryError
from webapp.library.rule_files import load_rules
from webapp.library.sign_files import load_signs

REPOSITORY = Path(__file__).resolve().parents[2]
CONTENT = REPOSITORY / "content"
BOOK = load_rules(CONTENT)
SIGNS = load_signs(CONTENT)
TRIAGE = Triage(BOOK, load_phrases(CONTENT))
LABELLED = REPOSITORY.parent / "shared" / "trajectories" / "examples.jsonl"
EXAMPLES = [
    pytest.param(rule.id, example, id=f"{rule.id[:3]} {example.says}")
    for rule in BOOK.rules.values()
    for example in rule.examples
]
RECOVERIES = LABELLED.read_text("utf-8").splitlines() if LABELLED.is_file() else []


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_a_signed_example_gives_what_it_says(rule: str, example: Example):
    findings = evaluate(BOOK, example.setup, example.reports)
    severities = [finding.severity for finding in findings if finding.rule == rule]
    assert severities == ([] if example.gives is None else [example.gives])


@pytest.mark.parametrize("line", RECOVERIES, ids=lambda line: json.loads(line)["id"])
def test_a_labelled_recovery_gives_exactly_its_flags(line: str):
    recovery = json.loads(line)
    flags = triage_line(line.encode(), TRIAGE)["flags"]
    assert all(flag.pop("because") for flag in flags)
    assert flags == recovery["expected"]


def test_there_are_28_rules_and_each_severity_is_shown_by_an_example():
    assert [name[:3] for name in BOOK.rules] == [f"R{number:02}" for number in range(1, 29)]
    for rule in BOOK.rules.values():
        shown = {example.gives for example in rule.examples}
        assert {part.held.severity for part in rule.parts} | {None} == shown, rule.id


def test_rules_are_judged_after_those_they_look_at():
    order = [name for name, _ in BOOK.order]
    for rule in BOOK.rules.values():
        named = [name for name in rule.needs if name in BOOK.rules]
        assert all(order.index(name) < order.index(rule.id) for name in named)
    assert order[-1] == "R26-expected-effects"


def test_every_fact_of_a_rule_is_a_fact():
    facts = set(load_facts(CONTENT))
    assert {fact for rule in BOOK.rules.values() for fact in rule.facts} <= facts


def test_every_rule_sends_the_patient_to_a_topic_that_there_is():
    topics = {folder.name for folder in (CONTENT / "topics").iterdir() if folder.is_dir()}
    advice = {part.advice for rule in BOOK.rules.values() for part in rule.parts}
    assert advice <= topics, advice - topics


def test_there_are_52_signs_with_words_in_three_languages():
    assert len(SIGNS) == 52
    assert all(set(sign.words) == {"en", "es", "ar"} for sign in SIGNS)
    only = [sign.id for sign in SIGNS if sign.pathways == ("mastectomy",)]
    assert only == [
        "drain-problem",
        "soft-swelling",
        "arm-heavy",
        "pump-problem",
        "drain-redness",
    ]


def test_a_sign_leads_only_where_a_rule_can_take_it():
    for sign in SIGNS:
        for lead in sign.leads_to:
            severities = {part.held.severity for part in BOOK.rules[lead.rule].parts}
            assert lead.severity in severities, (sign.id, lead)


def test_danger_is_offered_every_day_and_an_ordinary_day_is_short():
    always = [sign for sign in SIGNS if sign.group in ALARMS and not sign.with_pump]
    assert all(
        sign.offered(pathway, day, pump_on=False)
        for sign in always
        for pathway in ("mastectomy", "knee")
        for day in (0, 3, 28, 365)
    )
    late = [sign.id for sign in SIGNS if sign.offered("knee", 180, pump_on=False)]
    assert "pump-problem" not in late and "numb-lips" not in late and "drain-problem" not in late


def test_the_pump_brings_its_signs_back_on_any_day():
    by_id = {sign.id: sign for sign in SIGNS}
    assert by_id["numb-lips"].offered("mastectomy", 40, pump_on=True)
    assert by_id["pump-problem"].offered("mastectomy", 3, pump_on=True)
    assert not by_id["pump-problem"].offered("mastectomy", 3, pump_on=False)
    assert not by_id["pump-problem"].offered("knee", 3, pump_on=True)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("at_least: [temperature_c, 38.0]", "at_leest: [temperature_c, 38.0]", "at_leest"),
        ("at_least: [temperature_c, 38.0]", "at_least: [temperature, 38.0]", "'temperature'"),
        ("at_least: [temperature_c, 38.0]", "at_least: [temperature_c]", "Two things"),
        ("ticked: skin-injury-severe", "ticked: skin-injury-bad", "skin-injury-bad"),
        ("said: R04-allergy", "said: R04-allergies", "R04-allergies"),
        ("needs: [R05-self-harm]", "needs: []", "needs: [R05-self-harm]"),
        ("facts: [F153]", "facts: []", "facts"),
        ("severity: watch", "severity: later", "severity"),
        ("{temperature_c} C", "{temprature} C", "temprature"),
        ("climbing: {item: tablets, answers: 3}", "climbing: {item: tablets}", "climbing"),
        ("within_days: 1}}]}", "within_weeks: 1}}]}", "fired_before"),
        ("times: 2, of: {ticked: low-mood}", "of: {ticked: low-mood}", "times or in days"),
        ("id: R02-oversedation", "id: R01-breathing-chest", "same id"),
        ("  - part: b\n", "  - part: a\n", "letter"),
        ("  wakes: {low: 0, high: 20}\n", "", "ranges"),
    ],
)
def test_a_broken_rule_is_named_with_its_line_and_what_to_do(tmp_path, old, new, says):
    text = (CONTENT / "rules" / "flags.yaml").read_text("utf-8")
    assert old in text
    with pytest.raises(LibraryError) as caught:
        load_rules(content_with(tmp_path, text.replace(old, new, 1)))
    problem = next(one for one in caught.value.problems if says in f"{one.message} {one.remedy}")
    assert problem.remedy and problem.file.endswith("flags.yaml")
    assert problem.line > 1


def test_a_misspelt_operator_is_found_at_its_own_line(tmp_path):
    text = (CONTENT / "rules" / "flags.yaml").read_text("utf-8")
    line = text[: text.index("at_least: [temperature_c")].count("\n") + 1
    with pytest.raises(LibraryError) as caught:
        load_rules(content_with(tmp_path, text.replace("at_least: [temp", "at_lest: [temp")))
    assert [problem.line for problem in caught.value.problems] == [line]


def test_rules_that_wait_for_each_other_are_refused(tmp_path):
    text = (CONTENT / "rules" / "flags.yaml").read_text("utf-8")
    circle = text.replace(
        "{ticked: self-harm-thoughts}, {said", "{fired: R24-mood}, {said"
    ).replace("advice: suicidal-thoughts", "advice: suicidal-thoughts\n    needs: [R24-mood]")
    with pytest.raises(LibraryError, match="need each other"):
        load_rules(content_with(tmp_path, circle))


def content_with(folder: Path, rules: str) -> Path:
    shutil.copytree(CONTENT / "instruments", folder / "instruments")
    (folder / "rules").mkdir()
    (folder / "rules" / "flags.yaml").write_text(rules, "utf-8")
    return folder


def test_a_sign_that_stands_twice_is_refused(tmp_path):
    shutil.copytree(CONTENT / "instruments", tmp_path / "instruments")
    file = tmp_path / "instruments" / "signs.yaml"
    file.write_text(file.read_text("utf-8").replace("id: chills", "id: confused"), "utf-8")
    with pytest.raises(LibraryError, match=r"signs\.yaml:\d+.*'confused'"):
        load_signs(tmp_path)


def test_every_rule_that_a_phrase_file_names_listens_to_text():
    listening = rules_that_listen(BOOK)
    named = {phrases.rule for _, phrases in load_phrase_examples(CONTENT)}
    assert named <= listening
    by_text = [*range(1, 13), 20, 21, 22]  # rules.md, 7: "R01-R09, R11, R12 and others"
    assert {name[:3] for name in listening} == {f"R{number:02}" for number in by_text}


def rules_that_listen(book: RuleBook) -> set[str]:
    text = (CONTENT / "rules" / "flags.yaml").read_text("utf-8")
    return {name for name in book.rules if f"said: {name}" in text}


def test_a_range_believes_its_ends_and_its_steps():
    halves = Range(0, 30, 0.5)
    assert all(map(halves.believes, (0, 0.5, 30)))
    assert not any(map(halves.believes, (-0.5, 0.3, 30.5)))
