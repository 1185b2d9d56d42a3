"""The page on which a patient chooses how we write to her: no name, no address, no answer in it.

May import: the domain, journeys, flask-babel, language, clinic_time, recovery_words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext  # type: ignore[import-untyped]

from webapp.domain.person import Channel, PatientStatus
from webapp.domain.schedule import local_day
from webapp.journeys.choosing import Choices
from webapp.web.language import described
from webapp.web.present.clinic_time import full_day, time_of_day

Option = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ChoicesPage:
    """What the page shows."""

    token: str
    state: str  # a sentence: whether we write, and until when not
    asked: bool  # she is being asked now
    stopped: bool
    later: tuple[Option, ...]
    prompt_time: str  # HH:MM
    quiet_from: str
    quiet_until: str
    channels: tuple[Option, ...]
    channel: str
    languages: tuple[Option, ...]
    language: str
    first_day: date  # the first that a pause can end on
    said: str  # what was done just now; "" if nothing
    faults: tuple[Mapping[str, str], ...]


def choices_page(
    choices: Choices,
    token: str,
    languages: Iterable[str],
    now: datetime,
    outcome: tuple[str, str] = ("", ""),
) -> ChoicesPage:
    """The page as it is now. `outcome` is the code of what was done, and of what was wrong."""
    patient = choices.patient
    done, fault = outcome
    return ChoicesPage(
        token=token,
        state=_state(choices),
        asked=patient.status is PatientStatus.ACTIVE,
        stopped=patient.status is PatientStatus.STOPPED,
        later=tuple({"value": at.isoformat(), "label": _clock(at)} for at in choices.later),
        prompt_time=f"{patient.prompt_time:%H:%M}",
        quiet_from=f"{patient.quiet_from:%H:%M}" if patient.quiet_from else "",
        quiet_until=f"{patient.quiet_until:%H:%M}" if patient.quiet_until else "",
        channels=tuple(_channel(one) for one in choices.channels),
        channel=patient.channel.value,
        languages=tuple({"value": code, "label": described(code).name} for code in languages),
        language=patient.language,
        first_day=local_day(now, patient.timezone) + timedelta(days=1),
        said=_said().get(done, ""),
        faults=({"name": _FIELDS[fault], "text": _faults()[fault]},) if fault else (),
    )


def _state(choices: Choices) -> str:
    patient = choices.patient
    if patient.status is PatientStatus.STOPPED:
        return str(gettext("We do not write to you any more."))
    if patient.status is PatientStatus.PAUSED and patient.paused_until:
        day = full_day(patient.paused_until)
        return str(gettext("We are not asking now. We start again on %(day)s.", day=day))
    if patient.status is PatientStatus.PAUSED:
        return str(gettext("We are not asking now. We wait until you start again."))
    return str(gettext("We ask you at %(time)s.", time=time_of_day(patient.prompt_time)))


def _clock(at: datetime) -> str:
    return time_of_day(at.timetz().replace(tzinfo=None))


def _channel(channel: Channel) -> Option:
    words = {
        Channel.EMAIL: gettext("By e-mail"),
        Channel.SMS: gettext("By text message"),
        Channel.PUSH: gettext("By a notice on this phone"),
    }
    return {"value": channel.value, "label": words[channel]}


def _said() -> dict[str, str]:
    return {
        "stop": gettext("Done. We will not write again, but for one last word that says so."),
        "pause": gettext("Done. We ask nothing until then."),
        "resume": gettext("Done. We ask again."),
        "later": gettext("Done. We ask again at that time today."),
        "time": gettext("Done. From now on we ask at that time."),
        "quiet": gettext("Done. We keep these hours quiet."),
        "channel": gettext("Done. From now on we write there."),
        "language": gettext("Done. From now on we write in this language."),
    }


_FIELDS = {
    "no-day": "until",
    "no-time": "prompt_time",
    "no-later": "later",
    "no-quiet": "quiet_from",
    "no-address": "channel",
    "nothing": "act",
}


def _faults() -> dict[str, str]:
    return {
        "no-day": gettext("Choose a day from tomorrow on, within a year."),
        "no-time": gettext("Write a time of day, such as 09:00."),
        "no-later": gettext("That time is over. Choose one of those that are left."),
        "no-quiet": gettext("Write both times, such as 21:00 and 08:00."),
        "no-address": gettext("We have no address for that. Call us to give one."),
        "nothing": gettext("That did not work. Please choose again."),
    }
