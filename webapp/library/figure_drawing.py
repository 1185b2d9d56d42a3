"""A figure.svg: checked against a short list of shapes, then drawn with the words of a language.

May import: the standard library and this room. A drawing holds shapes in one `<g>` and words as
`<text data-words="label">` after it. Where words run from right to left the shapes are mirrored
and each word takes the mirrored place, so that a drawing is made once for every language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Tree

from webapp.library.problem import LibraryError, Problem
from webapp.library.yaml_model import read_file

_SPACE = "http://www.w3.org/2000/svg"
_SHAPES = {"path", "rect", "circle", "ellipse", "line"}
# Neither style nor script, no address and no id: looks come from the style sheet's classes.
_PLACES = {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height"}
_ATTRIBUTES = {*_PLACES, "class", "d", "viewBox", "data-words"}
_LETTER = {"": 8.6, "f-small": 7.6}  # average width of a letter, in the drawing's units
LABEL = "data-words"
Tree.register_namespace("", _SPACE)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The shapes and word places of a figure, in any language."""

    file: str
    root: Tree.Element

    @property
    def width(self) -> float:
        """The drawing's own units from edge to edge."""
        return float(self.root.get("viewBox", "0 0 0 0").split()[2])

    @property
    def places(self) -> tuple[Tree.Element, ...]:
        """Where words and numbers stand."""
        return tuple(each for each in self.root if _tag(each) == "text")

    @property
    def labels(self) -> frozenset[str]:
        """The names of the words that the drawing needs."""
        return frozenset(place.get(LABEL, "") for place in self.places) - {""}


@dataclass(frozen=True, slots=True)
class Lettering:
    """What a drawing is given in one language; `name` is its id in the page."""

    name: str
    title: str
    description: str
    labels: Mapping[str, str]


def read_drawing(path: Path) -> Drawing:
    """A figure.svg. Raises LibraryError if it is not XML with a sound viewBox."""
    text = read_file(path, check="figure-file")
    try:
        drawing = Drawing(str(path), Tree.fromstring(text))  # noqa: S314 - our own file
        _ = drawing.width
    except (Tree.ParseError, ValueError, IndexError) as fault:
        message = f"This is not a drawing: {fault}."
        remedy = 'Write SVG with a viewBox such as "0 0 360 300".'
        raise LibraryError([Problem(str(path), 1, "figure-svg", message, remedy)]) from None
    return drawing


def drawing_problems(drawing: Drawing) -> Iterator[Problem]:
    """Anything in the drawing that a page may not hold, or that cannot be translated."""
    for element in drawing.root.iter():
        known = _tag(element) in {*_SHAPES, "svg", "g", "text"}
        for stray in [] if known else [_tag(element)]:
            yield _problem(drawing, f"<{stray}> is not allowed.", "Draw it with shapes and text.")
        for stray in sorted(set(element.attrib) - _ATTRIBUTES):
            remedy = "Give it a class of figure.css."
            yield _problem(drawing, f"The attribute {stray} is not allowed.", remedy)
        words = (element.text or "").strip()
        if words and not words.isdecimal():
            remedy = f"Give it a name with {LABEL}, and the words in each words.<lang>.yaml."
            yield _problem(drawing, f"It holds the words {words!r}.", remedy)


def drawn(drawing: Drawing, lettering: Lettering) -> str:
    """The drawing as SVG for a page, with its title, description and labels."""
    mirrored = runs_from_right(lettering.title)
    about = {"role": "img", "class": "drawing", "viewBox": drawing.root.get("viewBox", "")}
    about["aria-labelledby"] = f"{lettering.name}-title {lettering.name}-about"
    root = Tree.Element(f"{{{_SPACE}}}svg", about)
    _say(root, "title", f"{lettering.name}-title", lettering.title)
    _say(root, "desc", f"{lettering.name}-about", lettering.description)
    turned = {"transform": f"matrix(-1 0 0 1 {drawing.width:g} 0)"} if mirrored else {}
    shapes = Tree.SubElement(root, f"{{{_SPACE}}}g", turned)
    shapes.extend(child for group in drawing.root if _tag(group) == "g" for child in group)
    root.extend(_lettered(drawing, place, lettering, mirrored=mirrored) for place in drawing.places)
    return Tree.tostring(root, encoding="unicode").replace("\n", "")


def too_wide(drawing: Drawing, labels: Mapping[str, str]) -> Iterator[str]:
    """The names of labels that would run over the drawing's edge."""
    for place in drawing.places:
        words = labels.get(place.get(LABEL, ""), "")
        classes = place.get("class", "")
        length = len(words) * _LETTER["f-small" if "f-small" in classes else ""]
        x = float(place.get("x", "0"))
        room = x if "f-end" in classes else drawing.width - x
        room = 2 * min(x, drawing.width - x) if "f-mid" in classes else room
        if length > room:
            yield place.get(LABEL, "")


def runs_from_right(words: str) -> bool:
    """Whether the first letter of some words belongs to a script that runs from right to left."""
    sides = (unicodedata.bidirectional(letter) for letter in words)
    return next((side for side in sides if side in {"L", "R", "AL"}), "L") != "L"


def _lettered(
    drawing: Drawing, place: Tree.Element, lettering: Lettering, *, mirrored: bool
) -> Tree.Element:
    attributes = {name: place.attrib[name] for name in place.attrib if name != LABEL}
    if mirrored:
        attributes["x"] = f"{drawing.width - float(attributes['x']):g}"
    written = Tree.Element(f"{{{_SPACE}}}text", attributes)
    written.text = lettering.labels.get(place.get(LABEL, ""), place.text)
    return written


def _say(root: Tree.Element, tag: str, name: str, words: str) -> None:
    Tree.SubElement(root, f"{{{_SPACE}}}{tag}", {"id": name}).text = words


def _tag(element: Tree.Element) -> str:
    return element.tag.removeprefix(f"{{{_SPACE}}}")


def _problem(drawing: Drawing, message: str, remedy: str) -> Problem:
    return Problem(drawing.file, 1, "figure-svg", message, remedy)
