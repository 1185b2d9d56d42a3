"""A letter goes over real SMTP, and what is said of its fate is true."""

from __future__ import annotations

import email
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.postgres import free_port
from webapp.delivery.channel import Fate, Letter
from webapp.delivery.kept_letters import letters
from webapp.delivery.post_box import open_post_box
from webapp.delivery.smtp import SmtpSender

LETTER = Letter("one", "rosa@patients.example", "A question for you", "Hello Rosa, اليوم ✓")


class Server:
    """A mail server that keeps letters and answers as it is told."""

    def __init__(self) -> None:
        self.kept: list[Any] = []
        self.says: dict[str, str] = {}
        self.connections = 0
        self.offers: list[str] = []

    async def handle_EHLO(
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return [f"250-{one}" for one in self.offers] + responses

    async def handle_MAIL(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.says.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        if "CUT" in self.says:
            server.transport.abort()
            return ""
        said = self.says.get("DATA", "250 OK")
        if said.startswith("250"):
            self.kept.append(envelope)
        return said


@pytest.fixture(params=["one by one", "pipelining"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Server, SmtpSender]]:
    handler, port = Server(), free_port()
    handler.offers = ["PIPELINING"] if request.param == "pipelining" else []
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    sender = SmtpSender(f"smtp://127.0.0.1:{port}", "Thaw <thaw@clinic.example>")
    yield handler, sender
    sender.close()
    controller.stop()


def test_a_letter_arrives_whole(server: tuple[Server, SmtpSender]) -> None:
    handler, sender = server
    outcome = sender.send(LETTER)
    assert (outcome.fate, outcome.detail) == (Fate.SENT, "one")
    (envelope,) = handler.kept
    message = email.message_from_bytes(envelope.content)
    assert (message["To"], message["Subject"]) == (LETTER.to, LETTER.subject)
    assert message["From"] == "Thaw <thaw@clinic.example>"
    assert message["Message-ID"] == "<one@clinic.example>"
    body = message.get_payload(0).get_payload(decode=True)
    assert isinstance(body, bytes) and body.decode().strip() == LETTER.text


def test_many_letters_share_one_connection(server: tuple[Server, SmtpSender]) -> None:
    handler, sender = server
    assert {sender.send(LETTER).fate for _ in range(5)} == {Fate.SENT}
    assert (len(handler.kept), handler.connections) == (5, 1)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("said", "fate"), [("451 later", Fate.REFUSED_FOR_NOW), ("550 never", Fate.REFUSED)]
)
def test_a_refusal_is_for_now_or_for_good(
    server: tuple[Server, SmtpSender], step: str, said: str, fate: Fate
) -> None:
    handler, sender = server
    handler.says = {step: said}
    outcome = sender.send(LETTER)
    dead = step == "RCPT" and fate is Fate.REFUSED  # it is the address that is refused
    assert outcome.fate is (Fate.DEAD_ADDRESS if dead else fate)
    assert LETTER.to not in outcome.detail
    handler.says = {}
    assert sender.send(LETTER).fate is Fate.SENT, "one refusal spoilt the next letter"
    assert len(handler.kept) == 1


def test_a_line_cut_while_the_letter_is_handed_over_leaves_it_unsure(
    server: tuple[Server, SmtpSender],
) -> None:
    handler, sender = server
    handler.says = {"CUT": "now"}
    assert sender.send(LETTER).fate is Fate.UNSURE
    handler.says = {}
    assert sender.send(LETTER).fate is Fate.SENT


def test_a_server_that_hung_up_between_letters_has_certainly_not_taken_the_next() -> None:
    """The line is cut before the message itself, so trying again cannot double it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet_and_leave() -> None:
            for _ in range(2):
                line, _ = listening.accept()
                with line:
                    line.sendall(b"220 hello\r\n")
                    line.recv(1000)
                    line.sendall(b"250 yes\r\n")
                    line.recv(1000)  # MAIL, and then the line is cut

        thread = threading.Thread(target=greet_and_leave)
        thread.start()
        url = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        sender = SmtpSender(url, "thaw@clinic.example")
        assert sender.send(LETTER).fate is Fate.REFUSED_FOR_NOW
        assert sender.send(LETTER).fate is Fate.REFUSED_FOR_NOW
        sender.close()
        thread.join(timeout=10)


def test_a_server_that_takes_several_commands_at_once_gets_them_in_one_breath() -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take_one() -> None:
            line, _ = listening.accept()
            answers = (b"250-hi\r\n250 PIPELINING", b"250 ok\r\n250 ok\r\n354 go on", b"250 taken")
            with line:
                line.sendall(b"220 hello\r\n")
                for answer in answers:
                    heard.append(line.recv(10_000))
                    line.sendall(answer + b"\r\n")

        thread = threading.Thread(target=take_one)
        thread.start()
        sender = SmtpSender(f"smtp://127.0.0.1:{listening.getsockname()[1]}", "a@clinic.example")
        assert sender.send(LETTER).fate is Fate.SENT
        thread.join(timeout=10)
        sender.close()
    envelope = b"MAIL FROM:<a@clinic.example>\r\nRCPT TO:<rosa@patients.example>\r\nDATA\r\n"
    assert heard[1] == envelope


def test_a_full_stop_alone_on_a_line_ends_no_letter(server: tuple[Server, SmtpSender]) -> None:
    handler, sender = server
    text = "Hello\n.\n.. and on\n.\n"
    assert sender.send(replace(LETTER, text=text)).fate is Fate.SENT
    plain = (
        email.message_from_bytes(handler.kept[0].content).get_payload(0).get_payload(decode=True)
    )
    assert isinstance(plain, bytes) and plain.decode().replace("\r\n", "\n").strip() == text.strip()


def test_nobody_listening_is_a_refusal_for_now() -> None:
    sender = SmtpSender(f"smtp://127.0.0.1:{free_port()}", "thaw@clinic.example")
    assert sender.send(LETTER).fate is Fate.REFUSED_FOR_NOW
    sender.close()


@pytest.mark.parametrize(
    "bad",
    [
        Letter("x", "rosa@patients.example", "Hello\r\nBcc: eve@evil.example", "text"),
        Letter("x", "rosa@patients.example\r\nBcc: eve@evil.example", "Hello", "text"),
        Letter("x", "rosa@patients.example\nRCPT TO:<eve@evil.example>", "Hello", "text"),
    ],
)
def test_a_line_break_in_a_header_or_address_sends_nothing(
    server: tuple[Server, SmtpSender], bad: Letter
) -> None:
    handler, sender = server
    assert sender.send(bad).fate is Fate.REFUSED
    assert handler.kept == []


def test_the_demo_post_box_keeps_what_it_is_sent_and_gives_it_back(tmp_path: Path) -> None:
    port = free_port()
    box = open_post_box(tmp_path / "post-box", "127.0.0.1", port)
    box.start()
    try:
        sender = SmtpSender(f"smtp://127.0.0.1:{port}", "Thaw <thaw@clinic.example>")
        assert sender.send(LETTER).fate is Fate.SENT
        sender.close()
    finally:
        box.stop()
    (kept,) = letters(tmp_path / "post-box")
    assert (kept.to, kept.subject, kept.text.strip()) == (LETTER.to, LETTER.subject, LETTER.text)
    assert letters(tmp_path / "nowhere") == ()
