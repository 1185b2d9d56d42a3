"""The worked examples of a flag rule: a small recovery, and what the rule gives at its end.

May import: pydantic, the domain and this room.
"""

from __future__ import annotations

from typing import Literal

from webapp.domain.checkin import Answers, Report, Setup, SleepTrouble
from webapp.domain.flag import Severity
from webapp.domain.rule import Example
from webapp.library.yaml_model import Strict


class SetupFile(Strict):
    """What is known of the person besides the answers."""

    pathway: Literal["mastectomy", "knee"] = "mastectomy"
    mg_per_tablet: float = 5.0
    label_max: float | None = None
    pump_on: bool = False
    baseline_nrs: float | None = None


class ReportFile(Strict):
    """One due check-in, as in the JSON of a recovery; `said` names rules met by the free text."""

    pod: int
    missed: bool = False
    nrs_avg: float | None = None
    nrs_worst: float | None = None
    tablets: float | None = None
    sleep_trouble: SleepTrouble | None = None
    wakes: float | None = None
    effects: tuple[str, ...] | None = None
    temperature_c: float | None = None
    said: tuple[str, ...] = ()


class ExampleFile(Strict):
    """One example."""

    says: str
    setup: SetupFile = SetupFile()
    reports: tuple[ReportFile, ...]
    gives: Severity | Literal["nothing"]


def example(read: ExampleFile) -> Example:
    """An example as the domain knows it."""
    gives = read.gives if isinstance(read.gives, Severity) else None
    return Example(
        read.says, Setup(**read.setup.model_dump()), tuple(map(_report, read.reports)), gives
    )


def _report(read: ReportFile) -> Report:
    answers = Answers(**read.model_dump(exclude={"pod", "missed", "said"}))
    return Report(read.pod, answers, missed=read.missed, said=frozenset(read.said))
