"""What a patient sends is read, asked about once if it cannot be, and never discarded."""

import math
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.domain.answer import raw_of_form, read_answers
from webapp.domain.checkin import Answers, SleepTrouble
from webapp.domain.instrument import Fault, Query
from webapp.library.instrument_files import load_instrument

INSTRUMENT = load_instrument(Path(__file__).parents[2] / "content")
SIGNS = {"chills", "bruise", "breathless"}
CALM = {
    "nrs_avg": 2,
    "nrs_worst": 4,
    "tablets": 1,
    "sleep_trouble": "a little",
    "wakes": 1,
    "effects": [],
    "temperature_c": None,
    "note": "",
}


def read(**changes):
    return read_answers(CALM | changes, INSTRUMENT, SIGNS)


def asked(**changes):
    return {query.key for query in read(**changes).queries}


def test_an_ordinary_day_is_read_without_a_question():
    reading = read()
    assert reading.faults == reading.queries == ()
    assert reading.answers == Answers(2, 4, 1, SleepTrouble.A_LITTLE, 1, (), None, "")


def test_an_unanswered_field_is_never_zero():
    reading = read_answers({}, INSTRUMENT, SIGNS)
    assert reading.answers == Answers()
    assert reading.answers.tablets is None
    assert {query.code for query in reading.queries} == {"missing"}
    assert {query.field for query in reading.queries} == {
        *("nrs_avg", "nrs_worst", "tablets", "sleep_trouble", "wakes", "effects")
    }


def test_a_blank_field_of_a_form_is_unanswered():
    assert read(tablets=" ").answers.tablets is None
    assert read(sleep_trouble="").answers.sleep_trouble is None
    assert read(temperature_c="\u00a0").answers.temperature_c is None


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("2", 2),
        (" 2.5 ", 2.5),
        ("2,5", 2.5),
        ("٣", 3),
        ("۱۰", 10),
        ("٢٫٥", 2.5),
        ("\u200f٣\u200f", 3),
        ("½", 0.5),
        ("1½", 1.5),
        (".5", 0.5),
        ("3.", 3),
        ("-1", -1),
        ("\u22121", -1),
        (2, 2),
        (2.5, 2.5),
    ],
)
def test_a_number_is_read_however_it_is_typed(typed, number):
    reading = read(tablets=typed)
    assert reading.faults == ()
    assert reading.answers.tablets == number


@pytest.mark.parametrize(
    "wrong",
    [
        *("two", "1/2", "1 2", "1e1", "nan", "inf", "0x5", "1_0", "--1", "9" * 400),
        *(True, False, math.nan, math.inf, -math.inf, [2], {"n": 2}),
    ],
)
def test_what_is_no_number_is_a_fault_and_not_a_guess(wrong):
    reading = read(tablets=wrong)
    assert reading.faults == (Fault("tablets", "not-a-number"),)
    assert reading.answers.tablets is None
    assert "tablets:missing" not in {query.key for query in reading.queries}


@pytest.mark.parametrize("huge", [10**400, 1e300, "99999999", -(10**9)])
def test_a_number_that_no_column_holds_is_a_fault(huge):
    assert read(wakes=huge).faults == (Fault("wakes", "too-big"),)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"nrs_avg": 12, "nrs_worst": 12}, "nrs_avg:out-of-range"),
        ({"nrs_avg": -1}, "nrs_avg:out-of-range"),
        ({"wakes": 99}, "wakes:out-of-range"),
        ({"temperature_c": 20}, "temperature_c:out-of-range"),
        ({"temperature_c": 101}, "temperature_c:looks-like-fahrenheit"),
        ({"tablets": 0.3}, "tablets:not-in-halves"),
        ({"tablets": 15}, "tablets:looks-like-milligrams"),
        ({"tablets": 31}, "tablets:out-of-range"),
        ({"nrs_avg": 5, "nrs_worst": 4}, "nrs_avg:average-above-worst"),
        ({"nrs_avg": 0, "nrs_worst": 0, "tablets": 2}, "nrs_worst:no-pain-but-tablets"),
        ({"sleep_trouble": "none", "wakes": 3}, "sleep_trouble:slept-well-but-woken"),
        ({"effects": ["none", "chills"]}, "effects:none-and-ticked"),
        ({"wakes": None}, "wakes:missing"),
    ],
)
def test_what_cannot_be_is_asked_about_and_kept(changes, key):
    reading = read(**changes)
    assert reading.faults == ()
    assert key in {query.key for query in reading.queries}
    for name, value in changes.items():
        if isinstance(value, (int, float)):
            assert getattr(reading.answers, name) == value


@pytest.mark.parametrize(
    "changes",
    [
        {"nrs_avg": 6, "nrs_worst": 6, "tablets": 0},
        {"sleep_trouble": "none", "wakes": None},
        {"sleep_trouble": "none", "wakes": 1},
        {"tablets": 8},
        {"tablets": 12},
        {"temperature_c": 45},
        {"effects": ["none"]},
    ],
)
def test_what_can_be_is_not_asked_about(changes):
    assert read(**changes).queries == ()


def test_none_of_these_is_an_answer_and_no_tick_is_not():
    assert read(effects=["none"]).answers.effects == ()
    assert read(effects=None).answers.effects is None


