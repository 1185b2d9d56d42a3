"""What every topic must be: the shape of its files, and the facts its sentences rest on.

May import: the domain and this room. Each check is a function from what was read to problems.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from webapp.domain.topic import ENGLISH, FactId, Phase, Status, TopicGroup
from webapp.library.problem import Problem
from webapp.library.sections import HEADINGS, PASSAGE, WHEN_TO_CALL, Section
from webapp.library.topic_files import LANGUAGES, PageSource, TopicSource


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
                    remedy = "Use an id of content/facts.yaml."
                    message = f"There is no fact {fact}."
                    yield Problem(page.file, block.line, "fact-unknown", message, remedy)


def check_topic_facts(topic: TopicSource, known: Collection[FactId]) -> Iterator[Problem]:
    """The topic's facts exist, and each is used in the English words."""
    english = topic.pages.get(ENGLISH)
    used = {f for part in english.sections for f in part.passage.facts} if english else set()
    for fact in topic.head.facts:
        if fact not in known:
            message = f"There is no fact {fact}."
            remedy = "Use an id of content/facts.yaml."
            yield Problem(topic.file, 1, "fact-unknown", message, remedy)
        elif english and fact not in used:
            message = f"No sentence of en.md rests on {fact}."
            remedy = "Say what it says, or take it off the list."
            yield Problem(topic.file, 1, "fact-unused", message, remedy, warning=True)


def check_memory(page: PageSource, unchecked: Collection[FactId]) -> Iterator[Problem]:
    """A sentence that rests on nothing but memory waits for a clinician's check."""
    if page.front.status is Status.APPROVED:
        return
    for section in page.sections:
        for block in section.blocks:
            for said in block.statements:
                if said.facts and all(fact in unchecked for fact in said.facts):
                    message = (
                        f"Rests on memory alone ({', '.join(said.facts)}): {said.text[:60]!r}."
                    )
                    remedy = "A clinician must check it before a patient sees it."
                    yield Problem(
                        page.file, block.line, "memory-only", message, remedy, warning=True
                    )


def check_review_by(topic: TopicSource, today: date) -> Iterator[Problem]:
    """The day by which somebody must look again has not passed."""
    if topic.head.review_by < today:
        message = f"It was due for review on {topic.head.review_by}."
        remedy = "Read it again, sign it and set a new review_by."
        yield Problem(topic.file, 1, "review-due", message, remedy, warning=True)


def check_index(
    groups: tuple[TopicGroup, ...], present: Collection[str], *, file: str, complete: bool
) -> Iterator[Problem]:
    """Every topic is on the reading list once, and every topic of the list is written."""
    listed = [topic for group in groups for topic in group.topics]
    for topic in sorted({topic for topic in listed if listed.count(topic) > 1}):
        yield Problem(file, 1, "index", f"{topic} is listed twice.", "Keep one.")
    for unknown in sorted(set(present) - set(listed)):
        message = f"The topic {unknown} is not on the reading list."
        yield Problem(file, 1, "index", message, "Add it under a heading, or correct its id.")
    missing = [topic for topic in listed if topic not in present]
    if missing:
        message = f"{len(missing)} topics not written yet: {', '.join(missing)}."
        yield Problem(file, 1, "topic-missing", message, "Write them.", warning=not complete)
