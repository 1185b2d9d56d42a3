"""Enrolling: each fault is named, nothing is guessed, and nobody is enrolled twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import Place, place
from tests.tables import count
from webapp.domain.enrolment import FIELDS, Defaults, RowRefused, read_wish
from webapp.domain.person import Channel, Origin, PatientId, PatientStatus
from webapp.journeys import caring, checking_in, enrolling, prompting
from webapp.journeys.desk import NotHere
from webapp.journeys.enrolling import Enroller
from webapp.store import audits, patients

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = NOW.date()
COMMAND = Enroller("command", "command")
USUAL = Defaults(
    "US", "America/Los_Angeles", "en", "09:00", 5, ("mastectomy", "knee"), ("en", "es")
)
ROW = {
    "name": "Rosa Example",
    "procedure_date": "2026-11-20",
    "pathway": "mastectomy",
    "email": "rosa@example.org",
}
FAULTS = [
    ({"name": ""}, "name", "missing"),
    ({"name": "x" * 201}, "name", "not-a-name"),
    ({"name": "Rosa\nBcc: all"}, "name", "not-a-name"),
    ({"procedure_date": "20/11/2026"}, "procedure_date", "not-a-date"),
    ({"procedure_date": ""}, "procedure_date", "not-a-date"),
    ({"procedure_date": "2062-11-20"}, "procedure_date", "date-far-away"),
    ({"pathway": "elbow"}, "pathway", "unknown"),
    ({"timezone": "Pacific"}, "timezone", "not-a-timezone"),
    ({"language": "tlh"}, "language", "unknown"),
    ({"email": "rosa@"}, "email", "not-an-email"),
    ({"email": "rosa@localhost"}, "email", "not-an-email"),
    ({"mobile": "12345"}, "mobile", "not-a-number"),
    ({"mobile": "+44 20 7946 0958"}, "mobile", "not-a-mobile"),  # a landline in London
    ({"mobile": "+1 800 555 0199"}, "mobile", "not-a-mobile"),  # a toll-free number
    ({"channel": "pigeon"}, "channel", "unknown"),
    ({"channel": "sms"}, "channel", "no-address"),
    ({"email": "", "channel": "email"}, "channel", "no-address"),
    ({"prompt_time": "nine"}, "prompt_time", "not-a-time"),
    ({"prompt_time": "09:00+02:00"}, "prompt_time", "not-a-time"),
    ({"label_max": "-1"}, "label_max", "out-of-range"),
    ({"mg_per_tablet": "0"}, "mg_per_tablet", "out-of-range"),
    ({"mg_per_tablet": "nan"}, "mg_per_tablet", "out-of-range"),
    ({"pump_on": "perhaps"}, "pump_on", "not-yes-or-no"),
    ({"baseline_nrs": "11"}, "baseline_nrs", "out-of-range"),
    ({"shoe_size": "40"}, "shoe_size", "unknown-field"),
]


def faults_of(row: dict[str, object]) -> set[tuple[str, str]]:
    found = enrolling.faults_of(row, USUAL, TODAY)
    return {(fault.field, fault.code) for fault in found}


@pytest.mark.parametrize(("wrong", "field", "code"), FAULTS)
def test_every_fault_is_named_by_its_field(wrong, field, code):
    assert faults_of({**ROW, **wrong}) == {(field, code)}


def test_all_faults_of_a_row_are_told_at_once():
    row = {"name": "", "procedure_date": "soon", "pathway": "", "email": "x", "prompt_time": "25"}
    assert {field for field, _ in faults_of(row)} == set(row)


def test_what_is_left_out_is_the_clinics_usual():
    wish = read_wish(ROW, USUAL, TODAY)
    assert (wish.timezone, wish.language, wish.prompt_time) == (USUAL.timezone, "en", time(9))
    assert (wish.channel, wish.mg_per_tablet, wish.label_max) == (Channel.EMAIL, 5, None)


def test_a_national_number_is_kept_with_its_country():
    wish = read_wish({**ROW, "mobile": "(213) 373-4253", "email": ""}, USUAL, TODAY)
    assert (wish.contact.mobile, wish.channel) == ("+12133734253", Channel.SMS)


typed = st.none() | st.text(max_size=30) | st.integers() | st.floats() | st.booleans() | st.dates()


@given(st.dictionaries(st.sampled_from([*FIELDS, "other"]), typed))
def test_whatever_is_typed_is_read_or_refused_with_a_reason(row):
    for fault in enrolling.faults_of(row, USUAL, TODAY):
        assert fault.english and fault.code
        assert fault.field in (*FIELDS, "other")


@given(st.sampled_from(FIELDS[:-1]), st.text(max_size=30))
def test_one_strange_field_is_refused_in_that_field_alone(field, text):
    named = {where for where, _ in faults_of({**ROW, field: text})}
    assert named <= ({field, "channel"} if field in ("email", "mobile") else {field})


@pytest.fixture
def here(house) -> Place:
    return place(house, NOW)


def enrol(here: Place, **row: object) -> PatientId:
    whole = {"clinic": here.clinic.id, **ROW, **row}
    return enrolling.enrol_row(here.house, COMMAND, whole, now=NOW)


def test_an_enrolled_patient_is_stored_as_she_was_typed(here):
    patient_id = enrol(here, first_name="Rosa", pump_on="yes", label_max="8")
    with here.house.store.read() as tx:
        patient = patients.load(tx, here.clinic.id, patient_id)
        contact = patients.contact(tx, here.clinic.id, patient_id)
    assert (contact.name, contact.first_name, contact.email) == (
        "Rosa Example",
        "Rosa",
        "rosa@example.org",
    )
    assert (patient.procedure_date, patient.pathway) == (date(2026, 11, 20), "mastectomy")
    assert (patient.pump_on, patient.label_max) == (True, 8)
    assert (patient.status, patient.origin) == (PatientStatus.ACTIVE, Origin.ENROLLED)


def test_the_same_person_is_enrolled_once_however_she_is_spelt(here):
    enrol(here)
    with pytest.raises(RowRefused) as refused:
        enrol(here, name=" rosa EXAMPLE ", email="Rosa@Example.org")
    assert [fault.code for fault in refused.value.faults] == ["enrolled-already"]
    assert count(here.house.store, "patient") == 1


def test_another_procedure_of_the_same_person_is_another_enrolment(here):
    assert enrol(here) != enrol(here, procedure_date="2026-10-01")


def test_a_refused_row_leaves_nothing_behind(here):
    before = count(here.house.store, "audit")
    with pytest.raises(RowRefused):
        enrol(here, timezone="Mars")
    assert count(here.house.store, "patient") == 0
    assert count(here.house.store, "audit") == before


def test_a_clinic_that_is_not_here_is_named_with_those_that_are(here):
    with pytest.raises(RowRefused, match="Harbor Clinic"):
        enrol(here, clinic="Elsewhere")


def test_the_form_asks_for_the_usual_pain_where_the_pathway_is_judged_by_it(here):
    with pytest.raises(RowRefused) as refused:
        enrolling.enrol_at_desk(here.desk, {**ROW, "pathway": "knee", "prompt_time": "25"})
    found = {(fault.field, fault.code) for fault in refused.value.faults}
    assert found == {("baseline_nrs", "missing"), ("prompt_time", "not-a-time")}
    assert enrolling.enrol_at_desk(here.desk, {**ROW, "pathway": "knee", "baseline_nrs": "6"})


def test_a_clinician_enrols_into_her_own_clinic_whatever_the_form_says(here):
    other = place(here.house, NOW, "Other Clinic")
    patient_id = enrolling.enrol_at_desk(here.desk, {**ROW, "clinic": other.clinic.id})
    assert caring.open_chart(here.desk, patient_id).clinic == here.clinic
    with pytest.raises(NotHere):
        caring.open_chart(other.desk, patient_id)


def test_a_paused_patient_is_asked_nothing_until_she_is_resumed(here):
    patient_id = here.enrol(days_ago=3)
    caring.pause(here.desk, patient_id)
    assert prompting.tick(here.house, NOW).queued == 0
    caring.resume(here.desk, patient_id)
    assert prompting.tick(here.house, NOW).queued == 1


def test_pausing_takes_back_what_waits_and_keeps_her_links(here):
    patient_id = here.enrol(days_ago=3)
    prompting.tick(here.house, NOW)
    caring.pause(here.desk, patient_id)
    with here.house.store.read() as tx:
        states = tx.connection.exec_driver_sql("SELECT state FROM message").scalars().all()
        asked = tx.connection.exec_driver_sql("SELECT state FROM prompt").scalars().all()
    assert (set(states), set(asked)) == ({"cancelled"}, {"cancelled"})
    assert here.report(patient_id, nrs_avg=2).body["pod"] == 3


def test_stopping_makes_every_link_useless_and_no_new_one_is_given(here):
    patient_id = here.enrol(days_ago=3)
    made = caring.give_link(here.desk, patient_id)
    caring.stop(here.desk, patient_id)
    with pytest.raises(caring.NoLink):
        caring.give_link(here.desk, patient_id)
    with pytest.raises(checking_in.DayClosed) as closed:
        checking_in.open_day(here.house, made.address.rsplit("/", 1)[1], NOW)
    assert closed.value.holder.revoked


def test_each_change_leaves_its_row_with_the_old_and_the_new(here):
    patient_id = here.enrol(days_ago=3)
    for step in (caring.pause, caring.pause, caring.resume, caring.stop):
        step(here.desk, patient_id)
    with here.house.store.read() as tx:
        lines = audits.lines_of_patient(tx, here.clinic.id, patient_id)
    changes = [(line.action, line.values["old"], line.values["new"]) for line in lines[1:]]
    assert changes == [
        ("patient.pause", {"status": "active"}, {"status": "paused"}),
        ("patient.resume", {"status": "paused"}, {"status": "active"}),
        ("patient.stop", {"status": "active"}, {"status": "stopped"}),
    ]


def test_no_clinic_can_change_anothers_patient(here):
    patient_id = here.enrol(days_ago=3)
    other = place(here.house, NOW, "Other Clinic")
    for step in (caring.pause, caring.resume, caring.stop, caring.give_link):
        with pytest.raises(NotHere):
            step(other.desk, patient_id)
