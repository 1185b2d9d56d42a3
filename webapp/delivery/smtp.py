"""E-mail over SMTP: one connection for a batch of letters, and an honest fate for each.

May import: smtplib, email, channel. A fault before the message was handed over is safe to try
again; one after it is not, because the server may have taken it.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.errors import HeaderParseError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from urllib.parse import unquote, urlsplit

from webapp.delivery.channel import Fate, Letter, Outcome

TIMEOUT_SECONDS = 20


class SmtpSender:
    """Sends letters over one SMTP connection that is opened when the first one goes."""

    def __init__(self, url: str, mail_from: str) -> None:
        self._parts = urlsplit(url)
        self._from = mail_from
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> Outcome:
        """Send one e-mail; see `Fate` for what may be tried again."""
        try:
            words = self._compose(letter).as_bytes(policy=SMTP)
        except (ValueError, HeaderParseError):
            return Outcome(Fate.REFUSED, "the address or the text cannot be sent")
        try:
            refused = self._announce(letter.to)
        except smtplib.SMTPResponseException as fault:
            refused = _refused(fault.smtp_code)
        except (OSError, smtplib.SMTPException) as fault:
            refused = Outcome(Fate.REFUSED_FOR_NOW, type(fault).__name__)
        if refused is not None:
            self.close()
            return refused
        return self._hand_over(words, letter.id)

    def _announce(self, to: str) -> Outcome | None:
        """Name sender and receiver: nothing has gone out yet, so every fault here is a plain no."""
        server = self._connected()
        for step, address in ((server.mail, parseaddr(self._from)[1]), (server.rcpt, to)):
            code, _ = step(address)
            if not 200 <= code < 300:
                return _refused(code)
        return None

    def _hand_over(self, words: bytes, letter_id: str) -> Outcome:
        """Give the message away. When the line breaks now, the server may have taken it."""
        try:
            code, _ = self._connected().data(words)
        except smtplib.SMTPDataError as fault:
            return _refused(fault.smtp_code)
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return Outcome(Fate.UNSURE, type(fault).__name__)
        return Outcome(Fate.SENT, letter_id) if code == 250 else _refused(code)

    def _compose(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"] = self._from, letter.to
        message["Subject"] = letter.subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{letter.id}@{self._domain()}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message

    def _domain(self) -> str:
        return self._from.rpartition("@")[2].strip("> ") or "localhost"

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._connect()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        host, port = self._parts.hostname or "localhost", self._parts.port
        secure = ssl.create_default_context()
        server: smtplib.SMTP
        if self._parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=secure)
        else:
            server = smtplib.SMTP(host, port or 587, timeout=TIMEOUT_SECONDS)
        if self._parts.scheme == "smtp+starttls":
            server.starttls(context=secure)
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        server.ehlo_or_helo_if_needed()
        return server

    def close(self) -> None:
        """Say goodbye to the server, if it still listens."""
        if self._server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server = None


def _refused(code: int) -> Outcome:
    """4xx: not now. 5xx: never."""
    fate = Fate.REFUSED_FOR_NOW if 400 <= code < 500 else Fate.REFUSED
    return Outcome(fate, f"SMTP {code}")
