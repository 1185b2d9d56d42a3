"""The colours of the site as core.css sets them, by mode, and how well one reads on another.

May import: the standard library and assets. The design page and the look's tests read the same
sheet as the pages do, so that neither can be out of date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from webapp.web import assets

MODES = ("light", "dark", "contrast")
_TOKEN = re.compile(r"--([\w-]+):\s*([^;}]+)")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
# What stands on what: words, and the edges of controls (WCAG 2.2, 1.4.3 and 1.4.11).
WORDS = (
    ("ink", "paper"), ("soft", "paper"), ("accent", "paper"), ("ink", "sheet"), ("soft", "sheet"),
    ("ink", "wash"), ("accent", "wash"), ("on-accent", "accent"), ("on-stop", "stop"),
    ("stop", "stop-wash"), ("ink", "stop-wash"), ("call", "call-wash"), ("ink", "call-wash"),
    ("home", "home-wash"), ("ink", "home-wash"),
)  # fmt: skip
EDGES = (("edge", "paper"), ("edge", "sheet"), ("focus", "paper"), ("focus", "sheet"))
_STRAIGHT = 0.04045  # below this sRGB is a straight line
WORDS_NEED, EDGES_NEED = 4.5, 3.0


@dataclass(frozen=True, slots=True)
class Pair:
    """One colour on another, and whether it can be read."""

    over: str
    under: str
    ratio: float  # 1 to 21
    enough: bool


def tokens(mode: str) -> dict[str, str]:
    """Every token of a mode by name: "light", "dark", or "contrast" (light with strong lines)."""
    sheet = (assets.STATIC / "core.css").read_text(encoding="utf-8")
    plain = dict(_TOKEN.findall(sheet.split("@media")[0].split("}")[0]))
    if mode == "light":
        return plain
    query = {"dark": "prefers-color-scheme: dark", "contrast": "prefers-contrast: more"}[mode]
    return plain | dict(_TOKEN.findall(sheet.split(query)[1].split("}")[0]))


def mode_sheet() -> str:
    """A style sheet that sets each mode's tokens under a class, whatever the device asks for."""
    return "\n".join(
        f".mode-{mode} {{ {_scheme(mode)} "
        + " ".join(f"--{name}: {value};" for name, value in tokens(mode).items())
        + " }"
        for mode in MODES
    )


def _scheme(mode: str) -> str:
    return "color-scheme: dark;" if mode == "dark" else "color-scheme: light;"


def pairs(mode: str) -> tuple[Pair, ...]:
    """How well the words and the edges of a mode can be read."""
    colours = tokens(mode)
    needs = [(pair, WORDS_NEED) for pair in WORDS] + [(pair, EDGES_NEED) for pair in EDGES]
    return tuple(_pair(colours, pair, need) for pair, need in needs)


def colours_of(mode: str) -> tuple[tuple[str, str], ...]:
    """The names of a mode's colours, and what each comes to."""
    found = tokens(mode)
    return tuple((name, _resolved(found, name)) for name in found if _is_colour(found, name))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours such as #0a5a5f (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _pair(colours: dict[str, str], pair: tuple[str, str], need: float) -> Pair:
    ratio = contrast(_resolved(colours, pair[0]), _resolved(colours, pair[1]))
    return Pair(*pair, ratio, ratio >= need)


def _is_colour(found: dict[str, str], name: str) -> bool:
    return bool(_COLOUR.fullmatch(_resolved(found, name)))


def _resolved(found: dict[str, str], name: str) -> str:
    """The value of a token, followed where it is another token's."""
    value = found[name].strip()
    other = re.fullmatch(r"var\(--([\w-]+)\)", value)
    return _resolved(found, other[1]) if other else value


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    bent = [
        part / 12.92 if part <= _STRAIGHT else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * bent[0] + 0.7152 * bent[1] + 0.0722 * bent[2]