def test_a_danger_sign_counts_even_beside_none_of_these():
    assert read(effects=["none", "breathless"]).answers.effects == ("breathless",)


def test_a_tick_sent_twice_counts_once_and_the_order_stays():
    assert read(effects=["chills", "bruise", "chills"]).answers.effects == ("chills", "bruise")


@pytest.mark.parametrize("wrong", ["chills", 5, [1], {"chills": True}, True])
def test_ticks_that_are_no_list_are_a_fault(wrong):
    assert read(effects=wrong).faults == (Fault("effects", "not-a-list"),)


def test_an_unknown_sign_is_a_fault_that_names_it():
    assert read(effects=["chills", "sparkles"]).faults == (
        Fault("effects", "unknown-sign", {"sign": "sparkles"}),
    )


def test_an_unknown_field_is_a_fault_so_that_no_answer_is_lost_to_a_slip():
    assert read(nrs_average=4).faults == (Fault("nrs_average", "unknown-field"),)


@pytest.mark.parametrize("wrong", ["lots", 1, True, ["none"]])
def test_a_choice_outside_the_three_is_a_fault(wrong):
    assert read(sleep_trouble=wrong).faults == (Fault("sleep_trouble", "not-a-choice"),)


def test_a_note_is_never_cut_short_in_silence():
    assert read(note="a" * 1000).faults == ()
    assert read(note="a" * 1001).faults == (Fault("note", "too-long", {"longest": 1000}),)
    assert read(note=7).faults == (Fault("note", "not-text"),)


def test_a_note_keeps_its_lines_and_shows_where_something_could_not_be_kept():
    assert read(note=" one\r\ntwo \n").answers.note == "one\ntwo"
    assert read(note="a\x00b\ud800c").answers.note == "a\ufffdb\ufffdc"
    assert read(note="a\x00b\ud800c").answers.note.encode("utf-8")


def test_one_field_is_asked_one_question_at_a_time():
    fields = [query.field for query in read(nrs_avg=12, nrs_worst=11, tablets=40).queries]
    assert len(fields) == len(set(fields))


def test_the_same_answers_are_not_asked_about_twice():
    reading = read(tablets=15)
    assert reading.unasked(()) == reading.queries
    assert reading.unasked({"tablets:looks-like-milligrams"}) == ()


def test_a_question_names_the_numbers_in_plain_words():
    (query,) = read(nrs_avg=5, nrs_worst=4).queries
    assert INSTRUMENT.words_of_query(query, "en").startswith("Most of the time it was 5,")
    (query,) = read(temperature_c=101).queries
    assert "38.3 °C" in INSTRUMENT.words_of_query(query, "es")
    (query,) = read(wakes=99).queries
    assert "0" in INSTRUMENT.words_of_query(query, "so")


def test_every_query_and_fault_can_be_said_in_every_language():
    values = {"it": 1.5, "low": 0, "high": 10, "celsius": 38.0, "longest": 5}
    params = values | dict.fromkeys(INSTRUMENT.items, 1)
    for language in ("en", "es", "ar"):
        for rule in INSTRUMENT.query_rules:
            said = INSTRUMENT.words_of_query(Query(rule.field, rule.code, params), language)
            assert said
            assert "{" not in said
        for code in INSTRUMENT.fault_words:
            assert INSTRUMENT.words_of_fault(Fault("note", code, params), language)


def test_a_form_gives_its_answers_and_nothing_else():
    form = {
        "csrf_token": ["x"],
        "submission_id": ["y"],
        "nrs_avg": ["3"],
        "effects": ["chills", "bruise"],
        "temperature_c": ["100.4"],
        "temperature_unit": ["f"],
    }
    raw = raw_of_form(form, INSTRUMENT)
    assert raw == {"nrs_avg": "3", "effects": ["chills", "bruise"], "temperature_c": 38.0}
    assert read_answers(raw, INSTRUMENT, SIGNS).faults == ()


def test_a_temperature_that_is_no_number_stays_a_fault_in_either_unit():
    raw = raw_of_form({"temperature_c": ["hot"], "temperature_unit": ["f"]}, INSTRUMENT)
    assert Fault("temperature_c", "not-a-number") in read_answers(raw, INSTRUMENT, SIGNS).faults
    assert raw_of_form({"temperature_c": [""], "temperature_unit": ["f"]}, INSTRUMENT) == {
        "temperature_c": ""
    }


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


# The first draw of any text builds Unicode tables, which on a busy machine takes a second or more.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from([*INSTRUMENT.items, "other"]), anything))
def test_nothing_that_is_sent_can_break_the_reading(raw):
    reading = read_answers(raw, INSTRUMENT, SIGNS)
    for query in reading.queries:
        assert INSTRUMENT.words_of_query(query, "en")
    for number in (reading.answers.nrs_avg, reading.answers.tablets, reading.answers.wakes):
        assert number is None or math.isfinite(number)
    reading.answers.note.encode("utf-8")


def test_reading_a_check_in_costs_a_small_part_of_a_millisecond():
    started = time.process_time()
    for _ in range(200):
        read()
    assert (time.process_time() - started) / 200 < 0.001
