"""Logs hold ids and never content, whoever writes them and whatever went wrong."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from webapp import logs

CANARIES = (
    "Rosa Diaz",
    "rosa@example.org",
    "+1 555 010 0199",
    "15550100199",
    "pain is 8 tonight",
    "/en/check-in/Zk3vQ0aB9cD1eF2gH3iJ4k",
    "two\nlines",
    "\x1b[31mred",
    "وجع",
)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    structlog.configure(**kept)
    root.handlers[:], root.level = handlers, level


def lines(written: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.mark.parametrize("canary", CANARIES)
def test_no_value_that_is_not_an_id_reaches_the_log(written: io.StringIO, canary: str) -> None:
    structlog.get_logger().info("clock.asked", queued=3, who=canary, several=[canary, 4])
    logging.getLogger("some.library").error("could not handle %s", canary)
    logging.getLogger("some.library").error(canary)
    try:
        raise ValueError(canary)
    except ValueError:
        structlog.get_logger().exception("clock.part_failed", part="sender")
        logging.getLogger("some.library").exception("Exception on %s [%s]", canary, "POST")
    assert canary not in written.getvalue()
    assert json.dumps(canary)[1:-1] not in written.getvalue()
    assert len(lines(written)) == 5, "one event is one line"


def test_ids_counts_and_where_a_fault_came_from_are_kept(written: io.StringIO) -> None:
    patient = "0d6f2f5e-9d1b-4c43-a7f4-9f5f3c1f2b11"
    try:
        raise KeyError("secret words")
    except KeyError:
        structlog.get_logger().exception("clock.part_failed", part="sender", patient=patient, n=3)
    said = lines(written)[0]
    assert said["event"] == "clock.part_failed" and said["level"] == "error"
    assert (said["part"], said["patient"], said["n"]) == ("sender", patient, 3)
    assert said["fault"] == "KeyError"
    assert str(said["places"]).count("test_logs.py:") == 1


def test_a_database_fault_shows_none_of_the_values_of_its_statement(
    written: io.StringIO, store: object
) -> None:
    try:
        with store.begin() as tx:  # type: ignore[attr-defined]
            tx.connection.exec_driver_sql("SELECT 'Rosa Diaz' FROM nowhere")
    except Exception:
        logging.getLogger("app").exception("Exception on %s", "/clinic/")
    assert "Rosa" not in written.getvalue() and "StoreUnavailable" in written.getvalue()
