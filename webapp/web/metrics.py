"""/metrics for Prometheus: figures from the database, behind a token, without anybody's id.

May import: flask, prometheus-client, journeys.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from webapp.journeys import measuring
from webapp.journeys.measuring import Vitals
from webapp.web.gate import Door, open_to

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@open_to(Door.PUBLIC)
def show() -> ResponseReturnValue:
    """404 where no token is set, 401 for a caller without it, else the figures."""
    token = current_app.extensions["thaw-config"].metrics_token
    if not token:
        abort(404)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), token.encode()):
        return Response("A bearer token is needed.\n", 401, {"WWW-Authenticate": "Bearer"})
    vitals = measuring.vitals(current_app.extensions["thaw"], datetime.now(UTC))
    registry = CollectorRegistry()
    registry.register(_Figures(vitals))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """The figures of one asking as Prometheus reads them."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterable[Metric]:
        """Every figure."""
        return _families(self._vitals)


def _families(found: Vitals) -> Iterator[Metric]:
    yield _one(
        "thaw_oldest_unsent_seconds", "Age of the oldest unsent message", found.oldest_unsent
    )
    yield _one("thaw_late_pages", "Pages of the last day that went out late", found.late_pages)
    strange = "Tellings of providers in the last day about nothing of ours"
    yield _one("thaw_unknown_provider_events", strange, found.unknown_events)
    if found.free_bytes is not None:
        yield _one("thaw_free_disk_bytes", "Free on the database's disk", found.free_bytes)
    if found.wal_bytes is not None:
        yield _one("thaw_wal_bytes", "Length of the write-ahead log", found.wal_bytes)
    yield _many("thaw_prompts_today", "Prompts of today", ("state",), found.prompts_today)
    yield _many("thaw_beat_age_seconds", "Since each part last lived", ("part",), found.beats)
    yield _many("thaw_messages", "Messages of the last day", ("state",), found.outbox)
    share = "Share of the last hour that failed"
    yield _many("thaw_error_share", share, ("channel",), found.error_share)
    yield _many("thaw_alarms", "Alarms going on", ("kind",), found.alarms)
    flags = GaugeMetricFamily(
        "thaw_unacknowledged_flags", "Flags nobody took", labels=("severity", "younger_than")
    )
    for key, many in found.untaken.items():
        flags.add_metric(key, many)
    yield flags


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _many(name: str, words: str, labels: tuple[str, ...], values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=labels)
    for key, value in values.items():
        family.add_metric((key,), value)
    return family
