"""The house: what every journey needs to hand, put together once by `create_app` or a command.

May import: library, store, delivery's protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from webapp.delivery.channel import KeptLetter
from webapp.domain.chat import Shelf
from webapp.domain.person import Channel, Clinic
from webapp.library.shelf import Library
from webapp.store.engine import Store


def _no_letters() -> tuple[KeptLetter, ...]:
    return ()


def _no_clinic() -> Clinic | None:
    return None


def _no_chat() -> Shelf:
    raise LookupError("This house was put together without a chat.")


@dataclass(frozen=True, slots=True)
class PushDoor:
    """What browsers need in order to take our pushes."""

    public_key: str = ""  # base64url; "" where push is off
    anywhere: bool = False  # lets http and private hosts pass: for tests on one machine only


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever runs this installation: the last one that a flag or an alarm can reach."""

    email: str = ""
    mobile: str = ""  # +…, for text messages where these are set up


@dataclass(frozen=True, slots=True)
class ProviderKeys:
    """What proves that a message provider sent something; with "" nothing is believed."""

    twilio_token: str = ""
    texts_secret: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """The content, the database, and how patients reach this site."""

    library: Library
    store: Store
    public_url: str  # no slash at the end
    demo: bool = False
    only_clinic: Callable[[], Clinic | None] = _no_clinic  # asked anew: its number may change
    post_box: Callable[[], tuple[KeptLetter, ...]] = _no_letters  # what the demo's mail kept
    chat: Callable[[], Shelf] = _no_chat  # read when first asked for: commands need none
    operator: Operator = Operator()
    channels: frozenset[Channel] = frozenset({Channel.EMAIL})  # those that are set up here
    push: PushDoor = PushDoor()
    providers: ProviderKeys = ProviderKeys()

    @property
    def clinic(self) -> Clinic | None:
        """Whom public pages name: the clinic as it is now, where this site serves only one."""
        return self.only_clinic()

    def phone_of(self, clinic: Clinic, language: str) -> str:
        """The clinic's number; words for it where nobody has set one yet."""
        return clinic.phone or self.library.telephones.unknown["clinic"][language]

    def check_in_address(self, language: str, token: str) -> str:
        """The address of a daily link."""
        return f"{self.public_url}/{language}/check-in/{token}"

    def choices_address(self, language: str, token: str) -> str:
        """The page where a patient chooses how she is asked, or stops."""
        return f"{self.public_url}/{language}/choices/{token}"

    def one_click_address(self, language: str, token: str) -> str:
        """Where a mail program posts when she taps its own "unsubscribe" (RFC 8058)."""
        return f"{self.public_url}/{language}/choices/{token}/one-click"
