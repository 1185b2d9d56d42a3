"""The settings say which channels there are; what is half set is refused; no secret is printed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.journeys.test_falling_back import report
from webapp.assemble import senders_of
from webapp.commands import program
from webapp.config import SettingWrong, load_config
from webapp.delivery.http_texts import HttpTextSender
from webapp.delivery.smtp import SmtpSender
from webapp.delivery.twilio import TwilioSender
from webapp.delivery.web_push import PushSender
from webapp.domain.person import Channel

TWILIO = {
    "THAW_TWILIO_ACCOUNT_SID": "AC1",
    "THAW_TWILIO_AUTH_TOKEN": "token-that-nobody-may-see",
    "THAW_TWILIO_FROM": "MG1",
}


def opened(tmp_path: Path, **environ: str) -> dict[Channel, type]:
    config = load_config({"THAW_DATA_DIR": str(tmp_path), **environ})
    return {channel: type(sender()) for channel, sender in senders_of(config).items()}


def test_without_any_setting_there_are_mail_and_push(tmp_path: Path) -> None:
    assert opened(tmp_path) == {Channel.EMAIL: SmtpSender, Channel.PUSH: PushSender}


def test_texts_go_over_twilio_or_over_another_provider(tmp_path: Path) -> None:
    assert opened(tmp_path, **TWILIO)[Channel.SMS] is TwilioSender
    other = {"THAW_SMS_URL": "https://texts.example/send"}
    assert opened(tmp_path, **other)[Channel.SMS] is HttpTextSender


@pytest.mark.parametrize(
    "environ",
    [
        {"THAW_TWILIO_ACCOUNT_SID": "AC1"},
        {**TWILIO, "THAW_TWILIO_URL": "api.twilio.com"},
        {**TWILIO, "THAW_SMS_URL": "https://texts.example/send"},
        {"THAW_SMS_URL": "texts.example"},
        {"THAW_MAIL_BOUNCES_TO": "nobody"},
    ],
)
def test_what_is_half_set_stops_the_start_and_names_the_setting(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    with pytest.raises(SettingWrong, match=r"THAW_|Twilio"):
        opened(tmp_path, **environ)


def test_no_secret_is_printed() -> None:
    secrets = {
        **TWILIO,
        "THAW_SMS_TOKEN": "bearer-that-nobody-may-see",
        "THAW_SMS_SECRET": "key-that-nobody-may-see",
        "THAW_SMTP_URL": "smtp://user:pass-that-nobody-may-see@mail.example",
    }
    said = CliRunner().invoke(program, ["settings"], env=secrets).output
    assert "nobody-may-see" not in said
    assert "THAW_TWILIO_ACCOUNT_SID=AC1" in said


def test_a_bounce_of_a_stranger_and_no_bounce_at_all_are_taken_and_said(tmp_path: Path) -> None:
    environ = {"THAW_DATA_DIR": str(tmp_path)}
    for raw, words in (
        (report(b"failed", b"5.1.1"), "No such message is ours"),
        (b"hello", "no delivery report"),
    ):
        done = CliRunner().invoke(program, ["bounce"], input=raw, env=environ)
        assert (done.exit_code, words in done.output) == (0, True), done.output
