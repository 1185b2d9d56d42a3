"""What identifies a patient cannot be read without her key, nor be passed off as another's."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path

import pytest

from tests import tables, willow
from tests.conftest import MASTER_KEY
from webapp.domain.person import Contact
from webapp.journeys import checking_in
from webapp.journeys.house import House
from webapp.store import patients
from webapp.store.engine import Store
from webapp.store.sealing import (
    KeyFileWrong,
    Keyring,
    SealBroken,
    read_master_key,
    read_or_create_master_key,
)

CANARY = Contact("Xanthippe Kanary", "Xanthi", "xanthippe@kanary.example", "+15550123456")
NOTE = "the quokka note of that day"
PLAIN = ("Xanthi", "Kanary", "kanary", "5550123456", "quokka")


@pytest.fixture
def seal_of_one() -> tuple[Keyring, bytes]:
    keyring = Keyring(MASTER_KEY)
    return keyring, keyring.new_wrapped_key("one")


def test_no_name_contact_or_note_stands_in_the_database(house: House, clock_now: datetime) -> None:
    willow.open_clinic(house, clock_now)
    who = willow.patient(clock_now.date())
    willow.admit(house, who, clock_now, CANARY)
    token = willow.link_of(house, who, clock_now)
    sent = willow.submission(clock_now, willow.answers(note=NOTE))
    checking_in.submit(house, token, sent, now=clock_now)
    everything = _everything(house.store)
    assert all(word.encode() not in everything for word in PLAIN)
    assert token.encode() not in everything
    assert who.id.encode() in everything, "the search itself finds nothing"


def _everything(store: Store) -> bytes:
    """Every row; on SQLite the files themselves too, free pages and log included."""
    found = repr(tables.rows(store)).encode()
    if store.engine.dialect.name == "sqlite":
        file = Path(str(store.engine.url.database))
        found += b"".join(one.read_bytes() for one in file.parent.glob(file.name + "*"))
    return found


def test_a_sealed_value_opens_where_it_was_sealed(seal_of_one: tuple[Keyring, bytes]) -> None:
    keyring, wrapped = seal_of_one
    seal = keyring.seal_of("one", wrapped)
    assert seal.open("check_in.note", seal.seal("check_in.note", "sore")) == "sore"


def test_the_same_words_are_never_sealed_the_same(seal_of_one: tuple[Keyring, bytes]) -> None:
    keyring, wrapped = seal_of_one
    seal = keyring.seal_of("one", wrapped)
    assert seal.seal("check_in.note", "sore") != seal.seal("check_in.note", "sore")


def test_a_value_moved_to_another_column_is_refused(seal_of_one: tuple[Keyring, bytes]) -> None:
    keyring, wrapped = seal_of_one
    seal = keyring.seal_of("one", wrapped)
    with pytest.raises(SealBroken):
        seal.open("patient_secret.name", seal.seal("check_in.note", "sore"))


def test_a_value_moved_to_another_patient_is_refused(house: House, clock_now: datetime) -> None:
    willow.open_clinic(house, clock_now)
    one, other = (
        willow.admit(house, willow.patient(clock_now.date()), clock_now) for _ in range(2)
    )
    moved = (
        "UPDATE patient_secret SET name = (SELECT name FROM patient_secret WHERE patient_id = :a)"
        " WHERE patient_id = :b"
    )
    tables.execute(house.store, moved, a=one.id, b=other.id)
    with house.store.read() as tx, pytest.raises(SealBroken):
        patients.contact(tx, other.clinic_id, other.id)


def test_a_key_moved_to_another_patient_is_refused(seal_of_one: tuple[Keyring, bytes]) -> None:
    keyring, wrapped = seal_of_one
    with pytest.raises(SealBroken):
        keyring.seal_of("two", wrapped)


def test_another_master_key_opens_nothing(seal_of_one: tuple[Keyring, bytes]) -> None:
    _, wrapped = seal_of_one
    with pytest.raises(SealBroken):
        Keyring(b"another master key of 32 bytes..").seal_of("one", wrapped)


@pytest.mark.parametrize("place", [0, 1, 12, 20, -1])
def test_one_altered_bit_is_noticed(seal_of_one: tuple[Keyring, bytes], place: int) -> None:
    keyring, wrapped = seal_of_one
    seal = keyring.seal_of("one", wrapped)
    sealed = bytearray(seal.seal("check_in.note", "sore"))
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        seal.open("check_in.note", bytes(sealed))


def test_destroying_one_key_erases_one_patient(house: House, clock_now: datetime) -> None:
    willow.open_clinic(house, clock_now)
    gone, stays = (
        willow.admit(house, willow.patient(clock_now.date()), clock_now) for _ in range(2)
    )
    destroy = "UPDATE patient_secret SET wrapped_key = NULL WHERE patient_id = :who"
    tables.execute(house.store, destroy, who=gone.id)
    with house.store.read() as tx:
        assert patients.contact(tx, gone.clinic_id, gone.id) is None
        assert patients.contact(tx, stays.clinic_id, stays.id) is not None


def test_a_fingerprint_finds_the_same_person_and_needs_the_key() -> None:
    mark = Keyring(MASTER_KEY).mark
    assert mark("Rosa Diaz", "r@x") == mark(" rosa diaz ", "R@X")
    assert mark("Rosa Diaz", "r@x") != mark("Rosa", "Diaz r@x")
    assert mark("Rosa") != Keyring(b"another master key of 32 bytes..").mark("Rosa")


def test_the_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secret.key"
    key = read_or_create_master_key(path)
    assert read_or_create_master_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path], "a draft was left behind"


@pytest.mark.parametrize("content", [b"", b"not base64!", b"c2hvcnQ="])
def test_a_key_file_that_is_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileWrong, match=r"secret\.key"):
        read_master_key(path)


def test_a_lost_key_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyFileWrong, match="restore it"):
        read_master_key(tmp_path / "secret.key")
