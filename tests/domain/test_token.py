"""Tokens and names are random, whole, and of the shape that those who read them expect."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from webapp.domain.token import TOKEN_LENGTH, looks_like_token, new_id, new_token

MANY = 2000


def test_tokens_have_the_promised_shape_and_never_come_again() -> None:
    tokens = {new_token() for _ in range(MANY)}
    assert len(tokens) == MANY and all(map(looks_like_token, tokens))


def test_no_letter_of_a_token_is_likelier_than_another() -> None:
    counted = Counter("".join(new_token() for _ in range(MANY)))
    expected = MANY * TOKEN_LENGTH / 62  # about 710 of each; seven standard deviations are 187
    assert len(counted) == 62
    assert all(abs(many - expected) < 200 for many in counted.values()), counted


def test_names_are_random_uuids() -> None:
    names = {new_id() for _ in range(MANY)}
    assert len(names) == MANY
    for name in names:
        assert str(UUID(name)) == name
        assert (UUID(name).version, UUID(name).variant) == (4, "specified in RFC 4122")
