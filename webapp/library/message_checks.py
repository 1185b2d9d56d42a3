"""Whether every text message fits: one part in English and Spanish, two at most in Arabic.

Measured with gaps as long as they usually are. Arabic travels in sixteen bits: seventy letters a
part, and a link alone takes more. May import: the domain and this room.
"""

from __future__ import annotations

from collections.abc import Iterator

from webapp.domain.message import Messages, fitted, sms_size
from webapp.library.problem import Problem

_MOST_PARTS = {"en": 1, "es": 1, "ar": 2}
_NAME_LETTERS, _PHONE_LETTERS, _NUMBER_LETTERS = 24, 15, 6
_TOKEN_LETTERS, _HOST_LETTERS = 22, 24
# What each gap holds when the message goes out, as long as it usually is.
_USUAL = {
    "clinic": "C" * _NAME_LETTERS,
    "clinic_phone": "0" * _PHONE_LETTERS,
    "after_hours_phone": "0" * _PHONE_LETTERS,
    "first_name": "N" * _NUMBER_LETTERS,
    "link": "https://" + "h" * _HOST_LETTERS + "/en/check-in/" + "t" * _TOKEN_LETTERS,
    "choices_link": "https://" + "h" * _HOST_LETTERS + "/en/choices/" + "t" * _TOKEN_LETTERS,
    "act": "0" * _PHONE_LETTERS,
    "emergency_number": "0" * _NUMBER_LETTERS,
    "wrote": "10 2.5 2",
}


class _Usual(dict[str, str]):
    """The usual length of every gap; a short word for one that is not listed."""

    def __missing__(self, gap: str) -> str:
        return "0" * _NUMBER_LETTERS


def check_texts(messages: Messages, file: str) -> Iterator[Problem]:
    """Every short text that takes more parts than its language needs."""
    for (name, language), template in messages.items():
        parts = sms_size(fitted(template.sms.format_map(_Usual(_USUAL)))).parts
        if parts > _MOST_PARTS.get(language, 1):
            message = f"The SMS takes {parts} parts."
            remedy = f"Shorten it: {_MOST_PARTS.get(language, 1)} at most in this language."
            yield Problem(f"{file}/{name}/{language}.txt", 2, "message-sms", message, remedy)
