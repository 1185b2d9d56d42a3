"""The living page of the design shows what the pages show, and is closed where there is no demo."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from webapp import create_app
from webapp.web import assets
from webapp.web.present import palette

MACRO = re.compile(r"{%\s*macro (\w+)\(")
# Parts of another macro, or what only a real page can have.
NOT_SHOWN = {"described", "words_under", "csrf", "tick", "icon", "bidi", "print_sheet"}
NOT_SHOWN |= {"minutes", "link"}


@pytest.fixture
def page(config, house):
    answer = create_app(config, replace(house, demo=True)).test_client().get("/demo/design")
    assert answer.status_code == 200
    return answer.text


def test_without_a_demo_there_is_no_such_page(client):
    assert client.get("/demo/design").status_code == 404
    assert client.get("/demo/design/modes.css").status_code == 404


def test_every_mode_is_there_in_every_language(page):
    for mode in palette.MODES:
        for lang, side in (("en", "ltr"), ("es", "ltr"), ("ar", "rtl")):
            assert f'<section class="mode mode-{mode}" lang="{lang}" dir="{side}"' in page


def test_no_id_stands_in_it_twice(page):
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_every_component_that_pages_may_use_is_on_it():
    folder = assets.STATIC.parent / "templates"
    shown = (folder / "demo" / "_panel.html").read_text("utf-8")
    made = {
        name
        for file in (folder / "components").glob("*.html")
        for name in MACRO.findall(file.read_text("utf-8"))
    }
    assert {name for name in made - NOT_SHOWN if f"{{ {name}(" not in shown} == set()


@pytest.mark.parametrize("mode", palette.MODES)
def test_every_pair_of_colours_is_strong_enough(mode):
    assert [pair for pair in palette.pairs(mode) if not pair.enough] == []


def test_the_page_says_each_ratio(page):
    assert "NOT ENOUGH" not in page
    for mode in palette.MODES:
        for pair in palette.pairs(mode):
            assert f"{pair.ratio:.1f}" in page


def test_black_on_white_is_the_strongest_pair_there_is():
    assert palette.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert palette.contrast("#ffffff", "#ffffff") == pytest.approx(1)
