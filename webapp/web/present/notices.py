"""What a clinic must read about reaching a patient, in words. May import: the domain, journeys,
flask-babel, clinic_time, inbox.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.domain.preference import NoticeKind
from webapp.journeys.noticing import NoticeLine
from webapp.web.present.clinic_time import moment
from webapp.web.present.inbox import View, who
from webapp.web.present.recovery_words import channel_words


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """One notice."""

    id: str
    patient_id: str
    who: str  # "" where the page is hers
    words: str
    when: str


def notices_shown(lines: Iterable[NoticeLine], view: View) -> tuple[NoticeShown, ...]:
    """The clinic's notices, each with its patient."""
    return tuple(_shown(line, who(line.contact), view) for line in lines)


def own_notices(lines: Iterable[NoticeLine], view: View) -> tuple[NoticeShown, ...]:
    """The notices about one patient, on her own page."""
    return tuple(_shown(line, "", view) for line in lines)


def _shown(line: NoticeLine, name: str, view: View) -> NoticeShown:
    notice = line.notice
    return NoticeShown(
        id=notice.id,
        patient_id=notice.patient_id,
        who=name,
        words=_words(notice.kind, channel_words()[notice.channel]),
        when=moment(notice.at, view.zone, view.now),
    )


def _words(kind: str, channel: str) -> str:
    known = {
        NoticeKind.STOPPED.value: gettext(
            "The patient stopped our messages (%(channel)s). No answers will come: "
            "agree on another way.",
            channel=channel,
        ),
        NoticeKind.NOT_ME.value: gettext(
            "Somebody said that our messages (%(channel)s) are not for them. Check the address; "
            "nothing is sent until you resume.",
            channel=channel,
        ),
        NoticeKind.UNREACHABLE.value: gettext(
            "What we send (%(channel)s) comes back. Check the address.", channel=channel
        ),
    }
    return str(known.get(kind, kind))
