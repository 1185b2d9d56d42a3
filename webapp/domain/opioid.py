"""Oxycodone tablets as morphine milligram equivalents (MME), so that strengths compare.

May import: the standard library. The conversion factor is content, not code (F109).
"""

from __future__ import annotations

_DIGITS = 9  # keeps 50.00000000000001 from passing for "above 50"


def mme(tablets: float | None, mg_per_tablet: float, factor: float) -> float | None:
    """MME in 24 h of `tablets` of `mg_per_tablet` mg; None when the tablets are unanswered.

    `factor` is MME for each mg, as content/rules/flags.yaml states it (F109). Never use the
    result to switch from one opioid to another (F110).
    """
    if tablets is None:
        return None
    return round(tablets * mg_per_tablet * factor, _DIGITS)
