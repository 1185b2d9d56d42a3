"""Text messages over Twilio's HTTP API.

A post is not idempotent there, and no message can be found by a name of ours, so one that may
have arrived stays in doubt until a callback says more. May import: channel, http_line, the domain.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.delivery.http_line import Answer, HttpLine, InDoubt, NotSent, Patience
from webapp.domain.text_codes import BUSY, OUR_ACCOUNT, AddressFate, fate_of_code

_VERSION = "2010-04-01"
_SERVICE = "MG"  # how the id of a messaging service begins
_LONGEST_VALIDITY, _SHORTEST_VALIDITY = 36_000, 60  # seconds that Twilio may hold a message

_STATUS_RECEIVED = {200, 201}


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Where and as whom to send."""

    sid: str
    token: str
    sender: str  # a number, or the id of a messaging service
    url: str  # scheme, host and port
    callback_url: str  # where the message's own id is added to


class TwilioSender:
    """Sends letters one after another over one connection."""

    def __init__(self, account: TwilioAccount, patience: Patience | None = None) -> None:
        """Nothing is opened before the first letter goes."""
        self._account = account
        self._line = HttpLine(account.url, patience=patience)

    def send(self, letter: Letter) -> Outcome:
        """Send one text message."""
        now = datetime.now(UTC)
        try:
            answer = self._line.ask(
                "POST", self._target(), body=self._form(letter, now), headers=self._headers()
            )
        except NotSent as fault:
            return Outcome(Fate.REFUSED_FOR_NOW, str(fault), provider_down=True)
        except InDoubt as fault:
            return Outcome(Fate.UNSURE, f"Twilio: {fault}", provider_down=True)
        return read_answer(answer, now)

    def _target(self) -> str:
        prefix = urlsplit(self._account.url).path.rstrip("/")
        return f"{prefix}/{_VERSION}/Accounts/{self._account.sid}/Messages.json"

    def _form(self, letter: Letter, now: datetime) -> bytes:
        sender = self._account.sender
        who = "MessagingServiceSid" if sender.startswith(_SERVICE) else "From"
        fields = {
            "To": letter.to,
            who: sender,
            "Body": letter.sms,
            "StatusCallback": f"{self._account.callback_url}?message={letter.id}",
        }
        if letter.not_after is not None:  # a text that comes after its day is of no use
            seconds = int((letter.not_after - now).total_seconds())
            fields["ValidityPeriod"] = str(min(max(seconds, _SHORTEST_VALIDITY), _LONGEST_VALIDITY))
        return urlencode(fields).encode()

    def _headers(self) -> dict[str, str]:
        pair = f"{self._account.sid}:{self._account.token}".encode()
        return {
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
            "User-Agent": "thaw",
        }

    def close(self) -> None:
        """Let the connection go."""
        self._line.close()


def read_answer(answer: Answer, now: datetime) -> Outcome:
    """What Twilio's answer means. What cannot be understood may have gone out."""
    said = answer.json()
    if answer.status in _STATUS_RECEIVED:
        sid = said.get("sid")
        if not isinstance(sid, str) or not 0 < len(sid) <= 64:
            return Outcome(Fate.UNSURE, "Twilio said yes, but not to what", provider_down=True)
        return _of_code(said.get("error_code")) or Outcome(Fate.SENT, sid)
    if answer.status == 429:
        wait = answer.wait(now)
        return Outcome(Fate.REFUSED_FOR_NOW, "Twilio is busy", wait, provider_down=True)
    if 400 <= answer.status < 500:
        return _refused(answer.status, said.get("code"), now, answer)
    if answer.status == 503 and "retry-after" in answer.headers:
        return Outcome(Fate.REFUSED_FOR_NOW, "Twilio is away", answer.wait(now), provider_down=True)
    # A redirect is none of ours to follow; a 5xx may come from a gateway behind which it went on.
    return Outcome(Fate.UNSURE, f"Twilio: HTTP {answer.status}", provider_down=True)


def _refused(status: int, code: object, now: datetime, answer: Answer) -> Outcome:
    detail = f"Twilio: HTTP {status}, code {code if isinstance(code, int) else 'none'}"
    if code in BUSY:
        return Outcome(Fate.REFUSED_FOR_NOW, detail, answer.wait(now), provider_down=True)
    if status in (401, 403) or code in OUR_ACCOUNT:
        return Outcome(Fate.REFUSED_FOR_NOW, f"{detail}: check the account", provider_down=True)
    if status in (404, 405, 408):
        return Outcome(Fate.REFUSED_FOR_NOW, detail, provider_down=True)
    return _of_code(code) or Outcome(Fate.REFUSED, detail)


def _of_code(code: object) -> Outcome | None:
    """What an error code says about the address; None if nothing."""
    found = fate_of_code(code)
    if found is None:
        return None
    dead = found[0] is AddressFate.DEAD
    return Outcome(Fate.DEAD_ADDRESS if dead else Fate.UNWANTED, found[1])
