"""The closed set of operators that a flag rule may be built from, each a few lines.

May import: the standard library, and the condition, flag, lookback and moment of this room.
The table at the end is the whole set; those that look back in time stand in lookback.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import ge, gt, le

from webapp.domain import lookback
from webapp.domain.condition import Condition, Operator, Reader, Spec, filled
from webapp.domain.flag import Severity
from webapp.domain.moment import Moment


def _all(detail: Spec, read: Reader) -> Condition:
    conditions = read.conditions(detail)

    def every_one(moment: Moment) -> bool | None:
        answer: bool | None = True
        for condition in conditions:
            state = condition(moment)
            if state is False:
                return False
            if state is None:
                answer = None
        return answer

    return every_one


def _any(detail: Spec, read: Reader) -> Condition:
    conditions = read.conditions(detail)

    def at_least_one(moment: Moment) -> bool | None:
        answer: bool | None = False
        for condition in conditions:
            state = condition(moment)
            if state:
                return True
            if state is None:
                answer = None
        return answer

    return at_least_one


def _not(detail: Spec, read: Reader) -> Condition:
    condition = read.condition(detail)

    def the_opposite(moment: Moment) -> bool | None:
        state = condition(moment)
        return None if state is None else not state

    return the_opposite


def _comparing(
    compare: Callable[[float, float], bool],
) -> Operator:
    def comparison(detail: Spec, read: Reader) -> Condition:
        left_spec, right_spec = read.pair(detail)
        left, right = read.operand(left_spec), read.operand(right_spec)

        def compared(moment: Moment) -> bool | None:
            first, second = left(moment), right(moment)
            return None if first is None or second is None else compare(first, second)

        return compared

    return comparison


def _is(detail: Spec, read: Reader) -> Condition:
    name, wanted = read.pair(detail)
    item = read.word_item(name)

    def equal(moment: Moment) -> bool | None:
        value = moment.numbers[item] if item in moment.numbers else moment.words[item]
        return None if value is None else value == wanted

    return equal


def _unknown(detail: Spec, read: Reader) -> Condition:
    item = read.word_item(detail)

    def unanswered(moment: Moment) -> bool:
        return (moment.numbers[item] if item in moment.numbers else moment.words[item]) is None

    return unanswered


def _ticked(detail: Spec, read: Reader) -> Condition:
    """`ticked: id`, `ticked: [ids]` (any of them), `ticked: {of: [ids], at_least|exactly: n}`."""
    if not isinstance(detail, Mapping):
        wanted = read.ids(detail)
        return lambda moment: None if moment.ticks is None else not wanted.isdisjoint(moment.ticks)
    counted = read.ids(detail["of"])
    exactly = read.number(detail["exactly"]) if "exactly" in detail else None
    at_least = read.number(detail["at_least"]) if exactly is None else 0

    def ticks(moment: Moment) -> bool | None:
        if moment.ticks is None:
            return None
        count = len(counted & moment.ticks)
        return count >= at_least if exactly is None else count == exactly

    return ticks


def _said(detail: Spec, read: Reader) -> Condition:
    (rule,) = read.ids(str(detail))
    return lambda moment: rule in moment.said


def _fired(detail: Spec, read: Reader) -> Condition:
    """`fired: rule`, `{rule, part}`, or `{severity}`: by another rule at this same check-in."""
    if isinstance(detail, Mapping) and "severity" in detail:
        severity = Severity(detail["severity"])
        return lambda moment: moment.holds_any(frozenset({severity}))
    rule = detail["rule"] if isinstance(detail, Mapping) else detail
    part = detail["part"] if isinstance(detail, Mapping) else None

    def holds(moment: Moment) -> bool:
        parts = (moment.held or {}).get(rule, ())
        return any(part in (None, held.part) for held in parts)

    return holds


def _out_of_range(detail: Spec, read: Reader) -> Condition:
    """`out_of_range: any`: an answer outside its range, or not on its step."""
    return lambda moment: bool(moment.odd)


def _strange_tick(detail: Spec, read: Reader) -> Condition:
    """`strange_tick: any`: a tick that nobody knows, or that belongs to another pathway."""
    return lambda moment: bool(moment.strange_ticks)


OPERATORS: Mapping[str, Operator] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "at_least": _comparing(ge),
    "above": _comparing(gt),
    "at_most": _comparing(le),
    "is": _is,
    "unknown": _unknown,
    "ticked": _ticked,
    "said": _said,
    "rose": lookback.rose,
    "climbing": lookback.climbing,
    "in_a_row": lookback.in_a_row,
    "earlier": lookback.earlier,
    "missed": lookback.missed,
    "fired": _fired,
    "fired_before": lookback.fired_before,
    "out_of_range": _out_of_range,
    "strange_tick": _strange_tick,
}


def needs_a_sign(spec: Spec, definitions: Mapping[str, Spec]) -> bool:
    """Whether a condition can only be true of a report with a tick or with words that met a rule.

    False where that is not plain: the condition is then simply judged.
    """
    ((name, detail),) = spec.items()
    if name in definitions:
        return needs_a_sign(filled(definitions[name], detail), definitions)
    return name in _SIGN_IN and _SIGN_IN[name](detail, lambda one: needs_a_sign(one, definitions))


_SIGN_IN: Mapping[str, Callable[[Spec, Callable[[Spec], bool]], bool]] = {
    "ticked": lambda detail, _: not isinstance(detail, Mapping) or detail.get("at_least", 0) > 0,
    "said": lambda _detail, _: True,
    "all": lambda detail, of_one: any(map(of_one, detail)),
    "any": lambda detail, of_one: all(map(of_one, detail)),
    "in_a_row": lambda detail, of_one: of_one(detail["of"]),
}
