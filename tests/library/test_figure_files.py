"""Figures: drawn once, lettered in every language, and held to the rules of a topic's words."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest

from webapp.domain.topic import Standing
from webapp.library.figure_checks import check_figure_words, figure_problems
from webapp.library.figure_drawing import Lettering, drawn, read_drawing, runs_from_right
from webapp.library.figure_files import load_figures
from webapp.library.problem import LibraryError, Problem
from webapp.library.reading_grade import load_readability
from webapp.library.shelf import load_library
from webapp.library.wording_files import load_bans

REAL = Path(__file__).parents[2] / "content"
FIGURE = "pain-scale"
SVG = "{http://www.w3.org/2000/svg}"
HARD = "multidisciplinary postoperative reassessment necessities " * 4
PLAIN = Lettering("figure-x", "A title", "About it", {"none": "no pain"})


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """One real figure with the real rulers, to be broken in one place."""
    for ruler in ("wording.yaml", "readability.yaml"):
        (tmp_path / ruler).write_bytes((REAL / ruler).read_bytes())
    shutil.copytree(REAL / "figures" / FIGURE, tmp_path / "figures" / FIGURE)
    return tmp_path


def problems(content: Path, library) -> list[Problem]:
    """Everything that is wrong with the figures of a folder."""
    shelf = load_figures(content)
    rulers = load_bans(content), load_readability(content)
    found = [*shelf.problems, *figure_problems(shelf, library.facts)]
    return [*found, *check_figure_words(shelf, *rulers)]


def change(content: Path, name: str, old: str, new: str) -> None:
    """Change words in one of the figure's files; the old ones must be there."""
    file = content / "figures" / FIGURE / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def drawing_of(tmp_path: Path, body: str, head: str = 'viewBox="0 0 360 100"'):
    file = tmp_path / "figure.svg"
    file.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{body}</svg>', "utf-8")
    return read_drawing(file)


BROKEN = [
    ("figure.svg", "<rect ", '<rect style="fill:red" ', "figure-svg"),
    ("figure.svg", "<rect ", '<rect onclick="x()" ', "figure-svg"),
    ("figure.svg", "<g>", "<g><script/>", "figure-svg"),
    ("figure.svg", "<g>", '<g><image href="https://example.org/x.png"/>', "figure-svg"),
    ("figure.svg", ">10</text>", ">ten</text>", "figure-svg"),
    ("figure.svg", 'viewBox="0 0 360 198"', 'viewBox="wide"', "figure-svg"),
    ("figure.svg", "</svg>", "", "figure-svg"),
    ("figure.svg", 'data-words="mild"', 'data-words="gentle"', "figure-label"),
    ("words.es.yaml", '  mild: "leve"\n', "", "figure-label"),
    ("words.en.yaml", '"very bad"', '"so very bad that no word is left for it"', "figure-label"),
    ("words.en.yaml", "[F92]", "[F9999]", "fact-unknown"),
    ("words.en.yaml", "no pain. [F92]", "no pain.", "fact-marker"),
    ("words.es.yaml", "[F94]", "[F93]", "facts-differ"),
    ("words.es.yaml", "made_from: 1", "made_from: null", "made-from"),
    ("words.en.yaml", "status: draft", "status: approved", "approval"),
    ("words.en.yaml", '"mild"', '"pain-free"', "banned-promise"),
    ("words.en.yaml", "Eleven bars", "No side effects. Eleven bars", "banned-promise"),
    ("words.en.yaml", "These words are a rough guide.", "This is fine.", "banned-reassurance"),
    ("words.en.yaml", "a rough guide.", f"a guide to {HARD}.", "reading-grade"),
    ("words.en.yaml", "labels:", "labelled:", "yaml-shape"),
]


@pytest.mark.parametrize(("file", "old", "new", "rule"), BROKEN)
def test_a_figure_that_breaks_a_rule_is_named_with_its_file_and_remedy(
    content: Path, library, file: str, old: str, new: str, rule: str
):
    change(content, file, old, new)
    named = [each for each in problems(content, library) if each.check == rule]
    assert named
    assert all(each.remedy and not each.warning for each in named)
    assert {Path(each.file).parent.name for each in named} == {FIGURE}


def test_a_sound_figure_breaks_no_rule(content: Path, library):
    assert problems(content, library) == []


def test_a_figure_speaks_every_language(content: Path, library):
    (content / "figures" / FIGURE / "words.ar.yaml").unlink()
    assert [each.check for each in problems(content, library)] == ["figure-words"]


def test_a_site_does_not_start_with_a_topic_whose_figure_nobody_drew(tmp_path: Path):
    content = Path(shutil.copytree(REAL, tmp_path / "content"))
    shutil.rmtree(content / "figures" / FIGURE)
    with pytest.raises(LibraryError, match=f"no figure {FIGURE}"):
        load_library(content)


def test_every_figure_is_shown_by_a_topic_and_named_in_each_language(library):
    shown = {figure for topic in library.topics.values() for figure in topic.figures}
    assert shown == set(library.figures)
    for figure in library.figures.values():
        for lang in library.languages:
            words = figure.words[lang]
            root = Tree.fromstring(words.svg)
            assert root.get("role") == "img"
            named = {each.get("id"): each.text for each in root if each.get("id")}
            assert all(named[id_] for id_ in root.get("aria-labelledby").split())
            assert words.title in named.values()
            assert words.facts == figure.words["en"].facts


def test_a_figure_is_a_draft_until_somebody_signs_and_stale_when_the_english_moves_on(library):
    figure = library.figures[FIGURE]
    assert {figure.standing(lang) for lang in library.languages} == {Standing.DRAFT}
    newer = {**figure.words, "en": replace(figure.words["en"], version=2)}
    assert replace(figure, words=newer).standing("es") is Standing.STALE


def test_where_words_run_from_the_right_the_drawing_is_mirrored_and_words_are_not(tmp_path: Path):
    drawing = drawing_of(tmp_path, '<g><path d="M0 0"/></g><text x="10" y="5" data-words="none"/>')
    root = Tree.fromstring(drawn(drawing, replace(PLAIN, title="ألم")))
    assert root.find(f"{SVG}g").get("transform") == "matrix(-1 0 0 1 360 0)"
    assert (root.find(f"{SVG}text").get("x"), root.find(f"{SVG}text").text) == ("350", "no pain")
    straight = Tree.fromstring(drawn(drawing, PLAIN))
    assert straight.find(f"{SVG}g").get("transform") is None
    assert straight.find(f"{SVG}text").get("x") == "10"


@pytest.mark.parametrize(("words", "right"), [("Dolor", False), ("0: ألم", True), ("10", False)])
def test_the_first_letter_says_which_way_words_run(words: str, right: bool):
    assert runs_from_right(words) is right


def test_a_label_cannot_put_markup_into_the_page(tmp_path: Path):
    drawing = drawing_of(tmp_path, '<g/><text x="10" y="5" data-words="none"/>')
    sly = replace(PLAIN, labels={"none": "<script>x</script>"}, description='"><b>')
    assert not re.search(r"<(script|b)>", drawn(drawing, sly))


def test_words_in_a_drawing_are_whole_at_every_number_of_the_scale(library):
    for lang in library.languages:
        root = Tree.fromstring(library.figures[FIGURE].words[lang].svg)
        said = [each.text for each in root.findall(f"{SVG}text")]
        assert [text for text in said if text.isdecimal()] == [str(number) for number in range(11)]
        assert all(said)
