"""Putting the rooms together for a process: a `House` from the settings.

May import: config, delivery, journeys, library, store. Used by `create_app`, clock and commands.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Lock

from webapp.config import Config, SettingWrong
from webapp.delivery.channel import Bookcase, Sender
from webapp.delivery.hand_books import open_bookcase
from webapp.delivery.http_texts import HttpTextSender, TextProvider
from webapp.delivery.kept_letters import letters
from webapp.delivery.mail import MailSender
from webapp.delivery.smtp import SmtpSender
from webapp.delivery.twilio import TwilioAccount, TwilioSender
from webapp.delivery.vapid import VapidKey, VapidKeyWrong, public_text, read_or_create_vapid_key
from webapp.delivery.web_push import Pusher, PushSender
from webapp.domain.chat import Shelf
from webapp.domain.person import Channel, Clinic
from webapp.journeys.house import House, Operator, ProviderKeys, PushDoor
from webapp.keeping import keeping
from webapp.library.chat_files import load_chat
from webapp.library.search_files import load_encoder, load_searcher
from webapp.library.shelf import Library, load_library
from webapp.store import clinics
from webapp.store.engine import Store, StoreUnavailable, open_store
from webapp.store.migrate import upgrade
from webapp.store.sealing import read_or_create_master_key


def open_house(config: Config) -> House:
    """Read the content, open the database (brought to the current schema) and the keys.

    Raises `SettingWrong`, `LibraryError`, `KeyFileWrong` or `SchemaAhead`, each saying what to do.
    """
    with keeping():
        library = load_library(config.content_dir)
    _make_folder(config.data_dir)
    key = read_or_create_master_key(config.secret_key_file)
    upgrade(config.database_url)
    store = open_store(config.database_url, key)
    post_box = partial(letters, config.post_box_dir)
    only = OnlyClinic(store)
    chat = _ReadOnce(partial(open_chat, config.content_dir, library))
    return House(
        library=library,
        store=store,
        public_url=config.public_url,
        demo=config.demo,
        only_clinic=only,
        post_box=post_box,
        chat=chat,
        operator=Operator(config.operator_email, config.operator_mobile),
        channels=frozenset(senders_of(config)),
        push=push_door(config),
        providers=ProviderKeys(config.texts.twilio_token, config.texts.secret),
    )


def senders_of(config: Config) -> dict[Channel, Callable[[], Sender]]:
    """The channels that this installation has set up, each with a way to open a connection."""
    mail = MailSender(config.mail_from, config.mail_reply_to, config.mail_bounces_to)
    opened: dict[Channel, Callable[[], Sender]] = {
        Channel.EMAIL: partial(SmtpSender, config.smtp_url, mail),
        Channel.PUSH: partial(PushSender, _pusher(config, mail)),
    }
    if config.texts.is_on:
        opened[Channel.SMS] = partial(_text_sender, config)
    return opened


def bookcase_of(config: Config) -> Bookcase:
    """Where senders on this machine note what they have in hand."""
    return open_bookcase(config.data_dir / "hand-books")


def _text_sender(config: Config) -> Sender:
    texts, callbacks = config.texts, f"{config.public_url}/callbacks"
    if texts.twilio_sid:
        account = TwilioAccount(
            sid=texts.twilio_sid,
            token=texts.twilio_token,
            sender=texts.twilio_from,
            url=texts.twilio_url,
            callback_url=f"{callbacks}/twilio/status",
        )
        return TwilioSender(account)
    provider = TextProvider(
        url=texts.url,
        bearer=texts.token,
        secret=texts.secret,
        sender=texts.sender,
        callback_url=f"{callbacks}/sms/status",
        can_look_up=texts.can_look_up,
    )
    return HttpTextSender(provider)


def _pusher(config: Config, mail: MailSender) -> Pusher:
    return Pusher(_push_key(config), f"mailto:{mail.address}", config.push_anywhere)


def push_door(config: Config) -> PushDoor:
    """The public half of the push key, which is made at the first start. Raises `SettingWrong`."""
    return PushDoor(public_text(_push_key(config)), config.push_anywhere)


def _push_key(config: Config) -> VapidKey:
    try:
        return read_or_create_vapid_key(config.push_key_file)
    except VapidKeyWrong as fault:
        raise SettingWrong(str(fault)) from fault


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingWrong(
            f"The folder {folder} cannot be made ({fault.strerror}): "
            "set THAW_DATA_DIR to a folder of yours."
        ) from fault


def open_chat(content: Path, library: Library) -> Shelf:
    """What the chat answers from; takes seconds. Raises `LibraryError`."""
    return load_chat(content, library.phrases, load_searcher(content, load_encoder()))


class _ReadOnce:
    """The chat, read when it is first asked for, by one thread while the others wait."""

    def __init__(self, read: Callable[[], Shelf]) -> None:
        self._read, self._turn = read, Lock()
        self._found: Shelf | None = None

    def __call__(self) -> Shelf:
        with self._turn:
            if self._found is None:
                self._found = self._read()
            return self._found


class OnlyClinic:
    """The clinic, where a database has just one; while the database is away, as it last was."""

    def __init__(self, store: Store) -> None:
        """Ask `store` each time that somebody asks."""
        self._store = store
        self._last: Clinic | None = None

    def __call__(self) -> Clinic | None:
        """The clinic as it is now; None with none or several."""
        with suppress(StoreUnavailable), self._store.read() as tx:
            found = clinics.every(tx)
            self._last = found[0] if len(found) == 1 else None
        return self._last
