"""What providers post is believed with their signature only, counts once, and never goes back."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests import tables, willow
from tests.journeys.test_sending import Post
from webapp import create_app
from webapp.domain.person import Channel, Contact, PatientStatus
from webapp.domain.signature import plain_signature, twilio_signature
from webapp.journeys import prompting, sending
from webapp.journeys.house import House, ProviderKeys
from webapp.store import messages, notices, patients, reach
from webapp.store.messages import MessageState

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PUBLIC = "https://thaw.example.org"
MOBILE = "+16175550123"
TOKEN, SECRET = "twilio token", "another secret"


class SidPost(Post):
    """A provider that names each message."""

    def send(self, letter):
        outcome = super().send(letter)
        return replace(outcome, detail=f"SM-{letter.id}")


class Line:
    """A site, a patient with a message that went out, and a provider that signs."""

    def __init__(self, config, house: House) -> None:
        self.house = replace(
            house,
            public_url=PUBLIC,
            channels=frozenset(Channel),
            providers=ProviderKeys(TOKEN, SECRET),
        )
        self.client = create_app(config, self.house).test_client()
        willow.open_clinic(self.house, NOW, willow.WILLOW, willow.SAM)
        self.who = willow.patient(NOW.date() - timedelta(days=3), channel=Channel.SMS)
        reached = Contact("Rosa", "Rosa", "rosa@patients.example", MOBILE)
        willow.admit(self.house, self.who, NOW, reached)
        prompting.tick(self.house, NOW)

    def send(self):
        post = SidPost()
        worker = sending.Worker("one", {Channel.SMS: lambda: post}, lambda: NOW)
        sending.send_waiting(self.house, worker)
        return self.sms()

    def messages(self):
        with self.house.store.read() as tx:
            return messages.of_patient(tx, self.who.clinic_id, self.who.id)

    def sms(self):
        return next(one for one in self.messages() if one.channel is Channel.SMS)

    def twilio(self, path: str, sign: str = TOKEN, **form: str) -> int:
        url = f"{PUBLIC}/callbacks/twilio/{path}"
        signature = twilio_signature(url, form.items(), sign)
        headers = {"X-Twilio-Signature": signature}
        with time_machine.travel(NOW, tick=False):
            there = f"/callbacks/twilio/{path}"
            return self.client.post(there, data=form, headers=headers).status_code

    def plain(self, path: str, sign: str = SECRET, at: datetime = NOW, **fields: str) -> int:
        body = json.dumps(fields).encode()
        stamp = str(int(at.timestamp()))
        headers = {
            "X-Thaw-Timestamp": stamp,
            "X-Thaw-Signature": f"sha256={plain_signature(body, sign, stamp)}",
        }
        with time_machine.travel(NOW, tick=False):
            there = f"/callbacks/sms/{path}"
            return self.client.post(there, data=body, headers=headers).status_code

    def status_of(self) -> PatientStatus:
        with self.house.store.read() as tx:
            found = patients.load(tx, self.who.clinic_id, self.who.id)
        return found.status


@pytest.fixture
def line(config, house) -> Line:
    return Line(config, house)


def test_twilios_own_example_has_twilios_own_signature():
    """From Twilio's documentation of request validation."""
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675310",
        "Digits": "1234",
        "From": "+14158675310",
        "To": "+18005551212",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert twilio_signature(url, params.items(), "12345") == "GvWf1cFY/Q7PnoempGyD5oXAezc="


def test_a_delivery_is_written_down_by_either_name(line: Line):
    sent = line.send()
    assert sent.state is MessageState.SENT
    assert line.twilio("status", MessageSid=sent.receipt, MessageStatus="delivered") == 200
    assert line.sms().state is MessageState.DELIVERED


def test_a_callback_with_our_own_name_resolves_a_doubt(line: Line):
    post = Post(answers=lambda _: sending.Fate.UNSURE)
    worker = sending.Worker("one", {Channel.SMS: lambda: post}, lambda: NOW)
    sending.send_waiting(line.house, worker)
    unsure = line.sms()
    assert unsure.state is MessageState.UNSURE
    path = f"status?message={unsure.id}"
    assert line.twilio(path, MessageSid="SMx", MessageStatus="delivered") == 200
    assert (line.sms().state, line.sms().receipt) == (MessageState.DELIVERED, "SMx")


def test_what_comes_before_we_know_the_providers_name_waits_for_it(line: Line):
    (queued,) = line.messages()
    ref = f"SM-{queued.id}"
    assert line.twilio("status", MessageSid=ref, MessageStatus="delivered") == 200
    assert line.send().state is MessageState.DELIVERED


ORDERS = list(itertools.permutations(["queued", "sending", "sent", "delivered"]))


