"""An e-mail reads well anywhere, says where it comes from, and goes only to the right server."""

from __future__ import annotations

import email
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from tests.delivery.certificates import certificate
from tests.delivery.test_smtp import Server
from tests.postgres import free_port
from webapp.delivery.channel import Fate, Letter
from webapp.delivery.mail import MailSender, compose, page_of
from webapp.delivery.smtp import SmtpSender

SENDER = MailSender(
    "Clínica Sauce <care@clinic.example>", "desk@clinic.example", "bounces@clinic.example"
)
TEXT = """Hello Rosa & "friends" <all>,

Your questions for today are ready:

https://thaw.example.org/en/check-in/abc?x=1&y=2

Call 555 0100. Or look at https://thaw.example.org/en/. It is safe.

Another time, a pause, or no more messages: https://thaw.example.org/en/choices/def

Willow Clinic
"""
LETTER = Letter(
    id="11111111-2222-3333-4444-555555555555",
    to="rosa@patients.example",
    subject="Willow: your questions for today",
    text=TEXT,
    choices_link="https://thaw.example.org/en/choices/def/one-click",
)


def read(letter: Letter = LETTER, sender: MailSender = SENDER) -> EmailMessage:
    found = email.message_from_bytes(compose(letter, sender), policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def with_text(text: str, **more: Any) -> Letter:
    return Letter(
        **{**{name: getattr(LETTER, name) for name in Letter.__slots__}, "text": text, **more}
    )


def test_the_plain_words_come_first_and_the_page_says_the_same() -> None:
    message = read()
    assert message.get_content_type() == "multipart/alternative"
    plain, page = message.iter_parts()
    assert (plain.get_content_type(), page.get_content_type()) == ("text/plain", "text/html")
    assert _content(plain) == TEXT.rstrip()
    words = _words(page.get_content())
    for line in ("Your questions for today are ready:", "Call 555 0100.", "Willow Clinic"):
        assert line in words
    assert message.defects == []


def _content(part: Any) -> str:
    text: str = part.get_content()
    return text.replace("\r\n", "\n").rstrip("\n")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _read(page: str) -> _Reader:
    reader = _Reader()
    reader.feed(page)
    return reader


def _words(page: str) -> str:
    return " ".join("".join(_read(page).words).split())


def test_the_page_fetches_nothing_and_its_links_say_in_words_where_they_lead() -> None:
    reader = _read(page_of(LETTER))
    assert {tag for tag, _ in reader.tags} <= {
        *("html", "head", "meta", "title", "body", "p", "a", "br")
    }
    links = [values["href"] for tag, values in reader.tags if tag == "a"]
    assert links == [
        "https://thaw.example.org/en/check-in/abc?x=1&y=2",
        "https://thaw.example.org/en/",
        "https://thaw.example.org/en/choices/def",
    ]
    assert "src=" not in page_of(LETTER) and "url(" not in page_of(LETTER)
    assert "check-in/abc" not in "".join(reader.words), "a link is read out letter by letter"
    assert "Another time, a pause, or no more messages" in "".join(reader.words)


@pytest.mark.parametrize(("lang", "way"), [("en", "ltr"), ("es", "ltr"), ("ar", "rtl")])
def test_the_page_says_its_language_and_its_direction(lang: str, way: str) -> None:
    (html,) = [
        values for tag, values in _read(page_of(with_text("x", lang=lang))).tags if tag == "html"
    ]
    assert (html["lang"], html["dir"]) == (lang, way)


@pytest.mark.parametrize(
    "text",
    [
        *("plain", "Está mañana: ¿sí?\n", "مرحبا، أسئلة اليوم جاهزة\n" * 40, "x" * 3000),
        *(".\n..\nend", "tab\tand = sign\n", "emoji 🙂\n", " leading\ntrailing \n", "From me\n"),
    ],
)
def test_every_text_arrives_as_it_was_written(text: str) -> None:
    plain = next(read(with_text(text)).iter_parts())
    assert _content(plain) == text.rstrip("\n")
    for line in compose(with_text(text), SENDER).split(b"\r\n"):
        assert len(line) < 998 and b"\n" not in line


def test_the_headers_say_who_and_how_to_stop() -> None:
    message = read(with_text("x", subject="عيادة الصفصاف: أسئلة اليوم " * 4))
    assert message["Message-ID"] == f"<{LETTER.id}@clinic.example>"
    assert message["List-Unsubscribe"] == f"<{LETTER.choices_link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Reply-To"] == "desk@clinic.example"
    assert message["From"] == "Clínica Sauce <care@clinic.example>"
    assert message["Subject"].strip() == ("عيادة الصفصاف: أسئلة اليوم " * 4).strip()
    assert read(with_text("x", choices_link=""))["List-Unsubscribe"] is None


