"""What is wrong with a form about staff, a password or a clinic, as a sentence.

May import: flask-babel, the domain.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.enrolment import Fault
from webapp.domain.password import LONGEST, SHORTEST


def sentences(faults: Iterable[Fault]) -> dict[str, str]:
    """A sentence for each field that has a fault."""
    known = _sentences()
    return {fault.field: known.get(fault.code, fault.english) for fault in faults}


def _sentences() -> dict[str, str]:
    return {
        "missing": _("Write a name of at most 200 letters."),
        "not-a-name": _("Write a name of at most 200 letters."),
        "not-an-email": _("Write an e-mail address, such as name@example.org."),
        "taken": _("This is in use already."),
        "unknown": _("Choose one of the list."),
        "not-a-country": _("Write the two letters of the country, such as US."),
        "not-a-timezone": _("Write a time zone, such as America/Los_Angeles."),
        "not-a-number": _("Write the number as patients should ring it."),
        "not-a-mobile": _("Write a mobile number with + and the country's number."),
        "not-minutes": _("Write whole minutes, at most 1440."),
        "not-hours": _("Write the hours as 08:00-17:00, several with commas, in order."),
        "too-short": _("Use at least %(count)s letters. A few words are good.", count=SHORTEST),
        "too-long": _("Use at most %(count)s letters.", count=LONGEST),
        "easy-to-guess": _("This one is easy to guess. Use a few words that do not belong."),
        "about-you": _("This says little but who you are. Use words that nobody links with you."),
        "the-same": _("This is the password that you have. Choose another."),
    }
