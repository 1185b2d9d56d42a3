"""Questions after the reading: other words instead of blame, no script needed, and no cookie."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from tests.factories import place
from tests.people import browser, member
from webapp.journeys import linking

QUESTION = "/en/teach-back/mastectomy/no-promise"
OTHERWISE = "Think of an umbrella in the rain."
RIGHT = "Many people have low pain, but some do not."


@pytest.fixture
def harbor(house, clock_now):
    return place(house, clock_now)


def test_a_choice_that_does_not_fit_is_met_with_other_words_and_one_more_asking(client, harbor):
    page = client.post(QUESTION, data={"choice": "none-at-all"}).text
    assert OTHERWISE in page and RIGHT not in page
    assert 'name="again" value="1"' in page
    assert "wrong" not in page.casefold() and "incorrect" not in page.casefold()


def test_after_the_second_asking_she_is_told_and_sent_on_not_asked_a_third_time(client, harbor):
    page = client.post(QUESTION, data={"choice": "as-before", "again": "1"}).text
    assert RIGHT in page
    assert 'name="choice"' not in page
    assert 'href="/en/teach-back/mastectomy/two-clocks"' in page


def test_a_choice_that_fits_leads_on_at_once(client, harbor):
    page = client.post(QUESTION, data={"choice": "often-little"}).text
    assert "Yes, that is what the page says." in page and RIGHT in page


def test_no_choice_is_asked_for_once_more_and_nothing_is_lost(client, harbor):
    answer = client.post(QUESTION, data={"again": "1"})
    assert answer.status_code == 422
    assert "choose the nearest" in answer.text
    assert 'name="again"' in answer.text


@pytest.mark.parametrize("lang", ["en", "es", "ar"])
def test_every_question_can_be_walked_through_in_every_language(client, harbor, library, lang):
    for asked in library.teach_back.values():
        assert client.get(f"/{lang}/teach-back/{asked.id}").status_code == 200
        for one in asked.questions:
            address = f"/{lang}/teach-back/{asked.id}/{one.id}"
            shown = client.get(address)
            assert one.choices[0].words[lang].split("{")[0] in shown.text
            assert "{" not in shown.text.split("</style>")[-1]
            assert "Set-Cookie" not in shown.headers
            right = next(choice.id for choice in one.choices if choice.right)
            assert client.post(address, data={"choice": right}).status_code == 200
        assert client.get(f"/{lang}/teach-back/{asked.id}/end").status_code == 200


@pytest.mark.parametrize(
    "address", ["/en/teach-back/ankle", "/en/teach-back/ankle/end", "/en/teach-back/knee/nothing"]
)
def test_what_is_not_there_is_kindly_missing(client, harbor, address):
    assert client.get(address).status_code == 404


def test_a_choice_that_nobody_offered_is_refused(client, harbor):
    assert client.post(QUESTION, data={"choice": "hack"}).status_code == 400


def test_her_own_link_opens_the_reading_before_her_day_and_tells_the_clinic(
    app, harbor, house, clock_now
):
    rosa = harbor.enrol(days_ago=0, procedure_date=str(clock_now.date() + timedelta(days=5)))
    first = clock_now.date() + timedelta(days=6)
    link = linking.make_link(house, rosa, first, now=clock_now).address
    nurse = member(house, harbor.clinic.id, "walker", clock_now)
    with time_machine.travel(clock_now, tick=False):
        hers = browser(app)
        early = hers.get(link.removeprefix(house.public_url))
        assert early.status_code == 409
        assert 'href="/en/teach-back/mastectomy"' in early.text
        told = hers.post(QUESTION, data={"choice": "none-at-all"}).text
        assert OTHERWISE in told
        clinics = browser(app, nurse, clock_now)
        assert "Before the day: one patient to talk to" in clinics.get("/clinic/").text
        page = clinics.get(f"/clinic/patients/{rosa}").text
    assert "Did not come across" in page
    assert "Less pain is likely, and nobody can promise it" in page
    assert "answered a question about what she read" in page
