"""Conversing: somebody asks; what was shown is kept, and danger reaches a human.

One transaction holds the turn, the flags of an urgent one, and its audit row. Act-now words do
not wait for the store: they are given even if nothing can be kept. May import: domain, library,
store and this room.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from webapp.domain.chat import Kind, Question, Reply, reply
from webapp.domain.checkin import Answers, Report
from webapp.domain.flag import Finding, Severity
from webapp.domain.review import folds_into
from webapp.domain.rule import evaluate
from webapp.domain.schedule import local_day
from webapp.domain.topic import TopicId
from webapp.domain.turn import MOST_LETTERS, Feedback, Turn, TurnOutcome
from webapp.journeys import flagging
from webapp.journeys.house import House
from webapp.journeys.judging import history_of, setup_for
from webapp.journeys.recognising import Asker, Keys, asker_of, who_asks
from webapp.store import (
    audits,
    checkins,
    flags,
    histories,
    prompts,
    throttles,
    turns,
)
from webapp.store.engine import AlreadyThere, StoreUnavailable, Transaction
from webapp.store.links import Holder

MOST_A_MINUTE = 60  # questions from one address
WORDS_KEPT_FOR = timedelta(days=90)  # then only the outcome is left, for counting
_MINUTE = 60  # seconds
_CRISIS = "R05-self-harm"
_UNCLEAR = "R28-data-or-unclear"  # for danger that no other rule names
_TRIES = 3


Ask = Callable[[House, str, str], Reply]  # the house, the words, the language


def from_the_shelf(house: House, words: str, lang: str) -> Reply:
    """What the chat makes of a question."""
    return reply(Question(words, lang), house.chat())


class SwitchedOff(Exception):
    """The clinic has turned the chat off."""


class TooMany(Exception):
    """This address has asked too often in this minute."""


class NotOffered(Exception):
    """There is no such turn, or it offered no such choice."""


@dataclass(frozen=True, slots=True)
class Said:
    """A turn and what is to be shown for it."""

    turn: Turn
    asker: Asker
    values: Mapping[str, float | str]
    kept: bool  # False: nothing was stored, so nobody else has been told


def say(  # noqa: PLR0913  (who, what, when, and how it is answered)
    house: House,
    keys: Keys,
    words: str,
    *,
    now: datetime,
    ask: Ask = from_the_shelf,
    even_off: bool = False,
) -> Said:
    """Answer a question, keep the turn, and raise a flag if it is urgent and she is known.

    Raises `SwitchedOff` unless `even_off`, or `TooMany` unless it is urgent.
    """
    asker = who_asks(house, keys, now)
    if not asker.is_on and not even_off:
        raise SwitchedOff
    answer = ask(house, words, keys.lang)
    turn = _turn_of(house, answer, words, now=now)
    for _ in range(_TRIES):
        try:
            return _keep(house, keys, turn, answer, now)
        except AlreadyThere:  # a clinician was at the same flag at this moment: look again
            continue
        except StoreUnavailable:
            break
    return Said(turn, asker, answer.values, kept=False)


def _turn_of(house: House, answer: Reply, words: str, *, now: datetime) -> Turn:
    turn = Turn(str(uuid4()), now, answer.lang, answer.kind, _OUTCOMES[answer.kind], words=words)
    if len(words) > MOST_LETTERS and not turn.is_urgent:
        return replace(turn, kind="decline", outcome=TurnOutcome.TOO_LONG)
    topic = house.library.topics.get(answer.topic) if answer.topic else None
    return replace(
        turn,
        topic=topic.id if topic else None,
        passage=topic.in_language(answer.lang).name if topic else None,
        offered=tuple(name for name in answer.alternatives if name in house.library.topics),
        rules=answer.rules,
    )


_OUTCOMES = {
    Kind.URGENT: TurnOutcome.URGENT_TOLD,
    Kind.ANSWER: TurnOutcome.ANSWERED,
    Kind.CHOOSE: TurnOutcome.OFFERED,
    Kind.CHECK_IN: TurnOutcome.READ_BACK_ONLY,
    Kind.SMALL_TALK: TurnOutcome.SMALL_TALK,
    Kind.DECLINE: TurnOutcome.DECLINED,
}


def _keep(house: House, keys: Keys, turn: Turn, answer: Reply, now: datetime) -> Said:
    with house.store.begin() as tx:
        asker = asker_of(tx, keys, now, alone=turn.is_urgent)
        crowded = _is_crowded(tx, keys, now)
        kept = not crowded or (turn.is_urgent and asker.holder is not None)
        if kept:
            turn = _stored(house, tx, asker, turn)
    if crowded and not turn.is_urgent:
        raise TooMany
    return Said(turn, asker, answer.values, kept=kept)


def _is_crowded(tx: Transaction, keys: Keys, now: datetime) -> bool:
    bucket = f"chat:{tx.keyring.mark('chat', keys.address)}"
    return throttles.count(tx, bucket, now, seconds=_MINUTE) > MOST_A_MINUTE


def _stored(house: House, tx: Transaction, asker: Asker, turn: Turn) -> Turn:
    holder = asker.holder
    turn = replace(
        turn,
        clinic_id=asker.clinic.id if asker.clinic else None,
        patient_id=holder.patient.id if holder else None,
    )
    turn = _known(house, tx, holder, turn) if holder else _unknown(turn)
    turns.add(tx, turn)
    turns.forget_words(tx, turn.at - WORDS_KEPT_FOR)
    record(tx, turn, "chat.ask", now=turn.at)
    return turn


def _unknown(turn: Turn) -> Turn:
    crisis = turn.is_urgent and _CRISIS in turn.rules
    return replace(turn, outcome=TurnOutcome.CRISIS_TOLD) if crisis else turn


def _known(house: House, tx: Transaction, holder: Holder, turn: Turn) -> Turn:
    """The turn of a patient whom we know: what is urgent becomes a flag."""
    if turn.outcome is TurnOutcome.READ_BACK_ONLY:
        return replace(turn, outcome=TurnOutcome.READ_BACK)
    if not turn.is_urgent:
        return turn
    day = local_day(turn.at, holder.patient.timezone)
    found = _findings(house, tx, holder, turn)
    standing = flags.open_of_patient(tx, holder.patient.id)
    raised = flagging.Raised(holder, f"{flagging.CHAT}{turn.id}", day, found, turn.at)
    new = flagging.raise_flags(house, tx, raised)
    again = [flag for one in found if (flag := folds_into(one, day, standing)) is not None]
    outcome = TurnOutcome.URGENT_FLAGGED if new else TurnOutcome.URGENT_SEEN_AGAIN
    if _CRISIS in turn.rules:
        outcome = TurnOutcome.CRISIS_FLAGGED
    return replace(turn, outcome=outcome, flags=tuple(flag.id for flag in (*new, *again)))


def _findings(house: House, tx: Transaction, holder: Holder, turn: Turn) -> tuple[Finding, ...]:
    """What the rules that her words met find, in the light of what she reported so far."""
    patient, book = holder.patient, house.library.rules
    today = local_day(turn.at, patient.timezone)
    days = checkins.last_of_each_day(histories.in_brief(tx, patient.id))
    missed = prompts.missed_before(tx, patient.id, today)
    earlier = history_of([day for day in days if day.local_day < today], missed)
    answers = next((day.answers for day in days if day.local_day == today), Answers())
    rules = _rules(house, turn)
    report = Report(patient.pod(today), answers, said=frozenset(rules))
    judged = evaluate(book, setup_for(house, patient), (*earlier, report))
    found = {one.rule: replace(one, severity=Severity.URGENT) for one in judged}
    return tuple(found.get(rule) or _bare(house, rule, report.pod) for rule in rules)


def _rules(house: House, turn: Turn) -> tuple[str, ...]:
    """The rules that her words met; where they only sounded dangerous, one that fits them."""
    book = house.library.rules.rules
    met = tuple(rule for rule in turn.rules if rule in book)
    fitting = (
        name
        for name, rule in book.items()
        if any(
            part.advice == turn.topic and part.held.severity is Severity.URGENT
            for part in rule.parts
        )
    )
    return met or (next(fitting, _UNCLEAR),)


def _bare(house: House, rule_id: str, pod: int) -> Finding:
    """A finding for words whose numbers nobody knows: what was urgent is never dropped."""
    rule = house.library.rules.rules[rule_id]
    because = "Told to the chat in her own words."
    return Finding(pod, rule.id, rule.version, Severity.URGENT, because, rule.parts[0].advice)


def choose(house: House, keys: Keys, turn_id: str, topic: str, *, now: datetime) -> Said:
    """Show one of the choices that a turn offered. Raises `NotOffered`."""
    with house.store.begin() as tx:
        offered = turns.by_id(tx, turn_id)
        asker = asker_of(tx, keys, now)
        if offered is None or topic not in offered.offered:
            raise NotOffered
        words = house.library.topics[TopicId(topic)].in_language(keys.lang)
        turn = Turn(str(uuid4()), now, keys.lang, "answer", TurnOutcome.CHOSEN)
        turn = _stored(house, tx, asker, replace(turn, topic=topic, passage=words.name))
    return Said(turn, asker, {}, kept=True)


def settle_numbers(house: House, keys: Keys, *, sent: bool, now: datetime) -> None:
    """Count what came of numbers that were read back: sent as a check-in, or not.

    A check-in is stored before this, so a store that is away now changes nothing for her.
    """
    outcome = TurnOutcome.CHECKED_IN if sent else TurnOutcome.NOT_SENT
    turn = Turn(str(uuid4()), now, keys.lang, "checkin", outcome)
    with suppress(StoreUnavailable), house.store.begin() as tx:
        _stored(house, tx, asker_of(tx, keys, now), turn)


def rate(house: House, turn_id: str, feedback: Feedback, *, now: datetime) -> Turn | None:
    """Keep what the asker says of a turn; None if there is no such turn."""
    with house.store.begin() as tx:
        turn = turns.by_id(tx, turn_id)
        if turn is not None:
            turns.rate(tx, turn_id, feedback)
            record(tx, turn, "chat.rate", now=now)
    return turn


def record(tx: Transaction, turn: Turn, action: str, *, now: datetime) -> None:
    """The audit row of a turn. One that belongs to no clinic has no trail to stand in."""
    if turn.clinic_id is None:
        return
    who = f"patient:{turn.patient_id}" if turn.patient_id else "visitor"
    done = audits.Action(
        clinic_id=turn.clinic_id,
        actor=who,
        action=action,
        subject=f"chat_turn:{turn.id}",
        channel="chat",
        at=now,
        patient_id=turn.patient_id,
        values={"new": {"outcome": turn.outcome, "flags": list(turn.flags)}},
    )
    audits.record(tx, done)


def forget_old_words(house: House, now: datetime) -> int:
    """Destroy what was asked longer ago than words are kept; the clock does it at every pass."""
    with house.store.begin() as tx:
        return turns.forget_words(tx, now - WORDS_KEPT_FOR)
