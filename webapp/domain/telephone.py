"""Telephone numbers as people write them, by the number plan of a country.

May import: phonenumbers (a pure library of number plans) and the standard library.
"""

from __future__ import annotations

import phonenumbers

_KIND = phonenumbers.PhoneNumberType
_NO_MOBILE = {_KIND.FIXED_LINE, _KIND.TOLL_FREE, _KIND.PREMIUM_RATE, _KIND.SHARED_COST, _KIND.UAN}


class NotANumber(ValueError):
    """No telephone has this number."""


def e164(text: str, country: str) -> str:
    """A number as +…, read as if dialled in `country` (ISO 3166-1). Raises `NotANumber`."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise NotANumber(text) from None
    if not phonenumbers.is_valid_number(number):
        raise NotANumber(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def takes_texts(number: str) -> bool:
    """Whether a number as +… can be a mobile's: in some countries nobody can tell."""
    return phonenumbers.number_type(phonenumbers.parse(number)) not in _NO_MOBILE
