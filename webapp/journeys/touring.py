"""Touring: what a visitor of the demo is shown besides the site: its post-box and its codes.

Nothing here works outside the demo, and nothing here is about anybody real. May import: domain,
pyotp, delivery's protocol, store and this room.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyotp

from webapp.delivery.channel import KeptLetter
from webapp.domain.person import Staff
from webapp.journeys.house import House
from webapp.journeys.signing_in import TOTP_SECONDS
from webapp.store import staff
from webapp.store.engine import Transaction


@dataclass(frozen=True, slots=True)
class DemoCode:
    """The sign-in code that one of the demo's staff would read from her phone now."""

    person: Staff
    code: str
    seconds_left: int


def read_post_box(house: House) -> tuple[KeptLetter, ...]:
    """Each message that the demo sent, newest first; none where this is not a demo."""
    return house.post_box() if house.demo else ()


def codes_now(house: House, now: datetime) -> tuple[DemoCode, ...]:
    """The code of this half-minute of each invented member of staff; nobody else's, ever."""
    if not house.demo:
        return ()
    left = TOTP_SECONDS - int(now.timestamp()) % TOTP_SECONDS
    with house.store.read() as tx:
        found = [(person, _secret(tx, person)) for person in house.library.demo.staff]
    return tuple(
        DemoCode(person, pyotp.TOTP(secret).at(now), left) for person, secret in found if secret
    )


def _secret(tx: Transaction, person: Staff) -> str | None:
    """The stored secret of somebody who is of the demo clinic there too."""
    found = staff.by_id(tx, person.id)
    if found is None or found.staff.clinic_id != person.clinic_id:
        return None
    return found.totp_secret
