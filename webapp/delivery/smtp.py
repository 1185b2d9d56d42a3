"""E-mail over SMTP: one connection for a batch of letters, and an honest fate for each.

May import: smtplib, channel, mail. A fault before the message was handed over is safe to try
again; one after it is not, because the server may have taken it.
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import ssl
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.delivery.mail import MailSender, compose

TIMEOUT_SECONDS = 20
_DEAD_STATUS = re.compile(rb"\b5\.(1\.[0-9]+|2\.1|4\.4)\b")  # RFC 3463: about the address
_OTHER_STATUS = re.compile(rb"\b[45]\.[0-9]+\.[0-9]+\b")
_DEAD_CODES = frozenset({550, 551, 553})  # what servers without such a status say of an address
_SHUTTING_DOWN, _TAKEN, _GO_ON = 421, 250, 354
_SIMPLE = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+", re.ASCII)
_FIRST_STOP = re.compile(rb"^\.", re.MULTILINE)  # at the start of a line a second one goes before


class SmtpSender:
    """Sends letters over one SMTP connection that is opened when the first one goes."""

    def __init__(self, url: str, sender: MailSender | str) -> None:
        """`sender` may be the bare From, where nothing else is set."""
        self._parts = urlsplit(url)
        self._sender = MailSender(sender) if isinstance(sender, str) else sender
        self._server: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> Outcome:
        """Send one e-mail; see `Fate` for what may be tried again."""
        try:
            words = compose(letter, self._sender)
        except ValueError:
            return Outcome(Fate.REFUSED, "the address or the text cannot be sent")
        try:
            self._connected()
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return Outcome(Fate.REFUSED_FOR_NOW, self._why(fault), provider_down=True)
        refused = self._announced(letter)
        if refused is not None:
            self.close()
            return refused
        return self._hand_over(words, letter.id)

    def _announced(self, letter: Letter) -> Outcome | None:
        """Name sender and receiver: nothing has gone out yet, so every fault here is a plain no."""
        from_whom, to_whom = _path(self._sender.return_path(letter.id)), _path(letter.to)
        commands = f"MAIL FROM:{from_whom}", f"RCPT TO:{to_whom}", "DATA"
        try:
            replies = _replies(self._connected(), commands)
            if not 200 <= (code := next(replies)[0]) < 300:
                return _refused(code)
            code, said = next(replies)
            if not 200 <= code < 300:
                return _refused_address(code, said)
            code, said = next(replies)
        except (OSError, smtplib.SMTPException) as fault:
            name = type(fault).__name__
            return Outcome(Fate.REFUSED_FOR_NOW, name, provider_down=True)
        return None if code == _GO_ON else _refused(code)

    def _hand_over(self, words: bytes, letter_id: str) -> Outcome:
        """Give the message away. When the line breaks now, the server may have taken it."""
        server = self._connected()
        try:
            server.send(_FIRST_STOP.sub(b"..", words) + b".\r\n")
            code, _ = server.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            self.close()
            return Outcome(Fate.UNSURE, type(fault).__name__, provider_down=True)
        return Outcome(Fate.SENT, letter_id) if code == _TAKEN else _refused(code)

    def _why(self, fault: Exception) -> str:
        """Why there is no connection, in words for whoever runs the site."""
        host = self._parts.hostname or "the mail server"
        if isinstance(fault, ssl.SSLCertVerificationError):
            return f"the certificate of {host} is not good: {fault.verify_message.rstrip('.')}"
        if isinstance(fault, smtplib.SMTPAuthenticationError):
            return f"{host} does not take our name and password (SMTP {fault.smtp_code})"
        if isinstance(fault, smtplib.SMTPNotSupportedError):
            return f"{host} offers no TLS, or no sign-in: check the start of THAW_SMTP_URL"
        return type(fault).__name__

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            self._server = self._connect()
        return self._server

    def _connect(self) -> smtplib.SMTP:
        host, port = self._parts.hostname or "localhost", self._parts.port
        # Reading the machine's certificates takes longer than a hundred plain letters.
        tls = self._parts.scheme in ("smtps", "smtp+starttls")
        secure = ssl.create_default_context() if tls else None
        server: smtplib.SMTP
        if self._parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, port or 465, timeout=TIMEOUT_SECONDS, context=secure)
        else:
            server = smtplib.SMTP(host, port or 587, timeout=TIMEOUT_SECONDS)
        try:
            self._introduce(server, secure)
        except BaseException:
            server.close()
            raise
        return server

    def _introduce(self, server: smtplib.SMTP, secure: ssl.SSLContext | None) -> None:
        if self._parts.scheme == "smtp+starttls":
            server.starttls(context=secure)
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        server.ehlo_or_helo_if_needed()

    def close(self) -> None:
        """Say goodbye to the server, if it still listens."""
        if self._server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._server = None


def _replies(server: smtplib.SMTP, commands: Sequence[str]) -> Iterator[tuple[int, bytes]]:
    """What a server says to each command; one that can gets them all at once (RFC 2920)."""
    if not server.has_extn("pipelining"):
        yield from map(server.docmd, commands)
        return
    server.send("".join(f"{command}\r\n" for command in commands))
    for _ in commands:
        yield server.getreply()


def _path(address: str) -> str:
    """An address as the envelope names it."""
    return f"<{address}>" if _SIMPLE.fullmatch(address) else smtplib.quoteaddr(address)


def _refused(code: int) -> Outcome:
    """4xx: not now. 5xx: never."""
    if 400 <= code < 500:
        down = code == _SHUTTING_DOWN
        return Outcome(Fate.REFUSED_FOR_NOW, f"SMTP {code}", provider_down=down)
    return Outcome(Fate.REFUSED, f"SMTP {code}")


def _refused_address(code: int, said: bytes) -> Outcome:
    """The server will not take this address; for good, only if it says that it is the address."""
    if code < 500:
        return _refused(code)
    plain_no = code in _DEAD_CODES and not _OTHER_STATUS.search(said)
    if plain_no or _DEAD_STATUS.search(said):
        return Outcome(Fate.DEAD_ADDRESS, f"there is no such address (SMTP {code})")
    return _refused(code)
