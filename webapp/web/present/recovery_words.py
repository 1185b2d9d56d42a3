"""The states of days, messages and patients in words. May import: the domain, journeys,
flask-babel.
"""

from __future__ import annotations

from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.domain.person import Channel, PatientStatus
from webapp.journeys.recovering import DayStatus


def day_words() -> dict[DayStatus, str]:
    """What is known of a day, in words."""
    return {
        DayStatus.ANSWERED: gettext("answered"),
        DayStatus.MISSED: gettext("missed"),
        DayStatus.WAITING: gettext("waiting"),
        DayStatus.NOT_ASKED: gettext("not asked"),
        DayStatus.AHEAD: gettext("ahead"),
    }


def sending_words() -> dict[str, str]:
    """What became of a message, in words."""
    return {
        "queued": gettext("waiting"),
        "sending": gettext("being sent"),
        "sent": gettext("sent"),
        "delivered": gettext("delivered"),
        "failed": gettext("failed"),
        "unsure": gettext("perhaps sent"),
        "expired": gettext("too late, not sent"),
        "cancelled": gettext("cancelled"),
    }


def status_words() -> dict[PatientStatus, str]:
    """Whether a patient is asked, in words."""
    return {
        PatientStatus.ACTIVE: gettext("being asked"),
        PatientStatus.PAUSED: gettext("paused"),
        PatientStatus.STOPPED: gettext("stopped"),
    }


def channel_words() -> dict[Channel, str]:
    """How a patient is reached, in words."""
    return {
        Channel.EMAIL: gettext("e-mail"),
        Channel.SMS: gettext("text message"),
        Channel.PUSH: gettext("notice on her phone"),
    }
