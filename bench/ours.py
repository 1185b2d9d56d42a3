"""Our side: a clinic with so many stored check-ins, and the requests that its patients send.

May import: webapp and tests.willow. The patients who send are enrolled, prompted and linked by the
real journeys; the check-ins around them, and their own 27 days before, are put in by SQL.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener
from uuid import uuid4

from sqlalchemy import insert, text

from bench.load import Request
from tests import willow
from webapp.assemble import open_house
from webapp.config import load_config
from webapp.domain.person import (
    Clinic,
    ClinicId,
    Contact,
    Patient,
)
from webapp.journeys import governing, prompting
from webapp.journeys.house import House
from webapp.store import links, patients
from webapp.store.schema import CheckInRow, PatientRow

HISTORY = 27  # days answered before the one that is measured
TODAY_POD = HISTORY + 1
BATCH = 5_000
CLINIC = ClinicId("bench")


@dataclass(frozen=True)
class Clinicful:
    """A filled database and the tokens that open today's form, each good for one patient."""

    check_ins: int
    environ: dict[str, str]
    tokens: list[str]


def fill(folder: Path, check_ins: int, senders: int, database_url: str = "") -> Clinicful:
    """A clinic that holds `check_ins` answered days, `senders` of whose patients send today."""
    settings = {"THAW_DATA_DIR": str(folder), "THAW_DATABASE_URL": database_url}
    house = open_house(load_config(settings))
    now = datetime.now(UTC)
    senders = min(senders, max(check_ins // HISTORY, 1))
    governing.add_clinic(house, _clinic(), now=now)
    who = [_patient(now) for _ in range(senders)]
    tokens = _enrol(house, who, now)
    _store_days(house, who, now)
    _store_others(house, check_ins - senders * HISTORY, now)
    with house.store.engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        connection.commit()
    house.store.close()
    return Clinicful(check_ins, settings, tokens)


def _clinic() -> Clinic:
    return Clinic(CLINIC, "Bench clinic", "US", "UTC", "0", "0", ())


def _patient(now: datetime) -> Patient:
    day = now.date() - timedelta(days=TODAY_POD)
    return willow.patient(day, clinic_id=CLINIC, prompt_time=time(0))


def _enrol(house: House, who: list[Patient], now: datetime) -> list[str]:
    """Each is enrolled, asked today by the clock's own code, and holds today's link."""
    due = datetime.combine(now.date(), time(0), UTC)
    with house.store.begin() as tx:
        for patient in who:
            contact = Contact("Bench Patient", email=f"{patient.id}@example.org")
            patients.add(tx, patient, contact, next_due_at=due, now=now)
    prompting.queue_due(house, now)
    with house.store.begin() as tx:
        return [links.mint(tx, patient.id, now.date(), now) for patient in who]


def _store_others(house: House, check_ins: int, now: datetime) -> None:
    """Patients beside the senders, each with as many days, until there are `check_ins` rows."""
    while check_ins > 0:
        batch = [_patient(now) for _ in range(min(BATCH // HISTORY, check_ins // HISTORY + 1))]
        rows = [_patient_row(patient, now) for patient in batch]
        with house.store.engine.begin() as connection:
            connection.execute(insert(PatientRow), rows)
        _store_days(house, batch, now)
        check_ins -= len(batch) * HISTORY


def _patient_row(patient: Patient, now: datetime) -> dict[str, Any]:
    plain = {name: getattr(patient, name) for name in Patient.__slots__}
    return {**plain, "next_due_at": None, "enrolled_at": now}


def _store_days(house: House, who: list[Patient], now: datetime) -> None:
    """Every day before today of each patient, answered."""
    for start in range(0, len(who), BATCH // HISTORY):
        few = who[start : start + BATCH // HISTORY]
        rows = [row for patient in few for row in _days(patient, now)]
        with house.store.engine.begin() as connection:
            connection.execute(insert(CheckInRow), rows)


def _days(patient: Patient, now: datetime) -> Iterator[dict[str, Any]]:
    """An ordinary recovery: a few tablets at first, pain that eases, nothing for a rule to find."""
    for pod in range(1, TODAY_POD):
        day = patient.procedure_date + timedelta(days=pod)
        at = datetime.combine(day, time(9), UTC)
        pain = random.choice((0, 1)) + (pod < 8)
        yield {
            **_BLANK,
            **_identity(patient, day, pod),
            "nrs_avg": pain,
            "nrs_worst": pain + 1,
            "tablets": 1 if pod < 4 else 0,
            "answered_at": at,
            "received_at": at,
            "committed_at": at,
        }


def _identity(patient: Patient, day: date, pod: int) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "patient_id": patient.id,
        "clinic_id": patient.clinic_id,
        "local_day": day,
        "pod": pod,
        "submission_id": str(uuid4()),
    }


_BLANK: dict[str, Any] = {
    "timezone": "UTC",
    "version": 1,
    "fingerprint": "0" * 64,
    "sleep_trouble": "none",
    "wakes": 0,
    "effects": [],
    "temperature_c": None,
    "note": None,
    "said": [],
    "reply": b"-",
    "source": "page",
    "late": False,
}


def by_api(tokens: Sequence[str]) -> list[Request]:
    """One check-in for each token, as a program sends it."""
    return [_api(token, pain=index % 2) for index, token in enumerate(tokens)]


def _api(token: str, *, pain: int) -> Request:
    answers = {"nrs_avg": pain, "nrs_worst": pain + 1, "tablets": 0, "sleep_trouble": "none"}
    body = {
        "token": token,
        "submission_id": str(uuid4()),
        "answers": {**answers, "wakes": 0, "effects": [], "note": ""},
        "answered_at": datetime.now(UTC).isoformat(),
    }
    headers = {"Content-Type": "application/json"}
    return Request("POST", "/api/v1/check-ins", headers, json.dumps(body).encode(), good=(201,))


def by_form(port: int, tokens: Sequence[str]) -> list[Request]:
    """One check-in for each token as a browser sends it; opening the forms is done here."""
    return [_form(port, token, pain=index % 2) for index, token in enumerate(tokens)]


def _form(port: int, token: str, *, pain: int) -> Request:
    page = _follow(port, token)
    form = re.search(r"<form[^>]*method=\"post\".*?</form>", page.words, re.S | re.I)
    if form is None:
        raise RuntimeError(f"No form at {page.path}")
    answers = {"nrs_avg": pain, "nrs_worst": pain + 1, "tablets": 0, "sleep_trouble": "none"}
    sent = {**_hidden(form[0]), **answers, "wakes": 0, "effects": "none"}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": page.cookie}
    return Request("POST", page.path, headers, urlencode(sent).encode(), good=(303,))


@dataclass(frozen=True)
class _Opened:
    """The form's page as a browser has it."""

    path: str
    cookie: str
    words: str


def _follow(port: int, token: str) -> _Opened:
    browser = build_opener(cookies := HTTPCookieProcessor())
    with browser.open(f"http://127.0.0.1:{port}/en/check-in/{token}") as page:
        words, path = page.read().decode(), page.url.split(str(port), 1)[1]
    kept = "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies.cookiejar)
    return _Opened(path, kept, words)


def _hidden(form: str) -> dict[str, str]:
    fields = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", form)
    pairs = (
        (re.search(r"name=\"([^\"]*)\"", one), re.search(r"value=\"([^\"]*)\"", one))
        for one in fields
    )
    return {name[1]: value[1] for name, value in pairs if name and value}


def opening(port: int, tokens: Sequence[str]) -> list[Request]:
    """Opening today's form once for each token, its link followed before."""
    pages = [_follow(port, token) for token in tokens]
    return [Request("GET", page.path, {"Cookie": page.cookie}) for page in pages]


def reading(topic: str, times: int) -> list[Request]:
    """Reading one topic page."""
    return [Request("GET", f"/en/topics/{topic}")] * times
