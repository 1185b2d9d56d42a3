"""Text messages over any provider that takes a signed JSON post (docs/operating.md says which).

Each post carries the message's own id as its Idempotency-Key, and the provider can be asked for
it again, so a message in doubt is looked up before it is ever sent twice. May import: channel,
http_line and the domain.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from webapp.delivery.channel import Fate, Letter, Outcome
from webapp.delivery.http_line import Answer, HttpLine, InDoubt, NotSent, Patience
from webapp.domain.signature import plain_signature

_PERMANENT = {"unsubscribed": Fate.UNWANTED, "invalid-number": Fate.DEAD_ADDRESS}
_OUR_FAULT = (401, 403, 404, 405, 408)


@dataclass(frozen=True, slots=True)
class TextProvider:
    """Where and as whom to send."""

    url: str
    bearer: str  # "" sends no Authorization
    secret: str  # "" signs nothing
    sender: str
    callback_url: str
    can_look_up: bool = False  # whether GET <url>/<our id> says what became of a message


class HttpTextSender:
    """Sends letters one after another over one connection."""

    def __init__(self, provider: TextProvider, patience: Patience | None = None) -> None:
        """Nothing is opened before the first letter goes."""
        self._provider = provider
        self._parts = urlsplit(provider.url)
        self._line = HttpLine(provider.url, patience=patience)

    def send(self, letter: Letter) -> Outcome:
        """Send one text message."""
        body, now = self._body(letter), datetime.now(UTC)
        headers = {**self._headers(body, now), "Idempotency-Key": letter.id}
        try:
            answer = self._line.ask("POST", self._target(), body=body, headers=headers)
        except NotSent as fault:
            return Outcome(Fate.REFUSED_FOR_NOW, str(fault), provider_down=True)
        except InDoubt as fault:
            return Outcome(Fate.UNSURE, f"text provider: {fault}", provider_down=True)
        return _read(answer, now)

    def _body(self, letter: Letter) -> bytes:
        fields = {
            "id": letter.id,
            "to": letter.to,
            "from": self._provider.sender,
            "text": letter.sms,
            "callback_url": self._provider.callback_url,
        }
        if letter.not_after is not None:
            fields["not_after"] = letter.not_after.isoformat()
        return json.dumps(fields, ensure_ascii=False).encode()

    def _headers(self, body: bytes, now: datetime) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "User-Agent": "thaw"}
        if self._provider.bearer:
            headers["Authorization"] = f"Bearer {self._provider.bearer}"
        if self._provider.secret:
            stamp = str(int(now.timestamp()))
            signed = plain_signature(body, self._provider.secret, stamp)
            headers |= {"X-Thaw-Timestamp": stamp, "X-Thaw-Signature": f"sha256={signed}"}
        return headers

    def _target(self) -> str:
        query = f"?{self._parts.query}" if self._parts.query else ""
        return (self._parts.path or "/") + query

    def look_up(self, letter_id: str) -> Outcome:
        """What became of a message in doubt, by our own name for it."""
        if not self._provider.can_look_up:
            return Outcome(Fate.UNSURE, "the provider cannot be asked")
        target = f"{self._parts.path.rstrip('/')}/{quote(letter_id, safe='')}"
        try:
            answer = self._line.ask("GET", target, headers=self._headers(b"", datetime.now(UTC)))
        except (NotSent, InDoubt) as fault:
            return Outcome(Fate.UNSURE, str(fault))
        if answer.status == 404:
            return Outcome(Fate.REFUSED_FOR_NOW, "the provider never had it")
        reference = _reference(answer)
        known = answer.status == 200 and reference
        return Outcome(Fate.SENT, reference) if known else Outcome(Fate.UNSURE, "no clear answer")

    def close(self) -> None:
        """Let the connection go."""
        self._line.close()


def _reference(answer: Answer) -> str:
    found = answer.json().get("id")
    return found if isinstance(found, str) and 0 < len(found) <= 100 else ""


def _read(answer: Answer, now: datetime) -> Outcome:
    """What the provider's answer means. What cannot be understood may have gone out."""
    status = answer.status
    if status in (200, 201, 202):
        reference = _reference(answer)
        if reference:
            return Outcome(Fate.SENT, reference)
        return Outcome(Fate.UNSURE, "the text provider's answer is rubbish", provider_down=True)
    detail = f"text provider: HTTP {status}"
    if status == 429 or (status == 503 and "retry-after" in answer.headers):
        return Outcome(Fate.REFUSED_FOR_NOW, detail, answer.wait(now), provider_down=True)
    if status in _OUR_FAULT:
        return Outcome(Fate.REFUSED_FOR_NOW, f"{detail}: check the settings", provider_down=True)
    if 400 <= status < 500:
        code = answer.json().get("code")
        return Outcome(_PERMANENT.get(str(code), Fate.REFUSED), f"{detail}, {str(code)[:40]}")
    return Outcome(Fate.UNSURE, detail, provider_down=True)
