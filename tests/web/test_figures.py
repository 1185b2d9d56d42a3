"""A topic's drawing on its page: after whom to call, light, and whole without eyes or colours."""

from __future__ import annotations

import re

import pytest

from tests.web.reading_room import reading_room
from webapp.web import assets

LIMIT = 20_000  # bytes of a topic's page with its figure, as they travel
LANGUAGES = ("en", "es", "ar")
SHOWN = {
    "what-is-cryoneurolysis": "freezing-and-regrowth",
    "is-nerve-damage-permanent": "freezing-and-regrowth",
    "why-for-mastectomy": "chest-probe-places",
    "what-happens-on-the-day": "chest-probe-places",
    "knee-what-is-it": "knee-probe-places",
    "how-long-does-relief-last": "what-lasts-how-long",
    "normal-first-week": "what-lasts-how-long",
    "pain-score-0-to-10": "pain-scale",
}


@pytest.fixture
def reader(library):
    return reading_room(library=library).test_client()


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("topic", SHOWN)
def test_a_page_with_its_figure_is_light_and_follows_the_policy(reader, topic, lang):
    packed = reader.get(f"/{lang}/topics/{topic}", headers={"Accept-Encoding": "gzip"})
    assert len(packed.data) <= LIMIT
    page = reader.get(f"/{lang}/topics/{topic}").text
    assert f'<bdi dir="ltr">{SHOWN[topic]}@{lang}#' in page
    assert assets.inline_text("figure.css") in page
    assert not re.search(r"\sstyle=|\son\w+=", page)


@pytest.mark.parametrize("topic", SHOWN)
def test_whom_to_call_comes_before_the_drawing(reader, library, topic):
    page = reader.get(f"/en/topics/{topic}").text
    call, drawing = page.index("When to call"), page.index("<figure")
    assert call < drawing
    assert "More about this" not in page[:drawing]


def test_the_same_is_said_in_sentences_below_the_drawing_with_its_sources(reader, library):
    page = reader.get("/en/topics/what-is-cryoneurolysis").text
    figure = library.figures["freezing-and-regrowth"].words["en"]
    box = page[page.index("<figure") : page.index("</figure>")]
    assert figure.says.html in box
    assert all(f'<li id="{fact}">' in page for fact in figure.facts)


def test_no_id_stands_twice_in_a_page(reader):
    for topic in SHOWN:
        ids = re.findall(r'\sid="([^"]+)"', reader.get(f"/en/topics/{topic}").text)
        assert len(ids) == len(set(ids))


def test_a_page_without_a_figure_does_not_carry_its_style(reader):
    assert assets.inline_text("figure.css") not in reader.get("/en/topics/numbness").text


@pytest.mark.parametrize("sign", ["forced-colors: active", "text-anchor: end"])
def test_the_style_of_figures_knows_forced_colours_and_sides(sign):
    assert sign in assets.inline_text("figure.css")


def test_a_drawing_uses_only_classes_that_have_a_style(library):
    style = assets.inline_text("figure.css")
    for figure in library.figures.values():
        used = {name for all_ in re.findall(r'class="([^"]+)"', figure.words["en"].svg)
                for name in all_.split()} - {"drawing"}  # fmt: skip
        assert {name for name in used if f".{name}" not in style} == set()
