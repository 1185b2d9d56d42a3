"""F16: providers that hang, refuse, talk rubbish, repeat and reorder, on real sockets.

Each message ends in a state that is true: nothing is lost, nothing goes out twice, no message is
tried more often than the policy says, and the other channels never notice.
"""

from __future__ import annotations

import random
import ssl
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests import willow
from tests.delivery.certificates import certificate
from tests.delivery.fakes import Asked, Provider, Reply, as_json, provider
from tests.delivery.test_mail import SENDER, starttls
from tests.faults.tally import Tally, size
from tests.journeys.test_sending import Post
from webapp.delivery.channel import Fate, Letter, Outcome, Sender
from webapp.delivery.http_line import Patience
from webapp.delivery.http_texts import HttpTextSender, TextProvider
from webapp.delivery.smtp import SmtpSender
from webapp.delivery.twilio import TwilioAccount, TwilioSender
from webapp.domain.person import Channel, Contact, Patient
from webapp.domain.text_codes import Told
from webapp.journeys import hearing_back, prompting, recording, sending
from webapp.journeys.hearing_back import Word
from webapp.journeys.house import House
from webapp.store import messages
from webapp.store.messages import MessageState, OutgoingMessage

SEED = 2026
FEW = 40
PEOPLE = size(FEW, 1500)
CALLBACKS = 20  # after each pass
QUICK = Patience(connect=1, silence=0.15, whole=0.3)
ENDS = set(MessageState) - {MessageState.QUEUED, MessageState.SENDING}
# What a bad provider does with a request, and how often; the first word says if it keeps it.
MOODS = {
    "keep ok": 50,
    "keep rubbish": 4,
    "keep 500": 4,
    "keep hang": 2,
    "keep slow": 2,
    "keep cut": 4,
    "drop 429": 8,
    "drop 503": 6,
    "drop 500": 4,
    "drop cut": 4,
    "drop 401": 4,
    "drop dead": 4,
    "drop no": 4,
}


@dataclass
class BadProvider:
    """A text message provider with moods, that remembers what it really took."""

    name: str
    chance: random.Random
    kept: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def answer(self, asked: Asked) -> Reply:
        if asked.method == "GET":
            name = asked.path.rsplit("/", 1)[1]
            return as_json(200, id=f"ref-{name}") if self.kept[name] else Reply(404)
        name = self._name(asked)
        self.asked[name] += 1
        keeps, mood = self.chance.choices([*MOODS], [*MOODS.values()])[0].split()
        if keeps == "keep" and not (self.name == "sms" and self.kept[name]):
            self.kept[name] += 1  # the other provider honours its Idempotency-Key
        return self._replies(name)[mood]

    def _name(self, asked: Asked) -> str:
        if self.name == "twilio":
            return asked.form["StatusCallback"].rpartition("message=")[2]
        return asked.headers["idempotency-key"]

    def _replies(self, name: str) -> dict[str, Reply]:
        good = as_json(201, sid=f"ref-{name}", id=f"ref-{name}")
        dead = {"code": 21614} if self.name == "twilio" else {"code": "invalid-number"}
        return {
            "ok": good,
            "rubbish": Reply(200, b"<html>ok</html>"),
            "500": Reply(500),
            "hang": replace(good, hang=0.25),
            "slow": replace(good, slow=0.05),
            "cut": Reply(cut=True),
            "429": Reply(429, b"", {"Retry-After": "30"}),
            "503": Reply(503, b"", {"Retry-After": "5"}),
            "401": Reply(401),
            "dead": as_json(400, **dead),
            "no": as_json(400, code=1),
        }


def sender_of(bad: BadProvider, there: Provider) -> Sender:
    if bad.name == "twilio":
        account = TwilioAccount("AC1", "t", "+16175550199", there.url, "https://x/cb")
        return TwilioSender(account, QUICK)
    texts = TextProvider(f"{there.url}/send", "b", "s", "W", "https://x/cb", can_look_up=True)
    return HttpTextSender(texts, QUICK)


@dataclass
class Rig:
    """A clinic whose patients are texted over a bad provider, and whose mail works."""

    house: House
    now: datetime
    people: list[Patient] = field(default_factory=list)
    mail: Post = field(default_factory=Post)

    def fill(self, count: int) -> None:
        willow.open_clinic(self.house, self.now, willow.WILLOW, willow.SAM)
        self.house = replace(self.house, channels=frozenset({Channel.EMAIL, Channel.SMS}))
        for place in range(count):
            who = willow.patient(self.now.date() - timedelta(days=3), channel=Channel.SMS)
            contact = Contact("A", "", f"{who.id}@patients.example", f"+1617555{place:04d}")
            self.people.append(willow.admit(self.house, who, self.now, contact))
        prompting.tick(self.house, self.now)

    def run(self, bad: BadProvider, open_sms: Callable[[], Sender]) -> None:
        """Pass after pass, two minutes apart, until nothing waits or the day is over."""
        opened = {Channel.SMS: open_sms, Channel.EMAIL: lambda: self.mail}
        worker = sending.Worker("one", opened, lambda: self.now)
        for _ in range(400):
            sending.send_waiting(self.house, worker)
            sending.settle_doubts(self.house, worker)
            self.callbacks(bad)
            if not self.waiting():
                return
            self.now += timedelta(minutes=2)
        with self.house.store.begin() as tx:
            messages.expire(tx, self.now + timedelta(days=2))

    def callbacks(self, bad: BadProvider) -> None:
        """What was kept is called back: twice, in any order, and not all of it."""
        told = [
            (name, one) for name in bad.kept for one in (Told.SENT, Told.DELIVERED) for _ in "12"
        ]
        bad.chance.shuffle(told)
        for name, one in told[:CALLBACKS]:
            word = Word(bad.name, f"ref-{name}", one, message_id=name)
            hearing_back.hear_back(self.house, word, now=self.now)

    def waiting(self) -> int:
        """How many messages to patients have come to no end yet."""
        query = (
            "SELECT count(*) FROM message "
            "WHERE purpose = 'check-in' AND state IN ('queued', 'sending')"
        )
        with self.house.store.read() as tx:
            return int(tx.connection.exec_driver_sql(query).scalar_one())

    def messages(self) -> list[OutgoingMessage]:
        with self.house.store.read() as tx:
            return [
                one
                for who in self.people
                for one in messages.of_patient(tx, who.clinic_id, who.id)
                if one.purpose == "check-in"
            ]


