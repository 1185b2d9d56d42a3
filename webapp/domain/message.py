"""A message to a patient or to staff: stored words with a few gaps, and nothing about health.

May import: the standard library. The words are content (content/messages/); a message never holds
more than a first name, the clinic, its telephone and a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from string import Formatter

_LETTER_GAPS = ("first_name", "clinic", "clinic_phone", "link", "choices_link", "flag", "code")
_ALARM_GAPS = ("what", "remedy", "since", "until", "count", "about")
_NOTE_COUNTS = ("due", "sent", "answered", "missed", "waiting", "doubt", "failed")
_NOTE_GAPS = ("day", "flags", "untaken", "oldest", "head", *_NOTE_COUNTS)
_TEXT_GAPS = ("wrote", "act", "emergency_number")  # of answers to text messages
GAPS = frozenset((*_LETTER_GAPS, *_ALARM_GAPS, *_NOTE_GAPS, *_TEXT_GAPS))

_SPACES = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\n{3,}")

# One SMS holds this much (3GPP TS 23.038); a longer text is cut into parts that each lose a header.
_GSM_ONE, _GSM_PART = 160, 153
_UCS_ONE, _UCS_PART = 70, 67
_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€\f")  # each takes two places
_GSM = _GSM_BASIC | _GSM_DOUBLE


# What may stand for a letter that would turn a whole text into sixteen bits.
_NEARLY = str.maketrans(
    {
        **dict(zip("áâãçêëíîïóôõúûýÁÂÀÍÎÓÔÚÛ", "aaaceeiiiooouuyAAAIIOOUU", strict=True)),
        **dict.fromkeys("’‘ʼ", "'"),
        **dict.fromkeys("“”«»", '"'),
        **dict.fromkeys("–—‑", "-"),
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with gaps, and the line to use instead where a gap has no value."""

    words: str
    otherwise: str | None = None  # None: the gaps must be filled; "" drops the line


@dataclass(frozen=True, slots=True)
class Template:
    """The words of one message in one language."""

    subject: str
    sms: str  # the same in one line, for channels that hold no more
    body: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message that is ready to be sent."""

    subject: str
    text: str
    sms: str


@dataclass(frozen=True, slots=True)
class SmsSize:
    """How a text travels by SMS."""

    seven_bit: bool  # else 16 bits for each character
    parts: int


Messages = Mapping[tuple[str, str], Template]  # by name and language


def render(messages: Messages, name: str, language: str, **values: str) -> Message:
    """The message `name` in a language, or in English where that is not written.

    An empty value counts as none. Raises KeyError for an unknown message or a gap without a value.
    """
    template = messages.get((name, language)) or messages[name, "en"]
    # A clinic's name with a line break in it must not become a header of the e-mail.
    given = {gap: _SPACES.sub(" ", value).strip() for gap, value in values.items() if value}
    lines = (_line(line, given) for line in template.body)
    text = "\n".join(line for line in lines if line is not None)
    return Message(
        subject=template.subject.format_map(given),
        text=_BLANK_LINES.sub("\n\n", text).strip() + "\n",
        sms=template.sms.format_map(given),
    )


def sms_size(text: str) -> SmsSize:
    """How many parts a text takes, and whether it can be sent in seven bits."""
    if _GSM.issuperset(text):
        places = len(text) + sum(char in _GSM_DOUBLE for char in text)
        return SmsSize(True, _parts(places, _GSM_ONE, _GSM_PART))
    return SmsSize(False, _parts(len(text.encode("utf-16-le")) // 2, _UCS_ONE, _UCS_PART))


def fitted(text: str) -> str:
    """The text with near letters for those outside the seven-bit alphabet, if that is all of it.

    A Spanish text of one part stays one part; an Arabic one is left as it is.
    """
    if _GSM.issuperset(text):
        return text
    near = text.translate(_NEARLY)
    return near if _GSM.issuperset(near) else text


@cache  # of the few lines of content
def gaps(words: str) -> frozenset[str]:
    """The names of the gaps in a piece of words. Raises ValueError if a brace stands alone."""
    return frozenset(name for _, name, _, _ in Formatter().parse(words) if name is not None)


def _parts(places: int, one: int, part: int) -> int:
    return 1 if places <= one else -(-places // part)


def _line(line: Line, given: Mapping[str, str]) -> str | None:
    if line.otherwise is None or gaps(line.words) <= given.keys():
        return line.words.format_map(given)
    return line.otherwise.format_map(given) if line.otherwise else None
