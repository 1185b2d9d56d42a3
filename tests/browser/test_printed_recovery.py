"""A patient's page prints as one page of A4 and of Letter, however much there is to say."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from flask_login import FlaskLoginClient

from tests.factories import place
from webapp.domain.review import Outcome
from webapp.journeys import reviewing, signing_in
from webapp.web.signing_in import login

# How a page prints does not depend on the database.
pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
PAGE = re.compile(rb"/Type\s*/Page[^s]")
WORDS = "I did not sleep much, and the drain is red around it. " * 9
SIGNS = ("chills", "breathless", "low-mood", "drain-problem", "nerve-pain")


@pytest.fixture
def harbor(house):
    return place(house, datetime.now(UTC))


@pytest.fixture
def hard_course(harbor):
    """Twelve days on which everything goes wrong and is written about at length."""
    patient = harbor.enrol("Wilhelmina Featherstonehaugh-Cholmondeley", days_ago=12)
    for ago in range(11, -1, -1):
        pain = 3 + ago % 6
        harbor.report(
            patient,
            days_ago=ago,
            nrs_avg=pain,
            nrs_worst=pain + 1,
            tablets=ago % 5 * 2 + 0.5,
            wakes=ago % 4,
            effects=SIGNS,
            temperature_c=38.5,
            note=WORDS,
        )
    for line in reviewing.inbox(harbor.desk).lines[:5]:
        reviewing.close(harbor.desk, line.flag.id, outcome=Outcome.PRESCRIBER_TOLD, note=WORDS)
    return patient


@pytest.fixture
def printed(app, harbor, browser):
    """Gives the pages of an address, printed; the test's own app answers the browser."""
    app.test_client_class = FlaskLoginClient
    with harbor.house.store.begin() as tx:
        started = signing_in._start(tx, harbor.sam, datetime.now(UTC))
    client = app.test_client(user=login.signed_in_user(started))

    def answer(route):
        url = urlsplit(route.request.url)
        found = client.get(f"{url.path}?{url.query}", headers={"Accept-Encoding": "identity"})
        body, headers = found.data, {"Content-Type": found.headers["Content-Type"]}
        found.close()
        route.fulfill(status=found.status_code, headers=headers, body=body)

    def pages(address, paper):
        page = browser.new_page()
        page.route("**/*", answer)
        page.goto(f"http://thaw.test{address}")
        try:
            return len(PAGE.findall(page.pdf(format=paper)))
        finally:
            page.close()

    return pages


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_the_hardest_course_fits_one_printed_page(printed, hard_course, paper):
    assert printed(f"/clinic/patients/{hard_course}", paper) == 1


def test_the_measure_can_tell_more_than_one_page(printed, hard_course):
    assert printed("/clinic/", "A4") > 1
