"""The shape every topic must have, or the site does not start: sections, versions, fact markers.

May import: the domain and this room. Each check is a function from what was read to problems.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from webapp.domain.topic import ENGLISH, FactId, Phase, Status
from webapp.library.languages import LANGUAGES
from webapp.library.problem import Problem
from webapp.library.sections import HEADINGS, PASSAGE, WHEN_TO_CALL, Section
from webapp.library.topic_files import PageSource, TopicShelf, TopicSource

PLACEHOLDERS = ("{emergency_number}", "{crisis_line}", "{clinic_phone}", "{poison_line}")


def shape_problems(shelf: TopicShelf, facts: Collection[FactId]) -> Iterator[Problem]:
    """Every fault of shape on the shelf; `facts` are the ids there are."""
    for source in shelf.sources:
        yield from check_folder(source, Path(source.file).parent.name)
        for fact in source.head.facts:
            if fact not in facts:
                yield unknown_fact(source.file, 1, fact)
        for page in source.pages.values():
            yield from check_headings(page)
            yield from check_front(page)
            yield from check_translation(page, source.pages.get(ENGLISH))
            yield from check_facts(page, facts)
            yield from check_placeholders(page)
            for section in page.sections:
                yield from check_markers(section, page.file)


def unknown_fact(file: str, line: int, fact: str) -> Problem:
    """A fact id that stands for nothing."""
    message = f"There is no fact {fact}."
    return Problem(file, line, "fact-unknown", message, "Use an id of content/facts.yaml.")


def check_folder(topic: TopicSource, folder: str) -> Iterator[Problem]:
    """The id is the folder's name, English is there, and every language is one Thaw speaks."""
    if topic.head.id != folder:
        message = f"The id is {topic.head.id!r} in the folder {folder!r}."
        yield Problem(topic.file, 1, "topic-id", message, "Make the two the same.")
    if ENGLISH not in topic.pages:
        remedy = "Write en.md, or mend the faults named for it."
        yield Problem(topic.file, 1, "english-missing", "There are no English words.", remedy)
    for page in topic.pages.values():
        if page.lang not in LANGUAGES:
            message = f"Thaw does not speak {page.lang!r}."
            remedy = f"Name the file for one of: {', '.join(LANGUAGES)}."
            yield Problem(page.file, 1, "language", message, remedy)
    if Phase.ALL in topic.head.phases and len(topic.head.phases) > 1:
        message = "`all` stands beside other phases."
        yield Problem(topic.file, 1, "phases", message, "Keep `all`, or the others.")


def check_headings(page: PageSource) -> Iterator[Problem]:
    """The sections are the four that are known, in order, the first two always there."""
    found = [section.heading for section in page.sections]
    expected = [heading for heading in HEADINGS if heading in found]
    for heading in (PASSAGE, WHEN_TO_CALL):
        if heading not in found:
            message = f"The section `# {heading}` is missing."
            yield Problem(page.file, 1, "headings", message, "Write it.")
    if found != expected:
        message = f"The sections are {found}."
        remedy = f"Use exactly these, in this order: {list(HEADINGS)}."
        line = page.sections[0].line if page.sections else 1
        yield Problem(page.file, line, "headings", message, remedy)
    for section in page.sections:
        if not section.blocks:
            message = f"`# {section.heading}` is empty."
            yield Problem(page.file, section.line, "headings", message, "Fill it or remove it.")


def check_front(page: PageSource) -> Iterator[Problem]:
    """A signature is whole, and a review has a reviewer."""
    front = page.front
    signed = front.approved_by and front.approved_on
    if front.status is Status.APPROVED and not signed:
        message = "The status is approved without approved_by and approved_on."
        yield Problem(page.file, 2, "approval", message, "Name who signed and on what day.")
    if front.status is not Status.APPROVED and (front.approved_by or front.approved_on):
        message = f"approved_by or approved_on is filled while the status is {front.status}."
        yield Problem(page.file, 2, "approval", message, "Set them to null until it is signed.")
    if front.status is Status.REVIEWED and not front.reviewed_by:
        message = "The status is reviewed without reviewed_by."
        yield Problem(page.file, 2, "approval", message, "Name who read it.")


def check_translation(page: PageSource, english: PageSource | None) -> Iterator[Problem]:
    """A translation says which English version it was made from, and keeps up with it."""
    made_from = page.front.made_from
    if page.lang == ENGLISH:
        if made_from is not None:
            message = "made_from is filled, but English is what the others are made from."
            yield Problem(page.file, 2, "made-from", message, "Set made_from: null.")
        return
    newest = english.front.version if english else 0
    if made_from is None or not 1 <= made_from <= newest:
        message = f"made_from is {made_from}; the English is at version {newest}."
        remedy = "Give the English version that this was translated from."
        yield Problem(page.file, 2, "made-from", message, remedy)
    elif made_from < newest:
        message = f"Made from English version {made_from}, which is now {newest}: shown as stale."
        remedy = "Bring the translation up to date and raise made_from and version."
        yield Problem(page.file, 2, "stale", message, remedy, warning=True)


def check_markers(section: Section, file: str) -> Iterator[Problem]:
    """Every paragraph and bullet ends with a marker that names its facts."""
    for block in section.blocks:
        if block.is_heading:
            continue
        if block.unmarked:
            message = f"No facts are given for: {block.unmarked[:60]!r}."
            remedy = "End it with a marker such as [F54 F55], or [none] if it claims nothing."
            yield Problem(file, block.line, "fact-marker", message, remedy)
        if any(not said.text for said in block.statements):
            message = "A marker stands with no words before it."
            yield Problem(file, block.line, "fact-marker", message, "Put it after its sentence.")


def check_facts(page: PageSource, known: Collection[FactId]) -> Iterator[Problem]:
    """Every fact that a sentence rests on exists."""
    for section in page.sections:
        for block in section.blocks:
            for fact in dict.fromkeys(f for said in block.statements for f in said.facts):
                if fact not in known:
                    yield unknown_fact(page.file, block.line, fact)


def check_placeholders(page: PageSource) -> Iterator[Problem]:
    """Braces hold only the four placeholders that Thaw can fill."""
    for section in page.sections:
        for block in section.blocks:
            left = block.text
            for placeholder in PLACEHOLDERS:
                left = left.replace(placeholder, "")
            if "{" in left or "}" in left:
                message = f"An unknown placeholder: {block.text[:60]!r}."
                remedy = f"Use one of {', '.join(PLACEHOLDERS)}."
                yield Problem(page.file, block.line, "placeholder", message, remedy)
