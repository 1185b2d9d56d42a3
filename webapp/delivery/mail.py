"""The bytes of an e-mail: plain words first, then the same as a simple page, and honest headers.

Nothing in it is fetched from anywhere, and nothing tells us that it was read. Written by hand
because Python's own composer takes longer than the mail server (bench/): a test reads it back
with Python's parser. May import: channel and the standard library.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr, formatdate, parseaddr
from functools import cache
from html import escape

from webapp.delivery.channel import Letter

_LONGEST_LINE = 900  # bytes: RFC 5322 allows 998
_RTL = frozenset({"ar"})
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")
_ONLY_URL = re.compile(rf"\s*({_URL.pattern})\s*")
_LABELLED_URL = re.compile(rf"(?P<label>[^\n:]+):\s+(?P<url>{_URL.pattern})\s*")
_SEPARATOR = "thaw-mail-part"

_PAGE = """\
<!DOCTYPE html><html lang="{lang}" dir="{dir}"><head><meta charset="utf-8">\
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head><body style="margin:0;padding:16px;font-family:sans-serif;\
font-size:18px;line-height:1.5;max-width:36em">
{body}
</body></html>
"""
_BUTTON = (
    '<a href="{url}" style="display:inline-block;padding:12px 20px;border:2px solid #005a70;'
    'border-radius:6px;background:#005a70;color:#ffffff;font-weight:bold">{label}</a>'
)


@dataclass(frozen=True, slots=True)
class MailSender:
    """From whom our mail comes, and where what comes back goes."""

    mail_from: str  # as people read it: Example Clinic <care@example.org>
    reply_to: str = ""
    bounces_to: str = ""  # each message gets an address of its own under it; "" uses mail_from

    @property
    def address(self) -> str:
        """The bare address."""
        return _address_in(self.mail_from)

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.rpartition("@")[2] or "localhost"

    def return_path(self, letter_id: str) -> str:
        """The envelope's sender: what bounces names the message that it is about (VERP)."""
        if not self.bounces_to:
            return self.address
        name, _, domain = self.bounces_to.rpartition("@")
        return f"{name}+{letter_id}@{domain}"


@cache
def _address_in(person: str) -> str:
    return parseaddr(person)[1]


def compose(letter: Letter, sender: MailSender) -> bytes:
    """A whole e-mail with CRLF line ends. Raises ValueError for what no header may hold."""
    headers = [
        ("From", _person(sender.mail_from)),
        ("To", _plain(letter.to)),
        ("Subject", _words(letter.subject)),
        ("Date", formatdate()),
        ("Message-ID", f"<{_plain(letter.id)}@{sender.domain}>"),
        ("Auto-Submitted", "auto-generated"),
        ("Content-Language", _plain(letter.lang)),
        ("MIME-Version", "1.0"),
    ]
    if sender.reply_to:
        headers.append(("Reply-To", _person(sender.reply_to)))
    if letter.choices_link:
        headers.append(("List-Unsubscribe", f"<{_plain(letter.choices_link)}>"))
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    separator = f"{_SEPARATOR}-{letter.id}"
    headers.append(("Content-Type", f'multipart/alternative; boundary="{separator}"'))
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    parts = _part("plain", letter.text), _part("html", page_of(letter))
    body = b"".join(f"--{separator}\r\n".encode() + part for part in parts)
    return head.encode() + b"\r\n" + body + f"--{separator}--\r\n".encode()


def _plain(text: str) -> str:
    """A header's value that must be plain ASCII in one line. Raises ValueError."""
    if not text.isascii() or not text.isprintable() or not text:
        raise ValueError("this cannot stand in a header")
    return text


def _words(text: str) -> str:
    """A header's value in any language, in one logical line. Raises ValueError."""
    if not text.isprintable():
        raise ValueError("this cannot stand in a header")
    if text.isascii() and len(text) < _LONGEST_LINE:
        return text
    return Header(text, "utf-8", maxlinelen=70).encode(linesep="\r\n")


@cache  # the sender's few words, the same in every letter
def _person(text: str) -> str:
    """A name and an address. Raises ValueError."""
    if not text.isprintable():
        raise ValueError("this cannot stand in a header")
    name, address = parseaddr(text)
    return formataddr((name, _plain(address)))


def _part(kind: str, text: str) -> bytes:
    content, coding = _coded(text)
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {coding}\r\n\r\n'
    )
    return head.encode() + content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n"


def _coded(text: str) -> tuple[bytes, str]:
    """The shortest safe way to send a text: as it is, with a few signs escaped, or in base64."""
    plain = text.encode()
    if text.isascii():
        if max(map(len, plain.split(b"\n")), default=0) < _LONGEST_LINE:
            return plain, "7bit"
        return binascii.b2a_qp(plain), "quoted-printable"
    if len(plain) - len(text) > len(text) // 3:
        return base64.encodebytes(plain), "base64"
    return binascii.b2a_qp(plain), "quoted-printable"


def page_of(letter: Letter) -> str:
    """The letter as a page: paragraphs, and links that say where they lead in words."""
    blocks = (block.strip("\n") for block in letter.text.split("\n\n"))
    body = "\n".join(_block(block, letter.subject) for block in blocks if block.strip())
    return _PAGE.format(
        lang=escape(letter.lang),
        dir="rtl" if letter.lang in _RTL else "ltr",
        title=escape(letter.subject),
        body=body,
    )


def _block(block: str, subject: str) -> str:
    """One paragraph. A link that stands alone becomes a button that says what it is for."""
    if "://" not in block:  # most are without: looking for links takes longer than all else
        return f"<p>{escape(block)}</p>".replace("\n", "<br>\n")
    if alone := _ONLY_URL.fullmatch(block):
        return f"<p>{_BUTTON.format(url=escape(alone[1]), label=escape(subject))}</p>"
    if labelled := _LABELLED_URL.fullmatch(block):
        url, label = escape(labelled["url"]), escape(labelled["label"])
        return f'<p><a href="{url}">{label}</a></p>'
    return "<p>" + "<br>\n".join(map(_line, block.split("\n"))) + "</p>"


def _line(line: str) -> str:
    pieces, end = [], 0
    for found in _URL.finditer(line):
        pieces.append(escape(line[end : found.start()]))
        pieces.append(f'<a href="{escape(found[0])}">{escape(found[0])}</a>')
        end = found.end()
    return "".join(pieces) + escape(line[end:])
