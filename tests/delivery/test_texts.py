"""A text message goes over real HTTP, and what is said of its fate is true."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.delivery.fakes import Asked, Reply, as_json, provider
from tests.postgres import free_port
from webapp.delivery.channel import Fate, Letter, Outcome, Sender
from webapp.delivery.http_line import Patience
from webapp.delivery.http_texts import HttpTextSender, TextProvider
from webapp.delivery.twilio import TwilioAccount, TwilioSender
from webapp.domain.signature import is_signed

LETTER = Letter(
    id="11111111-2222-3333-4444-555555555555",
    to="+16175550100",
    subject="Willow Clinic: your questions",
    text="Hello",
    sms="Willow Clinic: your questions for today: https://thaw.example.org/en/check-in/x",
    not_after=datetime.now(UTC) + timedelta(hours=5),
)
QUICK = Patience(connect=1, silence=0.3, whole=0.6)


def twilio(url: str, sender: str = "+16175550199") -> Sender:
    callback = "https://thaw.example.org/callbacks/twilio/status"
    return TwilioSender(TwilioAccount("AC1", "secret", sender, url, callback), QUICK)


def plain(url: str, **more: object) -> Sender:
    usual = {"bearer": "b", "secret": "s3cret", "sender": "Willow", "callback_url": "https://x/cb"}
    return HttpTextSender(TextProvider(url=f"{url}/send?v=1", **{**usual, **more}), QUICK)


def sent_over(make: Callable[[str], Sender], reply: Reply) -> tuple[Outcome, Asked]:
    with provider(lambda _: reply) as there:
        sender = make(there.url)
        outcome = sender.send(LETTER)
        sender.close()
    return outcome, there.asked[0]


def test_twilio_is_asked_as_its_api_wants() -> None:
    outcome, asked = sent_over(twilio, as_json(201, sid="SM1", error_code=None))
    assert outcome == Outcome(Fate.SENT, "SM1")
    assert (asked.method, asked.path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert base64.b64decode(asked.headers["authorization"].split()[1]) == b"AC1:secret"
    form = asked.form
    assert (form["To"], form["From"], form["Body"]) == (LETTER.to, "+16175550199", LETTER.sms)
    assert form["StatusCallback"].endswith(f"/callbacks/twilio/status?message={LETTER.id}")
    assert 17_000 <= int(form["ValidityPeriod"]) <= 18_000


def test_a_messaging_service_stands_in_for_a_number() -> None:
    _, asked = sent_over(lambda url: twilio(url, "MG" + "a" * 32), as_json(201, sid="SM1"))
    assert asked.form["MessagingServiceSid"].startswith("MG") and "From" not in asked.form


def test_another_provider_gets_a_signed_post_with_the_messages_own_id() -> None:
    outcome, asked = sent_over(plain, as_json(202, id="p-1"))
    assert outcome == Outcome(Fate.SENT, "p-1")
    assert asked.path == "/send?v=1"
    assert asked.json["text"] == LETTER.sms and asked.json["id"] == LETTER.id
    assert asked.headers["idempotency-key"] == LETTER.id
    assert asked.headers["authorization"] == "Bearer b"
    stamp, signature = asked.headers["x-thaw-timestamp"], asked.headers["x-thaw-signature"]
    signed = {"timestamp": stamp, "signature": signature, "now": datetime.now(UTC)}
    assert is_signed(asked.body, secret="s3cret", **signed)
    assert not is_signed(asked.body + b" ", secret="s3cret", **signed)


@pytest.mark.parametrize("make", [twilio, plain])
@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        (Reply(200, b"<html>rubbish"), Fate.UNSURE),
        (Reply(200, b"[1, 2]"), Fate.UNSURE),
        (Reply(200, b""), Fate.UNSURE),
        (Reply(201, b"x" * 100_000), Fate.UNSURE),
        (Reply(500), Fate.UNSURE),
        (Reply(502, b"<html>"), Fate.UNSURE),
        (Reply(504), Fate.UNSURE),
        (Reply(cut=True), Fate.UNSURE),
        (Reply(hang=0.5), Fate.UNSURE),
        (Reply(200, b'{"sid": "SM1", "id": "p"}', slow=0.1), Fate.UNSURE),
        (Reply(200, b"{", {"Content-Length": "50"}), Fate.UNSURE),
        (Reply(301, b"", {"Location": "https://elsewhere.example/"}), Fate.UNSURE),
        (Reply(429, b"", {"Retry-After": "7"}), Fate.REFUSED_FOR_NOW),
        (Reply(503, b"", {"Retry-After": "7"}), Fate.REFUSED_FOR_NOW),
        (Reply(401), Fate.REFUSED_FOR_NOW),
        (Reply(400), Fate.REFUSED),
    ],
)
def test_what_may_have_gone_out_is_never_called_refused(
    make: Callable[[str], Sender], reply: Reply, fate: Fate
) -> None:
    outcome, _ = sent_over(make, reply)
    assert outcome.fate is fate
    if "Retry-After" in reply.headers:
        assert outcome.wait == timedelta(seconds=7)
    assert LETTER.to not in outcome.detail and "example" not in outcome.detail
    assert outcome.provider_down is (fate is not Fate.REFUSED)


@pytest.mark.parametrize(
    ("code", "fate"),
    [
        (21211, Fate.DEAD_ADDRESS),
        (21614, Fate.DEAD_ADDRESS),
        (21610, Fate.UNWANTED),
        (21606, Fate.REFUSED_FOR_NOW),  # our own number is wrong: nobody's address is
        (99999, Fate.REFUSED),
    ],
)
def test_twilios_codes_say_what_is_wrong_with_a_number(code: int, fate: Fate) -> None:
    outcome, _ = sent_over(twilio, as_json(400, code=code, message="no"))
    assert outcome.fate is fate


@pytest.mark.parametrize("make", [twilio, plain])
def test_nobody_listening_means_that_nothing_went_out(make: Callable[[str], Sender]) -> None:
    outcome = make(f"http://127.0.0.1:{free_port()}").send(LETTER)
    assert (outcome.fate, outcome.provider_down) == (Fate.REFUSED_FOR_NOW, True)


@pytest.mark.parametrize("make", [twilio, plain])
def test_a_slow_drip_does_not_hold_the_sender_for_ever(make: Callable[[str], Sender]) -> None:
    began = time.monotonic()
    outcome, _ = sent_over(make, Reply(200, b"{" + b" " * 200 + b"}", slow=0.05))
    assert outcome.fate is Fate.UNSURE
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("make", [twilio, plain])
def test_many_letters_share_one_connection(make: Callable[[str], Sender]) -> None:
    with provider(lambda _: as_json(201, sid="SM1", id="p")) as there:
        sender = make(there.url)
        assert {sender.send(LETTER).fate for _ in range(5)} == {Fate.SENT}
        sender.close()
    assert there.connections == 1


@pytest.mark.parametrize("make", [twilio, plain])
def test_a_connection_that_was_closed_between_letters_is_opened_again(
    make: Callable[[str], Sender],
) -> None:
    closing = {"Connection": "close"}
    body = as_json(201, sid="SM1", id="p").body
    with provider(lambda _: Reply(201, body, closing)) as there:
        sender = make(there.url)
        assert {sender.send(LETTER).fate for _ in range(3)} == {Fate.SENT}
        sender.close()
    assert len(there.asked) == 3


@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        (as_json(200, id="p-1"), Fate.SENT),
        (Reply(404), Fate.REFUSED_FOR_NOW),
        (Reply(500), Fate.UNSURE),
        (Reply(200, b"rubbish"), Fate.UNSURE),
        (Reply(cut=True), Fate.UNSURE),
    ],
)
def test_a_provider_that_can_is_asked_what_became_of_a_message(reply: Reply, fate: Fate) -> None:
    with provider(lambda _: reply) as there:
        sender = HttpTextSender(
            TextProvider(f"{there.url}/send", "b", "s", "W", "cb", can_look_up=True), QUICK
        )
        assert sender.look_up(LETTER.id).fate is fate
        sender.close()
    assert there.asked[0].path == f"/send/{LETTER.id}"