def test_a_bounce_will_name_the_message_that_it_is_about() -> None:
    assert SENDER.return_path("abc") == "bounces+abc@clinic.example"
    assert MailSender("Thaw <a@b.example>").return_path("abc") == "a@b.example"


@contextmanager
def mail_server(**how: Any) -> Iterator[tuple[Server, int]]:
    handler, port = Server(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, **how)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


@contextmanager
def starttls(context: ssl.SSLContext) -> Iterator[tuple[Server, int]]:
    with mail_server(tls_context=context, require_starttls=True) as found:
        yield found


@pytest.fixture
def good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    trusted, context = certificate(tmp_path, "127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return context


@pytest.fixture
def misnamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    trusted, context = certificate(tmp_path, "mail.elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return context


def test_mail_goes_over_starttls(good: ssl.SSLContext) -> None:
    with starttls(good) as (handler, port):
        sender = SmtpSender(f"smtp+starttls://127.0.0.1:{port}", SENDER)
        assert sender.send(LETTER).fate is Fate.SENT
        sender.close()
    (envelope,) = handler.kept
    assert envelope.mail_from == f"bounces+{LETTER.id}@clinic.example"


class _TlsFromTheStart(Controller):
    def _trigger_server(self) -> None:
        """Its own first visit does not know our certificate."""
        context = ssl.create_default_context()
        with (
            socket.create_connection((self.hostname, self.port), timeout=5) as line,
            context.wrap_socket(line, server_hostname=self.hostname) as secure,
        ):
            secure.recv(100)


def test_mail_goes_over_tls_from_the_start(good: ssl.SSLContext) -> None:
    handler, port = Server(), free_port()
    controller = _TlsFromTheStart(handler, hostname="127.0.0.1", port=port, ssl_context=good)
    controller.start()
    try:
        sender = SmtpSender(f"smtps://127.0.0.1:{port}", SENDER)
        assert sender.send(LETTER).fate is Fate.SENT
        sender.close()
    finally:
        controller.stop()
    assert len(handler.kept) == 1


def test_a_certificate_of_another_name_is_refused_in_clear_words(misnamed: ssl.SSLContext) -> None:
    with starttls(misnamed) as (handler, port):
        outcome = SmtpSender(f"smtp+starttls://127.0.0.1:{port}", SENDER).send(LETTER)
    assert (outcome.fate, outcome.provider_down) == (Fate.REFUSED_FOR_NOW, True)
    assert "certificate of 127.0.0.1 is not good" in outcome.detail
    assert handler.kept == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    _, context = certificate(tmp_path, "127.0.0.1")
    with starttls(context) as (handler, port):
        outcome = SmtpSender(f"smtp+starttls://127.0.0.1:{port}", SENDER).send(LETTER)
    assert outcome.fate is Fate.REFUSED_FOR_NOW and "certificate" in outcome.detail
    assert handler.kept == []


def test_a_server_without_tls_gets_no_letter_where_tls_was_asked_for() -> None:
    with mail_server() as (handler, port):
        outcome = SmtpSender(f"smtp+starttls://127.0.0.1:{port}", SENDER).send(LETTER)
    assert outcome.fate is Fate.REFUSED_FOR_NOW and "TLS" in outcome.detail
    assert handler.kept == []


@pytest.mark.parametrize(
    ("said", "fate"),
    [
        ("550 5.1.1 no such user", Fate.DEAD_ADDRESS),
        ("550 no such user", Fate.DEAD_ADDRESS),
        ("553 5.1.3 bad address", Fate.DEAD_ADDRESS),
        ("554 5.7.1 relay denied", Fate.REFUSED),
        ("550 5.7.1 blocked", Fate.REFUSED),
        ("552 5.2.2 mailbox full", Fate.REFUSED),
        ("451 4.7.1 greylisted", Fate.REFUSED_FOR_NOW),
    ],
)
def test_an_address_is_dead_only_if_the_server_says_it_is_the_address(
    said: str, fate: Fate
) -> None:
    with mail_server() as (handler, port):
        handler.says = {"RCPT": said}
        outcome = SmtpSender(f"smtp://127.0.0.1:{port}", SENDER).send(LETTER)
    assert outcome.fate is fate
    assert not outcome.provider_down, "one address stopped all mail"
