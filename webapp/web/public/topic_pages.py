"""The reading list and each topic's page. May import: journeys, the domain, flask and this room."""

from __future__ import annotations

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.domain.topic import Phase
from webapp.journeys import reading
from webapp.web.gate import Door, open_to
from webapp.web.language import languages
from webapp.web.present.topic_page import LinkGroup, link_groups, topic_page
from webapp.web.public import blueprint
from webapp.web.public.kept import kept
from webapp.web.public.reader import house, link, place, visitor


@blueprint.get("/<lang:lang>/topics/")
@open_to(Door.PUBLIC)
@kept
def topics() -> ResponseReturnValue:
    """Every topic, under its heading."""
    return _list(None)


@blueprint.get("/<lang:lang>/topics/phase/<phase>")
@open_to(Door.PUBLIC)
@kept
def topics_of_phase(phase: str) -> ResponseReturnValue:
    """The topics for one part of a recovery."""
    if phase not in phase_words():
        abort(404)
    return _list(Phase(phase))


@blueprint.get("/<lang:lang>/topics/<topic_id>")
@open_to(Door.PUBLIC)
@kept
def topic(topic_id: str) -> ResponseReturnValue:
    """One topic: the urgent part first, then the passage, when to call, and the rest."""
    opened = reading.open_topic(house().library, topic_id, visitor())
    if opened is None:
        abort(404)
    page = topic_page(opened, link)
    known = languages().get(page.lang)
    words = {**place(), "page": page, "page_dir": known.dir if known else "ltr"}
    return render_template("public/topic.html", **words)


@blueprint.get("/<lang:lang>/topics/phase/<phase>/all")
@open_to(Door.PUBLIC)
@kept
def whole_phase(phase: str) -> ResponseReturnValue:
    """Every page that was written for one part of a recovery, to print or to keep."""
    if phase not in phase_words():
        abort(404)
    reader, library = visitor(), house().library
    opened = reading.whole_phase(library, reader, Phase(phase))
    return render_template(
        "public/whole_phase.html",
        phase={"value": phase, "label": phase_titles()[phase]},
        pages=[topic_page(one, link) for one in opened],
        **place(),
    )


def phase_words() -> dict[str, str]:
    """The parts of a recovery that have a list of their own, in order, as the reader says them."""
    return {
        Phase.BEFORE.value: gettext("Before"),
        Phase.DAY_OF.value: gettext("The day"),
        Phase.FIRST_WEEK.value: gettext("First week"),
        Phase.WEEKS.value: gettext("Later weeks"),
        Phase.MONTHS.value: gettext("Months later"),
    }


def phase_titles() -> dict[str, str]:
    """The same as a page is headed, on a screen and on paper."""
    return {
        Phase.BEFORE.value: gettext("Before the procedure"),
        Phase.DAY_OF.value: gettext("The day itself"),
        Phase.FIRST_WEEK.value: gettext("The first week"),
        Phase.WEEKS.value: gettext("The weeks after that"),
        Phase.MONTHS.value: gettext("Months later"),
    }


def _list(phase: Phase | None) -> str:
    everything = {
        "label": gettext("All"),
        "href": url_for("public.topics"),
        "here": phase is None,
    }
    phases = [
        {
            "label": label,
            "value": value,
            "title": phase_titles()[value],
            "href": url_for("public.topics_of_phase", phase=value),
            "here": phase is not None and value == phase.value,
        }
        for value, label in phase_words().items()
    ]
    reader = visitor()
    found = reading.reading_list(house().library, reader, phase)
    here = next((one for one in phases if one["here"]), None)
    return render_template(
        "public/topics.html",
        groups=link_groups(found, reader.lang, link),
        first_reads=_first_reads(phase, reader.lang),
        phases=[everything, *phases],
        phase=here,
        **place(),
    )


def _first_reads(phase: Phase | None, lang: str) -> list[LinkGroup]:
    """What to start with in one part of a recovery; nothing where everything is listed."""
    if phase is None:
        return []
    found = reading.first_reads(house().library, phase)
    return [
        LinkGroup(pathway.name(lang), tuple(map(link, topics)), pathway.id)
        for pathway, topics in found
    ]
