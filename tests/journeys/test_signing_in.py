"""Signing in: two factors, no code twice, and no stranger who can lock a nurse out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.factories import Place, place
from tests.people import PASSWORD, Member, later, member, sign_in
from webapp.domain.person import Role
from webapp.journeys import signing_in, staffing
from webapp.journeys.desk import Desk
from webapp.journeys.signing_in import Caller, TooManyTries, WrongCredentials

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME, STRANGER = Caller("192.0.2.1", ""), Caller("203.0.113.9", "")


@pytest.fixture
def here(house) -> Place:
    return place(house, NOW)


@pytest.fixture
def nurse(here) -> Member:
    return member(here.house, here.clinic.id, "nora", NOW)


def refused(house, email: str, password: str, caller: Caller = HOME, now: datetime = NOW) -> type:
    with pytest.raises((WrongCredentials, TooManyTries)) as fault:
        signing_in.give_password(house, email, password, caller, now=now)
    return fault.type


def test_both_factors_open_a_session(house, nurse):
    signed_in = sign_in(house, nurse, NOW)
    assert signing_in.session_of(house, signed_in.session, now=NOW).staff == nurse.staff


def test_the_password_alone_opens_nothing(house, nurse):
    half = signing_in.give_password(house, nurse.staff.email, PASSWORD, HOME, now=NOW)
    with pytest.raises(WrongCredentials):
        signing_in.give_code(house, half, "", HOME, now=NOW)


def test_a_code_works_once(house, nurse):
    sign_in(house, nurse, NOW)
    with pytest.raises(WrongCredentials):
        sign_in(house, nurse, later(NOW, seconds=1))
    assert sign_in(house, nurse, later(NOW, seconds=31))


def test_an_older_code_does_not_work_after_a_newer_one(house, nurse):
    half = signing_in.give_password(house, nurse.staff.email, PASSWORD, HOME, now=NOW)
    signing_in.give_code(house, half, nurse.code(later(NOW, seconds=30)), HOME, now=NOW)
    with pytest.raises(WrongCredentials):
        signing_in.give_code(house, half, nurse.code(NOW), HOME, now=NOW)


def test_a_phone_half_a_minute_off_is_understood_and_two_minutes_is_not(house, nurse):
    half = signing_in.give_password(house, nurse.staff.email, PASSWORD, HOME, now=NOW)
    with pytest.raises(WrongCredentials):
        signing_in.give_code(house, half, nurse.code(later(NOW, minutes=-2)), HOME, now=NOW)
    assert signing_in.give_code(house, half, nurse.code(later(NOW, seconds=-30)), HOME, now=NOW)


def test_a_recovery_code_works_once_in_any_spelling(house, nurse):
    code = signing_in.new_recovery_codes(house, nurse.staff, now=NOW)[0]
    half = signing_in.give_password(house, nurse.staff.email, PASSWORD, HOME, now=NOW)
    used = signing_in.give_code(house, half, f" {code.upper()} ", HOME, now=NOW)
    assert used.codes_left == signing_in.RECOVERY_CODES - 1
    with pytest.raises(WrongCredentials):
        signing_in.give_code(house, half, code, HOME, now=NOW)


def test_new_recovery_codes_make_the_old_ones_void(house, nurse):
    old = signing_in.new_recovery_codes(house, nurse.staff, now=NOW)[0]
    signing_in.new_recovery_codes(house, nurse.staff, now=NOW)
    half = signing_in.give_password(house, nurse.staff.email, PASSWORD, HOME, now=NOW)
    with pytest.raises(WrongCredentials):
        signing_in.give_code(house, half, old, HOME, now=NOW)


def test_known_and_unknown_addresses_are_refused_alike(house, nurse):
    known = refused(house, nurse.staff.email, "not the password")
    unknown = refused(house, "nobody@example.org", "not the password")
    assert known is unknown is WrongCredentials


def test_guessing_from_one_place_is_slowed_for_known_and_unknown_alike(house, nurse):
    for email in (nurse.staff.email, "nobody@example.org"):
        found = [refused(house, email, "guess") for _ in range(12)]
        assert found == [WrongCredentials] * 10 + [TooManyTries] * 2
    in_time = later(NOW, minutes=15)
    assert signing_in.give_password(house, nurse.staff.email, PASSWORD, HOME, now=in_time)


def test_a_hundred_failures_of_strangers_do_not_stop_a_browser_that_has_signed_in(house, nurse):
    device = sign_in(house, nurse, NOW).device
    for at in range(120):
        refused(house, nurse.staff.email, "guess", Caller(f"203.0.113.{at}", ""))
    assert refused(house, nurse.staff.email, PASSWORD, STRANGER) is TooManyTries
    known = Caller("192.0.2.77", device)
    assert signing_in.give_password(house, nurse.staff.email, PASSWORD, known, now=NOW)


def test_strangers_get_at_most_a_hundred_tries_a_day_at_one_account(house, nurse):
    found = [
        refused(house, nurse.staff.email, "guess", Caller(f"203.0.113.{at}", ""))
        for at in range(110)
    ]
    assert found.count(WrongCredentials) == 100


def test_a_forged_device_gives_no_budget_of_its_own(house, nurse):
    forged = [Caller("203.0.113.9", f"{at:022d}") for at in range(12)]
    found = [refused(house, nurse.staff.email, "guess", one) for one in forged]
    assert TooManyTries in found


def test_six_digits_cannot_be_guessed(house, nurse):
    half = signing_in.give_password(house, nurse.staff.email, PASSWORD, HOME, now=NOW)
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            signing_in.give_code(house, half, "000000", HOME, now=NOW)
    with pytest.raises(TooManyTries):
        signing_in.give_code(house, half, nurse.code(NOW), HOME, now=NOW)


def test_a_session_ends_after_a_quarter_of_an_hour_without_use(house, nurse):
    token = sign_in(house, nurse, NOW).session
    assert signing_in.session_of(house, token, now=later(NOW, minutes=14, seconds=59))
    assert signing_in.session_of(house, token, now=later(NOW, minutes=29))
    assert signing_in.session_of(house, token, now=later(NOW, minutes=45)) is None


def test_a_session_ends_after_twelve_hours_however_busy(house, nurse):
    token = sign_in(house, nurse, NOW).session
    for minutes in range(10, 12 * 60, 10):
        assert signing_in.session_of(house, token, now=later(NOW, minutes=minutes))
    assert signing_in.session_of(house, token, now=later(NOW, hours=12)) is None


def test_signing_out_ends_the_session_and_no_other(house, nurse):
    first, second = sign_in(house, nurse, NOW), sign_in(house, nurse, later(NOW, minutes=1))
    signing_in.sign_out(house, nurse.staff, first.session, now=NOW)
    assert signing_in.session_of(house, first.session, now=NOW) is None
    assert signing_in.session_of(house, second.session, now=NOW)


def test_whoever_is_deactivated_is_out_at_once(house, here, nurse):
    token = sign_in(house, nurse, NOW).session
    chief = member(house, here.clinic.id, "chief", NOW, Role.ADMINISTRATOR)
    staffing.deactivate(Desk(house, chief.staff, NOW), nurse.staff.id)
    assert signing_in.session_of(house, token, now=NOW) is None
    assert refused(house, nurse.staff.email, PASSWORD) is WrongCredentials


def test_a_password_alone_never_replaces_a_second_factor(house, nurse):
    half = signing_in.give_password(house, nurse.staff.email, PASSWORD, HOME, now=NOW)
    secret = signing_in.begin_totp()
    fresh = Member(nurse.staff, secret)
    with pytest.raises(WrongCredentials):
        signing_in.set_up_totp(house, half, secret, fresh.code(NOW), now=NOW)
