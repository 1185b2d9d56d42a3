"""The living page of the design: every component in every state, language and mode; demo only.

It is made of the same macros as the pages, so that it cannot show what they do not. May import:
flask, markupsafe, journeys, present, language and this room.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _  # type: ignore[import-untyped]
from markupsafe import Markup

from webapp.domain.checkin import SleepTrouble
from webapp.domain.cohort import Measure
from webapp.domain.instrument import Item
from webapp.journeys import comparing
from webapp.journeys.house import House
from webapp.web.demo import blueprint
from webapp.web.gate import Door, open_to
from webapp.web.language import Language, languages, speaking
from webapp.web.present import palette
from webapp.web.present.beside import beside_of
from webapp.web.present.chart import Chart, Day, Series, Words
from webapp.web.present.charts import bar_chart, line_chart
from webapp.web.present.sleep_chart import Night, sleep_chart
from webapp.web.present.topic_page import LEVELS, TopicLink

PAIN = (3.0, 5.0, None, 2.0, 0.0)  # days 1 to 5; the third was asked and not answered
WORST = (5.0, 7.0, None, 4.0, 1.0)
SLEEP = (SleepTrouble.A_LOT, SleepTrouble.A_LITTLE, None, SleepTrouble.NONE, SleepTrouble.NONE)
DAY = datetime(2026, 11, 20, 9, 40, tzinfo=UTC)


@blueprint.get("/design")
@open_to(Door.DEMO)
def design() -> ResponseReturnValue:
    """Every component, in each language, in each mode."""
    modes = [(mode, palette.colours_of(mode), palette.pairs(mode)) for mode in palette.MODES]
    panels = [(mode, panel(mode, one)) for mode in palette.MODES for one in languages().values()]
    return render_template("demo/design.html", modes=modes, panels=panels)


@blueprint.get("/design/modes.css")
@open_to(Door.DEMO)
def design_modes() -> ResponseReturnValue:
    """Each mode's colours under a class of its own, from the same sheet as the pages'."""
    return Response(palette.mode_sheet(), mimetype="text/css")


def panel(mode: str, language: Language) -> Markup:
    """All components in one mode and one language."""
    with speaking(language.code):
        name = f"{mode}-{language.code}"
        words = {"panel": name, "mode": mode, "day": DAY, **_samples(language, name)}
        shown = render_template("demo/_panel.html", **words)
    return Markup(shown)  # noqa: S704 - rendered by our own template


def _samples(language: Language, panel_name: str) -> dict[str, object]:
    items = _house().library.instrument.items
    return {
        "pain": _said(items["nrs_avg"], language.code),
        "tablets": _said(items["tablets"], language.code),
        "sleep": _said(items["sleep_trouble"], language.code),
        "signs": _signs(language.code),
        "charts": _charts(language, panel_name),
        "by_text": _house().library.text_words.how_to_answer(language.code),
        "topics": _topics(language.code),
    }


def _house() -> House:
    house: House = current_app.extensions["thaw"]
    return house


def _said(item: Item, lang: str) -> dict[str, object]:
    own = item.words.get(lang, item.words["en"])
    options = [{"value": one, "label": own.choices.get(one, one)} for one in item.choices]
    ends = {0: own.low, 5: _("In between"), 10: own.high}
    return {"ask": own.question, "help": own.help, "ends": ends, "options": options}


def _signs(lang: str) -> list[dict[str, object]]:
    """Two signs that need help at once and two that do not, as the check-in groups them."""
    signs = _house().library.signs
    chosen = ((True, signs[:2]), (False, signs[-2:]))
    return [
        {
            "title": _("Breathing or chest") if alarm else _("Things many people notice"),
            "alarm": alarm,
            "open": True,
            "options": [
                {"value": one.id, "label": one.words.get(lang, one.words["en"])} for one in some
            ],
        }
        for alarm, some in chosen
    ]


def _charts(language: Language, panel_name: str) -> tuple[Chart, ...]:
    """Names differ by panel: an id may stand in a page once."""
    rtl = language.dir == "rtl"

    def words(name: str, title: str) -> Words:
        axis, about = _("days since the procedure"), _("A cross marks a day without an answer.")
        return Words(f"{panel_name}-{name}", title, axis, about, rtl)

    average, worst = Series(_("average"), _days(PAIN)), Series(_("worst"), _days(WORST))
    nights = [Night(pod, trouble, 1) for pod, trouble in enumerate(SLEEP, start=1)]
    usual = comparing.usual_for(_house().library, comparing.SURGERY)
    groups = beside_of(usual, Measure.NRS_AVG, language.code)
    return (
        line_chart((average, worst), words("pain", _("My pain, 0 to 10")), groups=groups),
        bar_chart(Series(_("tablets"), _days(WORST)), words("tablets", _("My tablets"))),
        sleep_chart(nights, words("sleep", _("My sleep"))),
    )


def _days(values: tuple[float | None, ...]) -> tuple[Day, ...]:
    return tuple(Day(pod, value) for pod, value in enumerate(values, start=1))


def _topics(lang: str) -> tuple[TopicLink, ...]:
    """One page of each level of care, and how long it takes to read."""
    every = _house().library.topics.values()
    firsts = [next(one for one in every if one.urgency is urgency) for urgency in LEVELS]
    return tuple(
        TopicLink(words.title, f"/{lang}/topics/{one.id}", level, words.lang, one.id, words.minutes)
        for one, level in zip(firsts, LEVELS.values(), strict=True)
        if (words := one.in_language(lang))
    )