def count(rig: Rig, bad: BadProvider, name: str) -> Tally:
    """What is true of each text message, beside what the provider really took."""
    tally = Tally(name)
    told = rig.messages()
    texts = [one for one in told if one.channel is Channel.SMS]
    out = (MessageState.SENT, MessageState.DELIVERED)
    for one in texts:
        gone, said = bad.kept[one.id] > 0, one.state in out
        tally.acked += said
        tally.stored += gone
        tally.doubled += max(bad.kept[one.id] - 1, 0)
        tally.refused += one.state is MessageState.FAILED
        by_mail = any(mail.patient_id == one.patient_id for mail in told if mail is not one)
        ended_well = gone or by_mail or one.state in (MessageState.UNSURE, MessageState.EXPIRED)
        if (said and not gone) or one.state not in ENDS or not ended_well:
            tally.lost.add(one.id)
    doubts = sum(one.state is MessageState.UNSURE for one in texts)
    attempts = max(bad.asked.values())
    tally.line(f"in doubt {doubts}", f"most attempts {attempts}", f"seed {SEED}")
    assert len({one.patient_id for one in texts}) == len(rig.people)
    assert attempts <= recording.MOST_ATTEMPTS + 1  # one look-up may give one of them back
    return tally


@pytest.mark.parametrize("name", ["twilio", "sms"])
def test_nothing_is_lost_and_nothing_doubled_whatever_the_provider_does(
    house: House, clock_now: datetime, name: str
) -> None:
    rig, bad = Rig(house, clock_now), BadProvider(name, random.Random(SEED))
    rig.fill(PEOPLE)
    with provider(bad.answer) as there:
        rig.run(bad, lambda: sender_of(bad, there))
    tally = count(rig, bad, f"F16 {name}, {house.store.engine.dialect.name}")
    assert (tally.lost, tally.doubled) == (set(), 0)
    assert tally.stored > 0 and tally.refused > 0, "the provider was too good to prove anything"


@dataclass
class Rash:
    """The mistake that we do not make: what may have gone out is called refused, and sent again."""

    inner: Sender

    def send(self, letter: Letter) -> Outcome:
        outcome = self.inner.send(letter)
        return (
            replace(outcome, fate=Fate.REFUSED_FOR_NOW) if outcome.fate is Fate.UNSURE else outcome
        )

    def close(self) -> None:
        self.inner.close()


def test_the_rig_sees_a_double_where_a_doubt_is_sent_again(
    house: House, clock_now: datetime
) -> None:
    """The negative control, of few: of many the breaker lets the rest go by e-mail, unsent."""
    rig, bad = Rig(house, clock_now), BadProvider("twilio", random.Random(SEED))
    rig.fill(FEW)
    with provider(bad.answer) as there:
        rig.run(bad, lambda: Rash(sender_of(bad, there)))
    assert count(rig, bad, "F16 control").doubled > 0


def test_a_provider_that_is_down_is_tried_ten_times_and_then_once_a_minute(
    house: House, clock_now: datetime
) -> None:
    rig, asked = Rig(house, clock_now), Counter[str]()
    rig.fill(30)
    mailed = willow.patient(clock_now.date() - timedelta(days=2))
    willow.admit(rig.house, mailed, clock_now)
    prompting.tick(rig.house, clock_now)

    def down(request: Asked) -> Reply:
        asked[request.form["To"]] += 1
        return Reply(401)

    with provider(down) as there:
        bad = BadProvider("twilio", random.Random(SEED))
        opened = {
            Channel.SMS: lambda: sender_of(bad, there),
            Channel.EMAIL: lambda: rig.mail,
        }
        worker = sending.Worker("one", opened, lambda: rig.now)
        sending.send_waiting(rig.house, worker)
        first = sum(asked.values())
        assert len(rig.mail.given) == 1, "mail waited for the text messages"
        for _ in range(20):
            rig.now += timedelta(seconds=15)
            sending.send_waiting(rig.house, worker)
    probes = sum(asked.values()) - first
    print(f"F16 breaker: first {first}, probes in five minutes {probes}, seed {SEED}")
    assert (first, probes) == (10, 5)


def test_a_mail_server_of_another_name_gets_nothing_and_nothing_is_lost(
    house: House, clock_now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificate(tmp_path, "mail.elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    assert isinstance(context, ssl.SSLContext)
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    who = willow.patient_on_day(house, 3, clock_now)
    prompting.tick(house, clock_now)
    with starttls(context) as (server, port):
        url = f"smtp+starttls://127.0.0.1:{port}"
        opened = {Channel.EMAIL: lambda: SmtpSender(url, SENDER)}
        worker = sending.Worker("one", opened, lambda: clock_now)
        sending.send_waiting(house, worker)
    with house.store.read() as tx:
        (left,) = messages.of_patient(tx, who.clinic_id, who.id)
    assert server.kept == []
    assert left.state is MessageState.QUEUED and "certificate" in (left.fault or "")
