"""P8: what is due is queued, beside plain SQL that stores the same rows in one transaction.

May import: webapp and the rest of bench.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text

from bench.enrolled import RANDOM_ID, Place, ask_in_bulk
from bench.race import Race, Verdict, cost_of
from webapp.journeys import prompting

LEAST = 0.4  # times the rate of the plain SQL
_FEW = 2000  # rows in all: turns of few rows are timed more often, up to
_MOST_TURNS = 25

_PLAIN = (
    """INSERT INTO prompt (id, patient_id, clinic_id, local_day, pod, due_at, remind_at, closes_at,
    state, later) SELECT {id}, id, clinic_id, {day}, 3, next_due_at, next_due_at, {closes}, 'due',
    false FROM patient WHERE next_due_at <= {now} ON CONFLICT DO NOTHING""",
    """INSERT INTO message (id, clinic_id, patient_id, prompt_id, local_day, purpose, channel,
    dedupe, state, queued_at, try_at, not_after, attempts)
    SELECT {id}, a.clinic_id, a.id, b.id, {day}, 'check-in', a.channel,
    'check-in:' || a.id || ':{plain_day}:email', 'queued', {now}, {now}, {closes}, 0
    FROM patient a JOIN prompt b ON b.patient_id = a.id AND b.local_day = {day}
    WHERE a.next_due_at <= {now} ON CONFLICT DO NOTHING""",
    "UPDATE patient SET next_due_at = {closes} WHERE next_due_at <= {now}",
)
_CASTS = {
    "sqlite": {"day": "'{}'", "now": "'{}'"},
    "postgresql": {"day": "date '{}'", "now": "timestamptz '{}+00'"},
}


def plainly(place: Place) -> None:
    """The same rows, by plain SQL in one transaction: what a loop in the database costs."""
    at, name = place.now.replace(tzinfo=None), place.house.store.engine.dialect.name
    cast = _CASTS[name]
    given = {
        "id": RANDOM_ID[name],
        "day": cast["day"].format(at.date()),
        "plain_day": at.date(),
        "now": cast["now"].format(at),
        "closes": cast["now"].format(at + timedelta(days=1)),
    }
    with place.house.store.engine.begin() as connection:
        for statement in _PLAIN:
            connection.exec_driver_sql(statement.format(**given))


def queue_all(place: Place) -> None:
    """Ours."""
    prompting.queue_all_due(place.house, place.now)


def queueing(place: Place, due: int, rounds: int) -> Iterator[Verdict]:
    """So many due at once, as many times as it takes to tell."""
    race = Race(due)
    for number in range(max(rounds, min(_MOST_TURNS, _FEW // due)) + 1):
        for times, work in ((race.plain, plainly), (race.ours, queue_all)):
            place.now += timedelta(minutes=1)
            ask_in_bulk(place, due)
            if not number:  # many more patients: a database looks at such a table again by itself
                _look_again(place)
            cost = cost_of(lambda do=work: do(place))
            if number:  # the first warms it up
                times.append(cost)
            _forget(place, due)
    yield race.verdict(f"P8 queueing {due:,} who are due", LEAST)


def _look_again(place: Place) -> None:
    with place.by_hand() as connection:
        connection.execute(text("ANALYZE patient"))


def _forget(place: Place, due: int) -> None:
    """Let nobody of this turn be due, or be sent to, in the next; all of them were queued."""
    with place.by_hand() as connection:
        left = connection.execute(text("SELECT count(*) FROM patient WHERE next_due_at <= :now"),
                                  {"now": str(place.now)})  # fmt: skip
        queued = connection.execute(
            text("UPDATE message SET state = 'cancelled' WHERE state = 'queued'")
        )
        connection.execute(text("UPDATE prompt SET state = 'cancelled' WHERE state = 'due'"))
        connection.execute(
            text("UPDATE patient SET next_due_at = NULL WHERE next_due_at IS NOT NULL")
        )
    if (int(left.scalar_one()), queued.rowcount) != (0, due):
        raise RuntimeError(f"of {due} who were due {queued.rowcount} were queued")
