"""The operators of a rule that look at earlier check-ins of the same recovery.

May import: the standard library, and the condition, flag and moment of this room.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from webapp.domain.condition import DIGITS, Condition, Reader, Spec
from webapp.domain.flag import Severity
from webapp.domain.moment import Moment


def rose(detail: Spec, read: Reader) -> Condition:
    """`{item, by}`: above its last answer; with `within_days`: above any answer that recent."""
    item, by = read.number_item(detail["item"]), read.number(detail["by"])
    days = detail.get("within_days")

    def rise(moment: Moment) -> bool | None:
        now = moment.numbers[item]
        if now is None:
            return None
        if days is None:
            earlier = islice(moment.answers_before(item), 1)
            return any(round(now - value, DIGITS) >= by for value in earlier)
        recent = (seen.numbers[item] for seen in _within(moment, days) if not seen.missed)
        return any(value is not None and round(now - value, DIGITS) >= by for value in recent)

    return rise


def climbing(detail: Spec, read: Reader) -> Condition:
    """`{item, answers}`: the last so many answers, ending now, each higher than the one before."""
    item, answers = read.number_item(detail["item"]), int(read.number(detail["answers"]))

    def climb(moment: Moment) -> bool | None:
        higher = moment.numbers[item]
        if higher is None:
            return None
        steps = 1
        for lower in islice(moment.answers_before(item), answers - 1):
            if lower >= higher:
                return False
            higher, steps = lower, steps + 1
        return steps == answers

    return climb


def in_a_row(detail: Spec, read: Reader) -> Condition:
    """`{of, times}` or `{of, days}`: true now and back over check-ins that can be judged.

    What cannot be judged is stepped over, unless `broken_by` is true there.
    """
    of = read.condition(detail["of"], "of")
    breaks = read.condition(detail["broken_by"], "broken_by") if "broken_by" in detail else None
    times, days = detail.get("times"), detail.get("days")
    if (times is None) == (days is None):
        raise read.fault("A run is counted in times or in days.", "Give one of the two.")

    def run(moment: Moment) -> bool | None:
        now = of(moment)
        if not now:
            return now
        length = 1
        for seen in moment.before():
            state = of(seen)
            if state is False or (state is None and breaks is not None and breaks(seen)):
                return False
            length += bool(state)
            if state and (length == times or (days is not None and moment.pod - seen.pod >= days)):
                return True
        return False

    return run


def earlier(detail: Spec, read: Reader) -> Condition:
    """`{some: condition, within_days}` or `{every: condition, of_last: n}` among the earlier.

    `every` looks at the n nearest check-ins where the condition can be judged; fewer is false.
    """
    if "every" in detail:
        return _every_earlier(
            read.condition(detail["every"], "every"), int(read.number(detail["of_last"]))
        )
    some, days = read.condition(detail["some"], "some"), detail.get("within_days")

    def happened(moment: Moment) -> bool:
        earlier = moment.before() if days is None else _within(moment, days)
        return any(some(seen) is True for seen in earlier)

    return happened


def _every_earlier(every: Condition, of_last: int) -> Condition:
    def always(moment: Moment) -> bool:
        states = (every(seen) for seen in moment.before())
        judged = list(islice((state for state in states if state is not None), of_last))
        return len(judged) == of_last and all(judged)

    return always


def _within(moment: Moment, days: float) -> Iterable[Moment]:
    """The due check-ins at most `days` before this one, nearest first."""
    for seen in moment.due_before():
        if moment.pod - seen.pod > days:
            return
        yield seen


def missed(detail: Spec, read: Reader) -> Condition:
    """`missed: n`: this due check-in and the n - 1 before it were all missed."""
    others = int(read.number(detail)) - 1

    def silent(moment: Moment) -> bool:
        if not moment.missed:
            return False
        before = [seen.missed for seen in islice(moment.due_before(), others)]
        return len(before) == others and all(before)

    return silent


def fired_before(detail: Spec, read: Reader) -> Condition:
    """`{severities, within_days}`: by any rule at a due check-in that recent."""
    severities = frozenset(Severity(name) for name in detail["severities"])
    days = read.number(detail["within_days"])

    def flagged(moment: Moment) -> bool:
        recent = _within(moment, days)
        return any(bool(moment.judge(seen)) and seen.holds_any(severities) for seen in recent)

    return flagged
