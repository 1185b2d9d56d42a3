"""The settings: read once from the environment, typed, frozen; wrong ones stop the start.

May import: the standard library. `SETTINGS` is also what `thaw settings` prints.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

_REPOSITORY = Path(__file__).resolve().parent.parent


class SettingWrong(Exception):
    """A setting cannot be used; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class TextSettings:
    """How text messages are sent: over Twilio, over another provider, or not at all."""

    twilio_sid: str = ""
    twilio_token: str = ""
    twilio_from: str = ""  # a number, or the id of a messaging service
    twilio_url: str = ""
    url: str = ""  # another provider's, which takes a JSON post
    token: str = ""
    secret: str = ""
    sender: str = ""
    can_look_up: bool = False

    @property
    def is_on(self) -> bool:
        """Whether text messages can be sent from here."""
        return bool(self.twilio_sid or self.url)


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that differs from one installation to the next."""

    data_dir: Path
    database_url: str
    secret_key_file: Path
    content_dir: Path
    public_url: str  # no slash at the end
    port: int
    workers: int
    smtp_url: str
    mail_from: str
    demo: bool  # shows the demo pages; only ever true beside invented patients
    trusted_proxies: int
    phones_keep: bool  # whether a phone may keep answers that wait for a network
    operator_email: str
    operator_mobile: str
    dead_man_url: str  # "" calls nobody
    metrics_token: str  # "" has no /metrics
    mail_reply_to: str  # "" answers to mail_from
    mail_bounces_to: str  # "" lets bounces come to mail_from, without the message's name
    texts: TextSettings
    push_key_file: Path
    push_anywhere: bool  # lets pushes go to http and to private hosts: only ever true in tests

    @property
    def is_https(self) -> bool:
        """Whether patients reach this site over TLS."""
        return self.public_url.startswith("https://")

    @property
    def post_box_dir(self) -> Path:
        """Where the demo's own mail server keeps what Thaw sent."""
        return self.data_dir / "post-box"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as the operator knows it."""

    name: str
    default: str
    meaning: str
    secret: bool = False


SETTINGS = (
    Setting(
        "THAW_DATA_DIR", "./var", "The folder for the database, the key file and the post-box."
    ),
    Setting(
        "THAW_DATABASE_URL", "", "Empty: SQLite in the data folder. Or postgresql+psycopg://…", True
    ),
    Setting(
        "THAW_SECRET_KEY_FILE", "", "Empty: secret.key in the data folder. Keep a copy elsewhere."
    ),
    Setting("THAW_CONTENT_DIR", "", "Empty: the content that came with Thaw."),
    Setting("THAW_PUBLIC_URL", "", "How patients reach this site. Empty: this machine only."),
    Setting("PORT", "8000", "The port that the web server listens on."),
    Setting("THAW_WORKERS", "2", "How many web processes answer at once."),
    Setting(
        "THAW_SMTP_URL", "smtp://127.0.0.1:8025", "smtp://, smtp+starttls:// or smtps://", True
    ),
    Setting("THAW_MAIL_FROM", "Thaw <thaw@localhost>", "The sender of every e-mail."),
    Setting("THAW_MAIL_REPLY_TO", "", "Where answers to our e-mail go. Empty: THAW_MAIL_FROM."),
    Setting(
        "THAW_MAIL_BOUNCES_TO",
        "",
        "bounces@…: each message's bounces come to bounces+<id>@…; pipe them into `thaw bounce`.",
    ),
    Setting("THAW_TWILIO_ACCOUNT_SID", "", "Text messages over Twilio: the account. Empty: none."),
    Setting("THAW_TWILIO_AUTH_TOKEN", "", "Signs in there, and proves its callbacks.", True),
    Setting("THAW_TWILIO_FROM", "", "The number to text from, or a messaging service (MG…)."),
    Setting("THAW_TWILIO_URL", "https://api.twilio.com", "Where Twilio's API is."),
    Setting("THAW_SMS_URL", "", "Text messages over another provider: where to post. Empty: none."),
    Setting("THAW_SMS_TOKEN", "", "Sent there as a bearer token.", True),
    Setting("THAW_SMS_SECRET", "", "Signs what we post there, and proves its callbacks.", True),
    Setting("THAW_SMS_FROM", "", "The sender's name or number there."),
    Setting("THAW_SMS_LOOK_UP", "0", "1: GET <THAW_SMS_URL>/<our id> says if it has a message."),
    Setting("THAW_DEMO", "0", "1 shows the demo pages. Never with real patients."),
    Setting("THAW_PUSH_KEY_FILE", "", "Empty: vapid.key in the data folder, made at first start."),
    Setting("THAW_PUSH_ANYWHERE", "0", "1 lets pushes go to private addresses. Only for tests."),
    Setting(
        "THAW_PHONES_KEEP", "1", "0 lets no phone keep answers, not even while it has no network."
    ),
    Setting(
        "THAW_TRUSTED_PROXIES", "0", "How many proxies in front may name the caller's address."
    ),
    Setting(
        "THAW_OPERATOR_EMAIL", "", "Whom flags and alarms reach last. Empty: THAW_MAIL_FROM's."
    ),
    Setting("THAW_OPERATOR_MOBILE", "", "The same by text message, with + and the country."),
    Setting(
        "THAW_DEAD_MAN_URL",
        "",
        "Called each hour that sending works; silence alarms.",
        True,
    ),
    Setting("THAW_METRICS_TOKEN", "", "The bearer token of /metrics. Empty: no /metrics.", True),
)


def load_config(environ: Mapping[str, str]) -> Config:
    """The settings of this process. Raises `SettingWrong`, naming the setting and the remedy."""
    value = _reader(environ)
    data_dir = Path(value("THAW_DATA_DIR")).absolute()
    port = _whole(value, "PORT", at_most=65535)
    return Config(
        data_dir=data_dir,
        database_url=value("THAW_DATABASE_URL") or f"sqlite:///{data_dir / 'thaw.db'}",
        secret_key_file=Path(value("THAW_SECRET_KEY_FILE") or data_dir / "secret.key"),
        content_dir=_content_dir(value("THAW_CONTENT_DIR")),
        public_url=_public_url(value("THAW_PUBLIC_URL") or f"http://127.0.0.1:{port}"),
        port=port,
        workers=_whole(value, "THAW_WORKERS", at_most=256),
        smtp_url=_smtp_url(value("THAW_SMTP_URL")),
        mail_from=value("THAW_MAIL_FROM"),
        demo=value("THAW_DEMO") == "1",
        trusted_proxies=_whole(value, "THAW_TRUSTED_PROXIES", at_most=10),
        phones_keep=value("THAW_PHONES_KEEP") != "0",
        operator_email=value("THAW_OPERATOR_EMAIL") or parseaddr(value("THAW_MAIL_FROM"))[1],
        operator_mobile=value("THAW_OPERATOR_MOBILE"),
        dead_man_url=_dead_man_url(value("THAW_DEAD_MAN_URL")),
        metrics_token=value("THAW_METRICS_TOKEN"),
        mail_reply_to=_address(value, "THAW_MAIL_REPLY_TO"),
        mail_bounces_to=_address(value, "THAW_MAIL_BOUNCES_TO"),
        texts=_texts(value),
        push_key_file=Path(value("THAW_PUSH_KEY_FILE") or data_dir / "vapid.key"),
        push_anywhere=value("THAW_PUSH_ANYWHERE") == "1",
    )


def source_of(setting: Setting, environ: Mapping[str, str]) -> str:
    """Where a setting's value comes from: "environment" or "default"."""
    return "environment" if environ.get(setting.name) else "default"