def test_no_order_and_no_repetition_changes_where_it_ends(config, house):
    line = Line(config, house)
    for place, order in enumerate([*ORDERS, *(order + order for order in ORDERS)]):
        willow_again(line, place)
        sent = line.send_of(place)
        for status in order:
            assert line.twilio("status", MessageSid=sent, MessageStatus=status) == 200
        assert line.state_of(place) is MessageState.DELIVERED, order


def willow_again(line: Line, place: int) -> None:
    """One more message, as if it had been sent."""
    line.send_of = lambda at: f"SM{at}"
    line.state_of = lambda at: MessageState(
        next(
            row[1]
            for row in _rows(line, "SELECT receipt, state FROM message")
            if row[0] == f"SM{at}"
        )
    )
    with line.house.store.begin() as tx:
        (first, *_) = messages.of_patient(tx, line.who.clinic_id, line.who.id)
        again = replace(
            first,
            id=f"m{place}",
            dedupe=f"x{place}",
            state=MessageState.SENT,
            receipt=f"SM{place}",
            settled_at=NOW,
        )
        messages.queue(tx, (again,))


def _rows(line: Line, query: str):
    with line.house.store.read() as tx:
        return tx.connection.exec_driver_sql(query).all()


def test_a_failure_is_final_and_goes_by_the_next_channel_once(line: Line):
    sent = line.send()
    for _ in range(3):
        failed = {"MessageStatus": "undelivered", "ErrorCode": "30005"}
        assert line.twilio("status", MessageSid=sent.receipt, **failed) == 200
    assert line.twilio("status", MessageSid=sent.receipt, MessageStatus="delivered") == 200
    assert line.sms().state is MessageState.FAILED
    assert "goes by email" in line.sms().fault
    by_mail = [one for one in line.messages() if one.channel is Channel.EMAIL]
    assert [one.state for one in by_mail] == [MessageState.QUEUED]
    with line.house.store.read() as tx:
        assert (line.who.id, Channel.SMS) in reach.dead_among(tx, [line.who.id])
        (told,) = notices.open_of_patient(tx, line.who.clinic_id, line.who.id)
    assert told.kind == "unreachable"


def test_whoever_told_the_provider_to_stop_is_stopped_and_not_written_to_elsewhere(line: Line):
    sent = line.send()
    failed = {"MessageStatus": "failed", "ErrorCode": "21610"}
    assert line.twilio("status", MessageSid=sent.receipt, **failed) == 200
    assert line.status_of() is PatientStatus.STOPPED
    asking = [one for one in line.messages() if one.purpose == "check-in"]
    assert [one.channel for one in asking] == [Channel.SMS]


def test_what_is_about_nobody_of_ours_is_answered_and_counted(line: Line):
    assert line.twilio("status", MessageSid="SMnone", MessageStatus="delivered") == 200
    assert line.plain("status", id="none", ref="r", status="failed") == 200
    assert line.twilio("inbound", MessageSid="SMn", From="+16175550999", Body="hi") == 200
    rows = tables.rows(line.house.store)["provider_event"]
    assert len(rows) == 3 and not any(row[-1] for row in rows)


@pytest.mark.parametrize("path", ["status", "inbound"])
def test_nothing_is_believed_without_the_signature(line: Line, path: str):
    before = tables.fingerprint(line.house.store)
    form = {"MessageSid": "SM1", "MessageStatus": "failed", "From": MOBILE, "Body": "stop"}
    assert line.twilio(path, sign="guessed", **form) == 403
    assert line.client.post(f"/callbacks/twilio/{path}", data=form).status_code == 403
    assert line.plain(path, sign="guessed", id="x", **{"from": MOBILE, "text": "stop"}) == 403
    assert line.plain(path, at=NOW - timedelta(minutes=6), id="x", status="failed") == 403
    assert line.plain(path, at=NOW + timedelta(minutes=6), id="x", status="failed") == 403
    assert line.client.post(f"/callbacks/sms/{path}", json={"id": "x"}).status_code == 403
    assert tables.fingerprint(line.house.store) == before


def test_a_site_without_a_provider_believes_nobody(app):
    url = "http://127.0.0.1:8000/callbacks/twilio/status"
    headers = {"X-Twilio-Signature": twilio_signature(url, [], "")}
    client = app.test_client()
    assert client.post("/callbacks/twilio/status", headers=headers).status_code == 403
    assert client.post("/callbacks/sms/status", data=b"{}").status_code == 403


def test_a_text_is_heard_and_answered_through_the_outbox(line: Line):
    form = {"MessageSid": "SMin", "From": MOBILE, "To": "+1", "Body": "4 2 1"}
    assert line.twilio("inbound", **form) == 200
    assert line.twilio("inbound", **form) == 200
    assert line.plain("inbound", id="p1", **{"from": MOBILE, "text": "stop"}) == 200
    purposes = sorted(one.purpose for one in line.messages())
    assert purposes == ["check-in", "stopped", "text-read"]
    assert line.status_of() is PatientStatus.STOPPED
