"""Where a topic stands: its facts used, its memory checked, its review due, its place in the list.

May import: the domain and this room. Each check is a function from what was read to problems.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from webapp.domain.topic import ENGLISH, FactId, Status, TopicGroup
from webapp.library.problem import Problem
from webapp.library.topic_files import PageSource, TopicSource


def check_topic_facts(topic: TopicSource) -> Iterator[Problem]:
    """Each fact that the answer must cover is used in the English words."""
    english = topic.pages.get(ENGLISH)
    if english is None:
        return
    used = {fact for part in english.sections for fact in part.passage.facts}
    for fact in topic.head.facts:
        if fact not in used:
            message = f"No sentence of en.md rests on {fact}."
            remedy = "Say what it says, or take it off the list."
            yield Problem(topic.file, 1, "fact-unused", message, remedy, warning=True)


def check_same_facts(topic: TopicSource) -> Iterator[Problem]:
    """A translation rests on what the English rests on, no more and no less."""
    english = topic.pages.get(ENGLISH)
    for page in topic.pages.values():
        if english is None or page is english:
            continue
        for part in english.sections:
            twin = page.section(part.heading)
            there = set(twin.passage.facts) if twin else set[FactId]()
            differ = sorted(there.symmetric_difference(part.passage.facts))
            if differ:
                message = f"`# {part.heading}` and the English differ in {', '.join(differ)}."
                remedy = "Make the translation say what the English says."
                line = twin.line if twin else 1
                yield Problem(page.file, line, "facts-differ", message, remedy, warning=True)


def check_memory(page: PageSource, unchecked: Collection[FactId]) -> Iterator[Problem]:
    """A sentence that rests on nothing but memory waits for a clinician's check.

    English only: translations say the same, and a signature ends the waiting.
    """
    if page.lang != ENGLISH or page.front.status is Status.APPROVED:
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
