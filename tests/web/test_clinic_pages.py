"""The clinicians' pages over real journeys: what is shown, who may see it, what is never lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from flask_login import FlaskLoginClient

from tests.factories import CALM, URGENT, Place, place
from webapp.domain.person import Origin
from webapp.domain.review import FlagState, Outcome
from webapp.journeys import reviewing, signing_in
from webapp.web.signing_in import login

SOUP = re.compile(r"<[^>]+>")


@pytest.fixture
def harbor(house) -> Place:
    return place(house, datetime.now(UTC).replace(microsecond=0))


class Browser:
    """A signed-in browser: it posts what the forms of a page would, their token included."""

    def __init__(self, client):
        self.client = client
        self.get = client.get

    def post(self, address, **sent):
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/clinic/").text)[1]
        return self.client.post(address, data={**sent, "csrf_token": token})


@pytest.fixture
def browser_of(app, house):
    """Gives the browser of a member of staff who has just signed in."""
    app.test_client_class = FlaskLoginClient

    def opened(person):
        with house.store.begin() as tx:
            started = signing_in._start(tx, person, datetime.now(UTC))
        return Browser(app.test_client(user=login.signed_in_user(started)))

    return opened


@pytest.fixture
def sam(harbor, browser_of):
    return browser_of(harbor.sam)


@pytest.fixture
def flag(harbor):
    harbor.report(harbor.enrol("Rosa Example"), **URGENT, note="it <hurts> to breathe")
    return reviewing.inbox(harbor.desk).lines[0].flag


def words_of(page) -> str:
    return " ".join(SOUP.sub(" ", page.text).split())


def test_nobody_who_is_not_signed_in_sees_a_clinic_page(client, harbor, flag):
    for address in (
        "/clinic/",
        "/clinic/patients/",
        f"/clinic/patients/{flag.patient_id}",
        "/clinic/cohort",
    ):
        gone = client.get(address)
        assert gone.status_code == 302
        assert gone.location.startswith("/clinic/sign-in")


def test_the_inbox_names_patient_day_reason_rule_and_what_she_was_told(sam, flag):
    page = words_of(sam.get("/clinic/"))
    for words in (
        "Rosa Example",
        "day 3",
        "Urgent",
        flag.because,
        "R01 breathing chest, version 1",
    ):
        assert words in page
    assert flag.told in page
    assert "no clinician has approved them yet" in page


def test_an_empty_inbox_does_not_promise_that_everybody_is_well(sam):
    page = words_of(sam.get("/clinic/"))
    assert "No flag is open." in page
    assert "It does not mean that everybody is well" in page


def test_what_was_not_answered_is_a_dash_and_never_a_zero(sam, harbor):
    harbor.report(harbor.enrol(), effects=("breathless",))
    page = sam.get("/clinic/").text
    row = re.search(r'<th scope="row">3</th>(.*?)</tr>', page)[1]
    assert re.findall(r"<td>(.*?)</td>", row) == ["–"] * 5


def test_acknowledging_leads_back_to_the_flag_and_says_so(sam, flag):
    done = sam.post(f"/clinic/flags/{flag.id}/acknowledge")
    assert (done.status_code, done.location) == (303, f"/clinic/#flag-{flag.id}")
    page = words_of(sam.get("/clinic/"))
    assert "You took this flag" in page
    assert "Sam Okafor took this at" in page


def test_who_comes_second_is_told_by_name_and_keeps_what_she_wrote(sam, harbor, browser_of, flag):
    sam.post(f"/clinic/flags/{flag.id}/close", outcome="phoned")
    sent = {"outcome": "seen", "note": "Saw her in the ward."}
    second = browser_of(harbor.ada).post(f"/clinic/flags/{flag.id}/close", **sent)
    assert second.status_code == 409
    assert "Sam Okafor did this at" in words_of(second)
    assert "Saw her in the ward.</textarea>" in second.text


def test_closing_without_saying_what_was_done_is_asked_again(sam, flag):
    again = sam.post(f"/clinic/flags/{flag.id}/close", note="Rang twice.")
    assert again.status_code == 400
    assert "Rang twice.</textarea>" in again.text
    assert "Please choose what was done" in words_of(again)


def test_a_note_alone_keeps_the_flag_open(sam, flag):
    sent = {"note": "Will ring at noon.", "patient": flag.patient_id}
    done = sam.post(f"/clinic/flags/{flag.id}/note", **sent)
    assert done.location == f"/clinic/patients/{flag.patient_id}#flag-{flag.id}"
    page = words_of(sam.get(f"/clinic/patients/{flag.patient_id}"))
    assert "Will ring at noon." in page
    assert "Acknowledge" in page


def test_a_post_from_another_site_changes_nothing(sam, harbor, flag):
    assert sam.client.post(f"/clinic/flags/{flag.id}/acknowledge").status_code == 400
    assert reviewing.line_of(harbor.desk, flag.id).flag.state is FlagState.OPEN


def test_the_patients_page_shows_her_words_as_words_and_her_closed_flags(sam, harbor, flag):
    reviewing.close(harbor.desk, flag.id, outcome=Outcome.PHONED, note="Breathing easily.")
    page = sam.get(f"/clinic/patients/{flag.patient_id}")
    assert "it &lt;hurts&gt; to breathe" in page.text
    assert "Breathing easily." in words_of(page)
    assert "Phoned the patient" in words_of(page)


def test_tablets_are_shown_with_their_mme(sam, harbor):
    patient = harbor.enrol()
    harbor.report(patient, **{**CALM, "tablets": 7})
    page = words_of(sam.get(f"/clinic/patients/{patient}"))
    assert "3 7 52.5" in page  # F110: seven tablets of 5 mg


def test_a_strangers_clinic_finds_no_page_and_no_flag(harbor, browser_of, flag):
    other = place(harbor.house, harbor.now, "Other Clinic")
    stranger = browser_of(other.sam)
    assert stranger.get(f"/clinic/patients/{flag.patient_id}").status_code == 404
    for step in ("acknowledge", "close", "note"):
        sent = {"outcome": "seen", "note": "x"}
        assert stranger.post(f"/clinic/flags/{flag.id}/{step}", **sent).status_code == 404
    for address in ("/clinic/", "/clinic/patients/", "/clinic/cohort"):
        assert "Rosa" not in stranger.get(address).text


def test_a_name_is_searched_for_without_standing_in_an_address(sam, harbor):
    for name in ("Rosa Example", "Grace Example"):
        harbor.enrol(name)
    found = sam.post("/clinic/patients/", name="rosa")
    assert "Rosa Example" in found.text
    assert "Grace Example" not in found.text
    assert 'method="post"' in sam.get("/clinic/patients/").text


def test_times_are_those_of_the_clinic(sam, harbor, flag):
    reviewing.acknowledge(harbor.desk_of(harbor.ada, harbor.now), flag.id)
    at = f"{harbor.now:%-I:%M}"
    assert f"Ada Lindqvist took this at {at}" in words_of(sam.get("/clinic/"))


def test_a_late_target_says_how_late(sam, harbor):
    harbor.report(harbor.enrol(), at=harbor.now - timedelta(hours=4), **URGENT)
    assert "3 hr late" in words_of(sam.get("/clinic/"))


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_every_page_opens_in_every_language(sam, flag, language):
    with sam.client.session_transaction() as session:
        session["lang"] = language
    pages = ["/clinic/", "/clinic/patients/", f"/clinic/patients/{flag.patient_id}"]
    for address in (*pages, *(f"/clinic/cohort/{origin}" for origin in Origin)):
        page = sam.get(address)
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text


def test_an_unknown_cohort_is_no_page(sam):
    assert sam.get("/clinic/cohort/nobody").status_code == 404