def _reader(environ: Mapping[str, str]) -> Callable[[str], str]:
    defaults = {setting.name: setting.default for setting in SETTINGS}
    return lambda name: environ.get(name, "").strip() or defaults[name]


def _whole(value: Callable[[str], str], name: str, *, at_most: int) -> int:
    text = value(name)
    if not text.isascii() or not text.isdigit() or int(text) > at_most:
        raise SettingWrong(f"{name} is {text!r}: set it to a whole number up to {at_most}.")
    return int(text)


def _content_dir(text: str) -> Path:
    """The folder of content: the one named, the checkout's, or the one inside the package."""
    places = [Path(text)] if text else [_REPOSITORY / "content", Path(__file__).parent / "_content"]
    for place in places:
        if (place / "topics").is_dir():
            return place.absolute()
    raise SettingWrong(f"There is no content in {places[0]}: set THAW_CONTENT_DIR to its folder.")


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingWrong(f"THAW_PUBLIC_URL is {text!r}: write it as https://thaw.example.org.")
    return text.rstrip("/")


def _texts(value: Callable[[str], str]) -> TextSettings:
    """How texts are sent. One provider, with all that it needs, or none."""
    texts = TextSettings(
        twilio_sid=value("THAW_TWILIO_ACCOUNT_SID"),
        twilio_token=value("THAW_TWILIO_AUTH_TOKEN"),
        twilio_from=value("THAW_TWILIO_FROM"),
        twilio_url=_web_url(value, "THAW_TWILIO_URL"),
        url=_web_url(value, "THAW_SMS_URL"),
        token=value("THAW_SMS_TOKEN"),
        secret=value("THAW_SMS_SECRET"),
        sender=value("THAW_SMS_FROM"),
        can_look_up=value("THAW_SMS_LOOK_UP") == "1",
    )
    if texts.twilio_sid and texts.url:
        raise SettingWrong("THAW_TWILIO_ACCOUNT_SID and THAW_SMS_URL are both set: leave one out.")
    if texts.twilio_sid and not (texts.twilio_token and texts.twilio_from):
        raise SettingWrong("Twilio needs THAW_TWILIO_AUTH_TOKEN and THAW_TWILIO_FROM too.")
    return texts


def _web_url(value: Callable[[str], str], name: str) -> str:
    text = value(name)
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
        raise SettingWrong(f"{name} must be a whole address: https://….")
    return text


def _address(value: Callable[[str], str], name: str) -> str:
    text = value(name)
    if text and ("@" not in parseaddr(text)[1] or not text.isprintable()):
        raise SettingWrong(f"{name} is {text!r}: write an e-mail address.")
    return text


def _dead_man_url(text: str) -> str:
    if text and (urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).hostname):
        raise SettingWrong("THAW_DEAD_MAN_URL must be a whole address: https://….")
    return text


def _smtp_url(text: str) -> str:
    if urlsplit(text).scheme not in ("smtp", "smtp+starttls", "smtps"):
        raise SettingWrong("THAW_SMTP_URL must start with smtp://, smtp+starttls:// or smtps://.")
    return text
