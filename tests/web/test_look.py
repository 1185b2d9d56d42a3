"""The look: colours that read well in both modes, a light core, sides that turn with the words."""

from __future__ import annotations

import re

import pytest

from webapp.web import assets

CORE = (assets.STATIC / "core.css").read_text()
SHEETS = sorted(assets.STATIC.glob("*.css"))
CORE_LIMIT = 9_000  # bytes of style in every page
WORDS = 4.5  # WCAG 2.2, 1.4.3
EDGES = 3.0  # WCAG 2.2, 1.4.11

ON_PAPER = [(text, "paper") for text in ("ink", "soft", "accent", "stop", "call", "home")]
ON_OTHERS = [
    ("ink", "sheet"), ("soft", "sheet"), ("accent", "sheet"), ("ink", "wash"), ("soft", "wash"),
    ("accent", "wash"), ("on-accent", "accent"), ("on-stop", "stop"), ("stop", "stop-wash"),
    ("ink", "stop-wash"), ("soft", "stop-wash"), ("accent", "stop-wash"), ("call", "call-wash"),
    ("ink", "call-wash"), ("accent", "call-wash"), ("home", "home-wash"), ("ink", "home-wash"),
    ("accent", "home-wash"),
]  # fmt: skip
EDGE_PAIRS = [("edge", "paper"), ("edge", "sheet"), ("focus", "paper"), ("focus", "sheet"),
              ("accent", "paper"), ("accent", "sheet")]  # fmt: skip


def tokens(mode: str) -> dict[str, str]:
    """The colours of a mode by name."""
    light = dict(re.findall(r"--([\w-]+): (#\w{6})", CORE.split("@media")[0]))
    dark = CORE.split("prefers-color-scheme: dark")[1].split("@media")[0]
    return light | (dict(re.findall(r"--([\w-]+): (#\w{6})", dark)) if mode == "dark" else {})


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    bent = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * bent[0] + 0.7152 * bent[1] + 0.0722 * bent[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), ON_PAPER + ON_OTHERS)
def test_words_can_be_read_on_their_ground_in_both_modes(mode, text, ground):
    colours = tokens(mode)
    assert contrast(colours[text], colours[ground]) >= WORDS


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), EDGE_PAIRS)
def test_the_edges_of_controls_can_be_seen_in_both_modes(mode, line, ground):
    colours = tokens(mode)
    assert contrast(colours[line], colours[ground]) >= EDGES


def test_both_modes_set_the_same_colours():
    dark = CORE.split("prefers-color-scheme: dark")[1].split("@media")[0]
    assert set(re.findall(r"--([\w-]+): #", dark)) == set(tokens("light"))


def test_the_core_that_every_page_carries_is_light():
    assert len(assets.inline_text("core.css").encode()) <= CORE_LIMIT


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_style_names_a_left_or_a_right(sheet):
    physical = r"(?:margin|padding|border|inset)-(?:left|right)|[{;]\s*(?:left|right|float)\s*:"
    assert not re.search(physical, sheet.read_text())
    assert "text-align: left" not in sheet.read_text()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_no_style_comes_from_another_host(sheet):
    assert not re.search(r"@import|url\(|//\w", sheet.read_text())


def test_tightening_keeps_every_rule():
    css = "/* why */\na > b { margin: 0 1px; }\n@media print { a { color: red; } }\n"
    assert assets.tightened(css) == "a > b{margin: 0 1px}@media print{a{color: red}}"


def test_a_file_outside_the_policy_cannot_be_inlined():
    with pytest.raises(LookupError):
        assets.inline_style("clinic.css")
