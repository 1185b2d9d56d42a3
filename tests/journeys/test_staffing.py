"""Staff and settings: first passwords are changed, nobody is shut out by mistake."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import Place, place
from tests.people import PASSWORD, Member, later, member, sign_in
from tests.tables import count
from webapp.domain.clinic_wish import as_row, hours_fields, read_clinic
from webapp.domain.enrolment import RowRefused
from webapp.domain.password import fault_in
from webapp.domain.person import ClinicId, Role
from webapp.journeys import governing, settling, signing_in, staffing
from webapp.journeys.desk import Desk, NotHere
from webapp.journeys.signing_in import Caller, TooManyTries, WrongCredentials
from webapp.journeys.staffing import NotYourself
from webapp.store import clinics, staff

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CALLER = Caller("192.0.2.1", "")
ZOE = {"name": "Zoe Example", "email": "Zoe@Example.org", "role": "clinician"}
PLACE = {"name": "Sea View", "country": "us", "timezone": "UTC", "phone": "(555) 010-0123"}


@pytest.fixture
def here(house) -> Place:
    return place(house, NOW)


@pytest.fixture
def chief(here) -> Member:
    return member(here.house, here.clinic.id, "chief", NOW, Role.ADMINISTRATOR)


@pytest.fixture
def desk(house, chief) -> Desk:
    return Desk(house, chief.staff, NOW)


def codes(refused) -> set[tuple[str, str]]:
    return {(fault.field, fault.code) for fault in refused.value.faults}


def test_somebody_new_signs_in_with_a_long_first_password_and_sets_up_a_second_factor(house, desk):
    first = staffing.add(desk, ZOE)
    assert sum(letter.isalnum() for letter in first.password) >= 20
    half = signing_in.give_password(house, "zoe@example.org", first.password, CALLER, now=NOW)
    assert not half.has_totp
    secret = signing_in.begin_totp()
    proof = Member(first.person, secret).code(NOW)
    signed_in, shown = signing_in.set_up_totp(house, half, secret, proof, now=NOW)
    assert signed_in.staff.must_change_password
    assert len(set(shown)) == signing_in.RECOVERY_CODES


def test_a_first_password_is_never_given_twice():
    assert len({staffing.new_password() for _ in range(200)}) == 200


def test_every_fault_of_a_new_member_is_named(desk):
    with pytest.raises(RowRefused) as refused:
        staffing.add(desk, {"name": " ", "email": "zoe", "role": "owner"})
    assert codes(refused) == {("name", "missing"), ("email", "not-an-email"), ("role", "unknown")}


def test_one_address_belongs_to_one_person(desk):
    staffing.add(desk, ZOE)
    with pytest.raises(RowRefused) as refused:
        staffing.add(desk, {**ZOE, "email": "ZOE@example.ORG"})
    assert codes(refused) == {("email", "taken")}


def test_nobody_deactivates_or_resets_herself(desk, chief):
    for step in (staffing.deactivate, staffing.reactivate, staffing.start_over):
        with pytest.raises(NotYourself):
            step(desk, chief.staff.id)


def test_no_administrator_reaches_anothers_staff(house, desk):
    other = place(house, NOW, "Other Clinic")
    for step in (staffing.deactivate, staffing.reactivate, staffing.start_over):
        with pytest.raises(NotHere):
            step(desk, other.sam.id)


def test_a_lost_phone_costs_the_old_password_sessions_and_recovery_codes_too(house, here, desk):
    nurse = member(house, here.clinic.id, "nora", NOW)
    session = sign_in(house, nurse, NOW).session
    recovery = signing_in.new_recovery_codes(house, nurse.staff, now=NOW)
    first = staffing.start_over(desk, nurse.staff.id)
    assert signing_in.session_of(house, session, now=NOW) is None
    with pytest.raises(WrongCredentials):
        signing_in.give_password(house, nurse.staff.email, PASSWORD, CALLER, now=NOW)
    half = signing_in.give_password(house, nurse.staff.email, first.password, CALLER, now=NOW)
    assert not half.has_totp
    with pytest.raises(WrongCredentials):
        signing_in.give_code(house, half, recovery[0], CALLER, now=NOW)


def test_whoever_was_deactivated_can_be_let_in_again(house, here, desk):
    nurse = member(house, here.clinic.id, "nora", NOW)
    staffing.deactivate(desk, nurse.staff.id)
    staffing.reactivate(desk, nurse.staff.id)
    assert sign_in(house, nurse, NOW)


def test_changing_ones_password_signs_every_other_browser_out(house, here):
    nurse = member(house, here.clinic.id, "nora", NOW)
    here_token = sign_in(house, nurse, NOW).session
    elsewhere = sign_in(house, nurse, later(NOW, minutes=1)).session
    own = Desk(house, nurse.staff, NOW)
    settling.change_own_password(own, here_token, current=PASSWORD, new="four quiet lamps hum")
    assert signing_in.session_of(house, here_token, now=NOW)
    assert signing_in.session_of(house, elsewhere, now=NOW) is None
    with house.store.read() as tx:
        assert not staff.by_id(tx, nurse.staff.id).staff.must_change_password


def test_ones_own_password_is_asked_for_and_cannot_be_guessed_at(house, here):
    own = Desk(house, member(house, here.clinic.id, "nora", NOW).staff, NOW)
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            settling.new_recovery_codes(own, "guess")
    with pytest.raises(TooManyTries):
        settling.new_recovery_codes(own, PASSWORD)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("fourteen signs", "too-short"),
        ("x" * 257, "too-long"),
        ("aaaaaaaaaaaaaaaaa", "easy-to-guess"),
        ("Password Password", "easy-to-guess"),
        ("passwordpassword123", "easy-to-guess"),
        ("qwertyuiopasdfgh", "easy-to-guess"),
        ("123456789012345678", "easy-to-guess"),
        ("quiet nerves grow back", "easy-to-guess"),
        ("nora example harbor 7", "about-you"),
        ("four quiet lamps hum", None),
        ("كلمات لا علاقة بينها أبدا", None),
    ],
)
def test_a_password_is_long_and_says_nothing_that_others_know(password, fault):
    about = ("Nora Example", "nora@harbor.example", "Harbor Clinic")
    assert fault_in(password, about) == fault


def test_a_change_of_a_clinic_leaves_one_row_and_no_change_none(house, here, desk):
    before = count(house.store, "audit")
    settling.change_clinic(desk, as_row(here.clinic))
    assert count(house.store, "audit") == before
    typed = {
        **as_row(here.clinic),
        "phone": "(555) 010-0111",
        "hours_0": "08:00-12:00, 13:00-17:00",
    }
    settling.change_clinic(desk, typed)
    with house.store.read() as tx:
        stored = clinics.load(tx, here.clinic.id)
    assert count(house.store, "audit") == before + 1
    assert stored.phone == "(555) 010-0111"
    assert [str(spell.opens) for spell in stored.hours] == ["08:00:00", "13:00:00"]
    assert [trail.fault for trail in governing.verify_trails(house)] == [None]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": ""}, "missing"),
        ({"country": "Utopia"}, "not-a-country"),
        ({"timezone": "Noon"}, "not-a-timezone"),
        ({"phone": "ring us"}, "not-a-number"),
        ({"phone": ""}, "not-a-number"),
        ({"hours_2": "8 to 5"}, "not-hours"),
        ({"hours_2": "17:00-08:00"}, "not-hours"),
        ({"hours_2": "08:00-13:00, 12:00-17:00"}, "not-hours"),
        ({"hours_2": "08:00-24:30"}, "not-hours"),
    ],
)
def test_every_fault_of_a_clinic_is_named(wrong, code):
    with pytest.raises(RowRefused) as refused:
        read_clinic(ClinicId("c"), {**PLACE, **wrong})
    assert codes(refused) == {(next(iter(wrong)), code)}


def test_a_clinic_reads_back_what_it_shows(here):
    clinic = read_clinic(ClinicId("c"), {**PLACE, **hours_fields("mon-fri 08:00-17:00")})
    assert read_clinic(clinic.id, as_row(clinic)) == clinic
    assert [spell.weekday for spell in clinic.hours] == [0, 1, 2, 3, 4]


def test_two_clinics_never_have_one_name(house, here, desk):
    settling.add_clinic(house, PLACE, now=NOW)
    with pytest.raises(RowRefused) as refused:
        settling.add_clinic(house, PLACE, now=NOW)
    assert codes(refused) == {("name", "taken")}
    with pytest.raises(RowRefused):
        settling.change_clinic(desk, {**as_row(here.clinic), "name": "Sea View"})
