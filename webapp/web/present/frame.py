"""The frame of a chart: where a day and a value fall, and the axes. May import: the standard
library, markupsafe, numbers.

Everything is drawn by classes; colours, stroke and type come from static/chart.css.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from webapp.web.present.numbers import decimal

LONGEST_EVEN_SPAN = 42  # days; past this each asked day gets an equal slot instead
MOST_DAY_LABELS = 10
DIGIT = 7  # units that a digit of a label takes
GAP = 12  # units between the axis and the first day


@dataclass(frozen=True, slots=True)
class Frame:
    """A drawing 360 units wide: maps postoperative days and values to places.

    `rtl` mirrors it, so that time runs the way the reader reads.
    """

    pods: tuple[int, ...]
    top: float
    height: int = 190
    width: int = 360
    end: int = 14  # units kept free after the last day
    rtl: bool = False

    @property
    def floor(self) -> int:
        """Where zero lies."""
        return self.height - 40

    def x(self, pod: int) -> float:
        """The place of a postoperative day, mirrored for right-to-left."""
        first, last = 30 + GAP, self.width - self.end - GAP
        return self.turned(round(first + (last - first) * self._share(pod), 1))

    def y(self, value: float) -> float:
        """The place of a value; above the top it stays at the top."""
        share = min(max(value / self.top, 0), 1)
        return round(self.floor - share * (self.floor - 12), 1)

    def turned(self, x: float) -> float:
        """The same place in a mirrored drawing."""
        return round(self.width - x, 1) if self.rtl else x

    def _share(self, pod: int) -> float:
        first, last = self.pods[0], self.pods[-1]
        if last == first:
            return 0.5
        if last - first <= LONGEST_EVEN_SPAN:
            return (pod - first) / (last - first)
        return self.pods.index(pod) / (len(self.pods) - 1)

    def anchor(self, side: str) -> str:
        """The text anchor ("start" or "end") on this side as the reader sees it."""
        return {"start": "end", "end": "start"}[side] if self.rtl else side


def element(name: str, body: str | Markup = "", **attributes: object) -> Markup:
    """One SVG element; `class_` becomes class, and underscores become hyphens."""
    pairs = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), value)
        for key, value in attributes.items()
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), pairs, escape(body))  # noqa: S704


def text(x: float, y: float, words: str, anchor: str = "middle", class_: str = "label") -> Markup:
    """Words at a place. Figures run left to right in every language."""
    return element("text", words, x=x, y=y, text_anchor=anchor, class_=class_, direction="ltr")


def axes(frame: Frame, x_label: str, steps: Sequence[float]) -> Markup:
    """Grid lines with their values, the ground line, the days and what they count."""
    left, right = frame.turned(30), frame.turned(frame.width - frame.end)
    rows = [
        element("path", d=f"M{left} {frame.y(at)}H{right}", class_="c-grid")
        + text(frame.turned(24), frame.y(at) + 4, decimal(at), frame.anchor("end"))
        for at in steps
    ]
    ground = element("path", d=f"M{left} {frame.floor}H{right}", class_="c-axis")
    days = [text(frame.x(pod), frame.floor + 17, decimal(pod)) for pod in labelled(frame)]
    middle = element("text", x_label, x=frame.width / 2, y=frame.height - 6, text_anchor="middle")
    return Markup("").join([*rows, ground, *days, middle])


def second_scale(frame: Frame, steps: Sequence[float], value: Callable[[float], float]) -> Markup:
    """The same grid lines named in another unit on the far side."""
    x = frame.turned(frame.width - frame.end + 5)
    return Markup("").join(
        text(x, frame.y(at) + 4, decimal(value(at)), frame.anchor("start")) for at in steps
    )


def labelled(frame: Frame) -> tuple[int, ...]:
    """The days that get a number: all if few, else the first and whole weeks; none may touch."""
    few = len(frame.pods) <= MOST_DAY_LABELS
    kept: list[int] = []
    for pod in frame.pods:
        named = few or pod == frame.pods[0] or pod % 7 == 0
        if named and not (kept and _touch(frame, kept[-1], pod)):
            kept.append(pod)
    return tuple(kept)


def _touch(frame: Frame, before: int, after: int) -> bool:
    """Whether the numbers of two days would stand closer than half a digit."""
    digits = (len(decimal(before)) + len(decimal(after)) + 1) / 2
    return abs(frame.x(after) - frame.x(before)) < digits * DIGIT


def steps_to(top: float) -> tuple[float, ...]:
    """Zero, the middle and the top."""
    return (0.0, top / 2, top)


def nice_top(values: Sequence[float], least: float) -> float:
    """An even number at or above every value and at least `least`."""
    highest = max([least, *values])
    return float(-(-highest // 2) * 2)


def drawing(frame: Frame, name: str, words: tuple[str, str], body: Markup) -> Markup:
    """The finished drawing with a title and a description for screen readers."""
    title = element("title", words[0], id=f"{name}-t")
    described = element("desc", words[1], id=f"{name}-d")
    return element(
        "svg",
        title + described + body,
        viewBox=f"0 0 {frame.width} {frame.height}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
    )
