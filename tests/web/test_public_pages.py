"""What anybody may read: in her language, urgent part first, honest about its standing."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.reading_room import reading_room

PAGES = (
    "/{lang}/",
    "/{lang}/topics/",
    "/{lang}/topics/phase/weeks",
    "/{lang}/topics/chest-pain",
    "/{lang}/topics/numbness",
    "/{lang}/privacy",
    "/{lang}/accessibility",
)
LANGUAGES = {"en": "ltr", "es": "ltr", "ar": "rtl"}


@pytest.fixture
def room() -> Flask:
    return reading_room()


@pytest.fixture
def reader(room: Flask) -> FlaskClient:
    return room.test_client()


@pytest.mark.parametrize(
    ("asked", "given"),
    [("ar-EG,ar;q=0.9", "/ar/"), ("es-MX", "/es/"), ("fr", "/en/"), ("", "/en/")],
)
def test_the_front_door_leads_to_the_language_of_the_browser(reader, asked, given):
    answer = reader.get("/", headers={"Accept-Language": asked})
    assert (answer.status_code, answer.location) == (302, given)
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_names_its_language_its_direction_and_its_twins(reader, page, lang):
    answer = reader.get(page.format(lang=lang))
    assert answer.status_code == 200
    assert f'<html lang="{lang}" dir="{LANGUAGES[lang]}">' in answer.text
    for twin in LANGUAGES:
        assert f'rel="alternate" hreflang="{twin}" href="{page.format(lang=twin)}"' in answer.text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_page_styles_or_runs_anything_that_the_policy_would_block(reader, page, lang):
    answer = reader.get(page.format(lang=lang))
    assert not re.search(r"\sstyle=|\son\w+=|javascript:", answer.text)
    assert not re.search(r"(?:src|<link[^>]+href)=.https?:", answer.text)
    policy = answer.headers["Content-Security-Policy"]
    for element, text in re.findall(r"<(style|script)\b[^>]*>(.+?)</\1>", answer.text, re.S):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in re.search(rf"{element}-src [^;]*", policy)[0]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")


def test_an_emergency_topic_opens_with_the_number_before_its_words(reader):
    page = reader.get("/en/topics/chest-pain").text
    assert page.index('href="tel:911"') < page.index("Call <a")


def test_numbers_in_the_words_can_be_dialled(reader):
    page = reader.get("/en/topics/chest-pain").text
    assert '<a href="tel:5550100199" dir="ltr">(555) 010-0199</a>' in page
    assert "{" not in re.sub(r"<style>.*?</style>|<script.*?</script>", "", page, flags=re.S)


def test_without_one_clinic_a_page_names_no_number_of_a_clinic():
    page = reading_room(clinic=None).test_client().get("/en/topics/chest-pain").text
    assert "your local emergency number" in page
    assert "tel:" not in page


def test_a_draft_says_that_no_clinician_has_approved_it(reader):
    page = reader.get("/en/topics/numbness").text
    assert "Draft: not yet approved by a clinician" in page
    assert "numbness@en#3" in page


def test_each_fact_stands_beside_its_source_and_its_doubt(reader):
    page = reader.get("/en/topics/numbness").text
    assert "Chest pain can be serious." in page
    assert 'href="https://doi.org/10.1/abc"' in page
    assert "A clinician still has to check this one." in page


def test_an_untranslated_topic_is_shown_in_english_and_says_so(reader):
    page = reader.get("/es/topics/numbness").text
    assert "Esta página aún no está escrita en su idioma" in page
    assert '<h1 lang="en" dir="ltr">Why is my chest numb?</h1>' in page
    assert "Esta página aún no está escrita" not in reader.get("/es/topics/chest-pain").text


def test_the_list_of_a_phase_leaves_out_what_belongs_elsewhere(reader):
    page = reader.get("/en/topics/phase/weeks").text
    assert "Why is my chest numb?" in page
    assert "Chest pain" in page  # for all of a recovery
    assert "Fever" not in page


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/en/topics/nothing-like-it", "We could not find this page"),
        ("/es/nada", "No encontramos esta página"),
        ("/ar/topics/phase/never", "لم نجد هذه الصفحة"),
        ("/xx/", "We could not find this page"),
    ],
)
def test_a_missing_page_is_kind_in_the_readers_language_and_not_kept(reader, address, said):
    answer = reader.get(address)
    assert answer.status_code == 404
    assert said in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_fault_of_ours_is_not_blamed_on_the_reader(room):
    @room.get("/<lang:lang>/broken")
    def broken() -> str:
        raise ZeroDivisionError

    room.testing = False
    answer = room.test_client().get("/en/broken")
    assert answer.status_code == 500
    assert "It is not your fault." in answer.text


def test_reading_sets_no_cookie_and_sends_no_referrer(reader):
    for page in PAGES:
        answer = reader.get(page.format(lang="en"))
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_a_page_that_the_browser_already_has_is_not_sent_again(reader):
    first = reader.get("/en/topics/numbness")
    again = reader.get("/en/topics/numbness", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    policy = "Content-Security-Policy"  # a browser takes it over for the page that it has
    assert again.headers[policy] == first.headers[policy]


def test_a_topic_page_is_made_once_a_day(room, monkeypatch):
    made = []
    room.jinja_env.globals["inline_style"] = lambda name: made.append(name) or ""
    client = room.test_client()
    for _ in range(3):
        client.get("/en/topics/numbness")
    assert made == ["core.css"]


def test_a_query_cannot_fill_the_memory_with_pages(room):
    client = room.test_client()
    for at in range(20):
        client.get(f"/en/topics/numbness?x={at}")
    _, pages = room.extensions["thaw-kept-pages"]
    assert list(pages) == ["/en/topics/numbness"]


def test_a_topic_page_weighs_little_and_is_one_request(reader):
    answer = reader.get("/ar/topics/chest-pain", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) <= 8_000


def test_transport_security_is_promised_only_over_https(reader):
    assert "Strict-Transport-Security" not in reader.get("/en/").headers
    secure = reader.get("/en/", base_url="https://thaw.example.org")
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
