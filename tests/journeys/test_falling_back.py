"""What one channel cannot deliver goes by the next she has, once; one that is down is left."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests import willow
from tests.journeys.test_sending import Post
from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.domain.bounce import Bounce, read_bounce
from webapp.domain.breaker import Breaker, Way
from webapp.domain.person import Channel, Contact, Patient
from webapp.domain.push import PushAddress
from webapp.journeys import falling_back, hearing_back, prompting, sending
from webapp.journeys.house import House
from webapp.store import messages, notices, patients, reach, subscriptions
from webapp.store.messages import MessageState, OutgoingMessage

EMAIL, SMS, PUSH = Channel.EMAIL, Channel.SMS, Channel.PUSH


@dataclass
class Away:
    """A provider that does not answer, and counts how often it is tried."""

    tried: int = 0

    def send(self, letter: Letter) -> Outcome:
        self.tried += 1
        return Outcome(Fate.REFUSED_FOR_NOW, "away", provider_down=True)

    def close(self) -> None:
        pass


@dataclass
class Office:
    """A house with every channel, its one worker, and a watch that can be set."""

    house: House
    now: datetime
    senders: dict[Channel, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.senders = {channel: Post() for channel in Channel}
        opened = {channel: (lambda channel=channel: self.senders[channel]) for channel in Channel}
        self.worker = sending.Worker("one", opened, lambda: self.now)

    def send(self) -> None:
        sending.send_waiting(self.house, self.worker)

    def of(self, who: Patient) -> dict[Channel, OutgoingMessage]:
        with self.house.store.read() as tx:
            found = messages.of_patient(tx, who.clinic_id, who.id)
        return {one.channel: one for one in found if one.purpose == "check-in"}

    def given(self, channel: Channel) -> list[Letter]:
        post = self.senders[channel]
        assert isinstance(post, Post)
        return post.given


@pytest.fixture
def office(house: House, clock_now: datetime) -> Office:
    willow.open_clinic(house, clock_now, willow.WILLOW, willow.SAM)
    return Office(replace(house, channels=frozenset(Channel)), clock_now)


def admit(office: Office, **changes: object) -> Patient:
    who = willow.patient(office.now.date() - timedelta(days=3), **changes)
    number = f"+1617555{int(who.id[:4], 16) % 10000:04d}"
    contact = Contact("Rosa Diaz", "Rosa", f"{who.id}@patients.example", number)
    willow.admit(office.house, who, office.now, contact)
    return who


def subscribe(office: Office, who: Patient, name: str = "a") -> None:
    address = PushAddress(f"https://push.example.net/{name}", "k", "a")
    with office.house.store.begin() as tx:
        seal = patients.seal_of(tx, who.clinic_id, who.id)
        subscriptions.add(tx, who.id, seal, address, office.now)


def fails(fate: Fate) -> Post:
    return Post(answers=lambda _: fate)


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.DEAD_ADDRESS])
def test_what_fails_for_good_goes_by_the_next_channel_once(office: Office, fate: Fate) -> None:
    who = admit(office, channel=EMAIL)
    office.senders[EMAIL] = fails(fate)
    prompting.tick(office.house, office.now)
    for _ in range(3):
        office.send()
    found = office.of(who)
    assert {channel: one.state for channel, one in found.items()} == {
        EMAIL: MessageState.FAILED,
        SMS: MessageState.SENT,
    }
    assert found[SMS].dedupe == found[EMAIL].dedupe.replace(":email", ":sms")
    assert "goes by sms" in (found[EMAIL].fault or "")
    assert len(office.given(SMS)) == 1


def test_every_channel_is_tried_once_and_then_no_more(office: Office) -> None:
    who = admit(office, channel=SMS)
    subscribe(office, who)
    for channel in Channel:
        office.senders[channel] = fails(Fate.REFUSED)
    prompting.tick(office.house, office.now)
    for _ in range(5):
        office.send()
    assert {one.state for one in office.of(who).values()} == {MessageState.FAILED}
    assert [len(office.given(channel)) for channel in Channel] == [1, 1, 1]


@pytest.mark.parametrize("fate", [Fate.UNSURE, Fate.UNWANTED, Fate.SENT])
def test_what_may_have_arrived_or_is_not_wanted_goes_by_no_other(
    office: Office, fate: Fate
) -> None:
    who = admit(office, channel=EMAIL)
    office.senders[EMAIL] = fails(fate)
    prompting.tick(office.house, office.now)
    office.send()
    assert set(office.of(who)) == {EMAIL}


def test_a_dead_address_is_not_written_to_again_and_her_clinic_is_told(office: Office) -> None:
    who = admit(office, channel=EMAIL)
    office.senders[EMAIL] = fails(Fate.DEAD_ADDRESS)
    prompting.tick(office.house, office.now)
    office.send()
    office.senders[EMAIL] = Post()
    office.now += timedelta(days=1)
    prompting.tick(office.house, office.now)
    office.send()
    assert office.given(EMAIL) == []
    with office.house.store.read() as tx:
        assert set(reach.dead_channels(tx, who.clinic_id, who.id)) == {EMAIL}
        (told,) = notices.open_of_patient(tx, who.clinic_id, who.id)
    assert (told.kind, told.channel) == ("unreachable", EMAIL)


def test_a_browser_that_has_gone_is_retired_and_email_takes_over(office: Office) -> None:
    who = admit(office, channel=PUSH)
    subscribe(office, who)

    class Gone(Post):
        def send(self, letter: Letter) -> Outcome:
            return Outcome(Fate.REFUSED, "gone", gone=tuple(one.id for one in letter.browsers))

    office.senders[PUSH] = Gone()
    prompting.tick(office.house, office.now)
    office.send()
    office.send()
    with office.house.store.read() as tx:
        assert not subscriptions.has_any(tx, who.id)
    assert len(office.given(EMAIL)) == 1


def test_a_push_says_only_that_the_clinic_wrote(office: Office) -> None:
    who = admit(office, channel=PUSH)
    subscribe(office, who)
    prompting.tick(office.house, office.now)
    office.send()
    (letter,) = office.given(PUSH)
    assert letter.subject == "A message from your clinic"
    assert "Willow" not in letter.subject + letter.sms
    assert "/check-in/" in letter.link and letter.not_after is not None


def test_an_email_can_be_stopped_with_one_click(office: Office) -> None:
    admit(office, channel=EMAIL)
    prompting.tick(office.house, office.now)
    office.send()
    (letter,) = office.given(EMAIL)
    assert letter.choices_link.startswith(office.house.public_url)
    assert letter.choices_link.removesuffix("/one-click") in letter.text


def test_a_breaker_opens_at_half_of_twenty_and_probes_each_minute(clock_now: datetime) -> None:
    breaker = Breaker()
    for place in range(19):
        breaker.met(clock_now, fault=place % 2 == 1)
        assert breaker.way(clock_now) is Way.FREE, place
    breaker.met(clock_now, fault=True)
    assert breaker.way(clock_now) is Way.SHUT
    assert breaker.way(clock_now + timedelta(seconds=59)) is Way.SHUT
    minute = clock_now + timedelta(seconds=60)
    assert breaker.way(minute) is Way.ONE
    breaker.met(minute, fault=True)
    assert breaker.way(minute + timedelta(seconds=59)) is Way.SHUT
    breaker.met(minute + timedelta(seconds=60), fault=False)
    assert breaker.way(minute + timedelta(seconds=60)) is Way.FREE


def test_a_provider_that_is_down_is_left_alone_and_no_other_channel_waits(office: Office) -> None:
    texted = [admit(office, channel=SMS) for _ in range(30)]
    mailed = [admit(office, channel=EMAIL) for _ in range(30)]
    away = Away()
    office.senders[SMS] = away
    prompting.tick(office.house, office.now)
    office.send()
    assert away.tried == 10, "it was tried on and on"
    assert {office.of(who)[EMAIL].state for who in mailed} == {MessageState.SENT}
    office.send()
    assert away.tried == 10
    for minute in range(1, 4):
        office.now += timedelta(seconds=60)
        office.send()
        assert away.tried == 10 + minute, "one letter a minute finds out"
    waiting = [office.of(who)[SMS] for who in texted]
    assert {one.state for one in waiting} == {MessageState.QUEUED}
    assert sum(one.attempts for one in waiting) == away.tried


def test_what_waits_for_a_channel_too_long_goes_by_another(office: Office) -> None:
    who = admit(office, channel=SMS)
    alone = willow.patient(office.now.date() - timedelta(days=3), channel=SMS)
    willow.admit(office.house, alone, office.now, Contact("Ana", "", "", "+16175550199"))
    office.senders[SMS] = Away()
    prompting.tick(office.house, office.now)
    office.send()
    office.now += falling_back.WAITS_FOR
    office.send()
    office.send()
    assert office.of(who)[SMS].state is MessageState.FAILED
    assert office.of(who)[EMAIL].state is MessageState.SENT
    assert office.of(alone)[SMS].state is MessageState.QUEUED, "it was given up with nothing else"
    office.senders[SMS] = Post()
    office.now += timedelta(hours=1)
    office.send()
    assert office.of(alone)[SMS].state is MessageState.SENT
    assert office.of(who)[SMS].state is MessageState.FAILED, "she got it twice"


def test_a_busy_provider_is_left_alone_as_long_as_it_asks(office: Office) -> None:
    class Busy(Away):
        def send(self, letter: Letter) -> Outcome:
            wait = timedelta(seconds=90)
            return replace(super().send(letter), wait=wait)

    for _ in range(5):
        admit(office, channel=SMS)
    busy = Busy()
    office.senders[SMS] = busy
    prompting.tick(office.house, office.now)
    office.send()
    assert busy.tried == 1
    office.now += timedelta(seconds=89)
    office.send()
    assert busy.tried == 1
    office.now += timedelta(seconds=40)
    office.send()
    assert busy.tried == 2


def test_a_message_in_doubt_is_looked_up_before_it_ever_goes_again(office: Office) -> None:
    class Knows(Post):
        """A provider that can be asked: it has what went out, and not what was lost."""

        has: dict[str, Fate] = {}  # noqa: RUF012

        def look_up(self, letter_id: str) -> Outcome:
            return Outcome(self.has.get(letter_id, Fate.UNSURE), "ref")

    there, lost = admit(office, channel=SMS), admit(office, channel=SMS)
    knows = Knows(answers=lambda _: Fate.UNSURE)
    office.senders[SMS] = knows
    prompting.tick(office.house, office.now)
    office.send()
    knows.answers = lambda _: Fate.SENT
    sending.settle_doubts(office.house, office.worker)
    office.send()
    assert len(knows.given) == 2, "it was sent again although nobody knew"
    knows.has = {
        office.of(there)[SMS].id: Fate.SENT,
        office.of(lost)[SMS].id: Fate.REFUSED_FOR_NOW,
    }
    sending.settle_doubts(office.house, office.worker)
    office.send()
    assert {office.of(who)[SMS].state for who in (there, lost)} == {MessageState.SENT}
    assert len(knows.given) == 3


REPORT = b"""From: MAILER-DAEMON@mx.example
To: %(to)s
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; rosa@patients.example
Action: %(action)s
Status: %(status)s

