"""What is wrong with a field of the enrolment form, as a sentence of the reader's language.

May import: flask-babel, the domain.
"""

from __future__ import annotations

from flask_babel import gettext as _  # type: ignore[import-untyped]

from webapp.domain.enrolment import Fault


def sentence_of(fault: Fault) -> str:
    """The sentence for a fault: the field's own where it has one, else the code's."""
    sentences = _sentences()
    return sentences.get(f"{fault.field} {fault.code}") or sentences.get(fault.code, fault.english)


def _sentences() -> dict[str, str]:
    return {
        "name missing": _("Write the patient's name."),
        "name enrolled-already": _("This person is enrolled for this procedure already."),
        "baseline_nrs missing": _("Ask for the usual pain: later answers are judged by it."),
        "label_max out-of-range": _("Write the most tablets in 24 hours, or leave it empty."),
        "mg_per_tablet out-of-range": _("Write how many milligrams are in one tablet."),
        "baseline_nrs out-of-range": _("Write a number from 0 to 10."),
        "procedure_date date-far-away": _("This is more than two years away. Check the year."),
        "channel no-address": _("Write the address that this channel needs, or choose another."),
        "not-a-name": _("This is too long, or has odd signs in it."),
        "not-an-email": _("Write an e-mail address, such as name@example.org."),
        "not-a-number": _("Write a telephone number with + and the country."),
        "not-a-mobile": _("This number takes no text messages. Write a mobile number."),
        "not-a-date": _("Write a date as year-month-day, such as 2026-11-20."),
        "not-a-time": _("Write a time of day, such as 09:00."),
        "not-a-timezone": _("Write a time zone, such as America/Los_Angeles."),
        "not-yes-or-no": _("Tick it or leave it."),
        "out-of-range": _("This number cannot be right."),
        "unknown": _("Choose one of the list."),
    }