--b
Content-Type: text/rfc822-headers

Message-ID: <%(id)s@clinic.example>
Subject: Willow
--b--
"""
ID = b"11111111-2222-3333-4444-555555555555"


def report(action: bytes, status: bytes, to: bytes = b"bounces@clinic.example") -> bytes:
    return REPORT % {b"to": to, b"action": action, b"status": status, b"id": ID}


def test_a_delivery_report_is_read_by_what_it_quotes_or_where_it_came_to() -> None:
    found = read_bounce(report(b"failed", b"5.1.1"))
    assert found == Bounce(ID.decode(), arrived=False, status="5.1.1")
    other = "99999999-2222-3333-4444-555555555555"
    to = f"bounces+{other}@clinic.example"
    assert read_bounce(report(b"failed", b"5.1.1", to.encode())).message_id == other  # type: ignore[union-attr]
    assert read_bounce(report(b"failed", b"5.1.1"), to).message_id == other  # type: ignore[union-attr]


@pytest.mark.parametrize("raw", [b"", b"hello", b"\xff\xfe", report(b"delayed", b"4.4.1")])
def test_what_is_no_end_of_a_message_of_ours_is_nothing(raw: bytes) -> None:
    assert read_bounce(raw) is None


@pytest.mark.parametrize(
    ("status", "is_dead"), [("5.1.1", True), ("5.2.1", True), ("5.2.2", False), ("4.4.7", False)]
)
def test_a_bounce_fails_the_message_and_marks_only_a_dead_address(
    office: Office, status: str, is_dead: bool
) -> None:
    who = admit(office, channel=EMAIL)
    prompting.tick(office.house, office.now)
    office.send()
    came_back = Bounce(office.of(who)[EMAIL].id, arrived=False, status=status)
    for _ in range(2):
        assert hearing_back.come_back(office.house, came_back, now=office.now)
    assert office.of(who)[EMAIL].state is MessageState.FAILED
    office.send()
    assert office.of(who)[SMS].state is MessageState.SENT
    with office.house.store.read() as tx:
        assert ((who.id, EMAIL) in reach.dead_among(tx, [who.id])) is is_dead


def test_a_bounce_of_an_answered_day_asks_nobody_again(office: Office) -> None:
    who = admit(office, channel=EMAIL)
    prompting.tick(office.house, office.now)
    office.send()
    came_back = Bounce(office.of(who)[EMAIL].id, arrived=False, status="5.1.1")
    late = office.of(who)[EMAIL].not_after
    hearing_back.come_back(office.house, came_back, now=late)
    assert set(office.of(who)) == {EMAIL}
