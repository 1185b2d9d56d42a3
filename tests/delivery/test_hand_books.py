"""A hand book says what it knows of a killed sender's letters, and else nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from webapp.delivery import hand_books
from webapp.delivery.channel import Bookcase, Fate, HandBook, Outcome
from webapp.delivery.hand_books import open_bookcase

OWNER = "clock.example:7:ab12"


@pytest.fixture
def boot(tmp_path: Path) -> Path:
    name = tmp_path / "boot_id"
    name.write_text("first-start\n")
    return name


@pytest.fixture
def case(tmp_path: Path, boot: Path) -> Bookcase:
    return open_bookcase(tmp_path / "books", boot)


@pytest.fixture
def book(case: Bookcase) -> HandBook:
    opened = case.open(OWNER)
    opened.take(["a", "b", "c"])
    return opened


def fate_of(case: Bookcase, letter: str, owner: str = OWNER) -> Fate:
    return case.look_up(owner, letter).fate


def the_file(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "books" / "first-start").iterdir()
    return file


def test_what_was_taken_and_not_given_away_surely_did_not_go_out(
    case: Bookcase, book: HandBook
) -> None:
    book.give("a")
    assert fate_of(case, "b") is Fate.REFUSED_FOR_NOW
    assert fate_of(case, "a") is Fate.UNSURE


def test_what_the_provider_took_is_sent_with_its_receipt(case: Bookcase, book: HandBook) -> None:
    book.give("a")
    book.end("a", Outcome(Fate.SENT, "SM 12\ntaken b"))
    assert case.look_up(OWNER, "a") == Outcome(Fate.SENT, "SM 12taken b")


@pytest.mark.parametrize("fate", [fate for fate in Fate if fate not in (Fate.SENT, Fate.UNSURE)])
def test_what_the_provider_refused_surely_did_not_go_out(
    case: Bookcase, book: HandBook, fate: Fate
) -> None:
    book.give("a")
    book.end("a", Outcome(fate, "why"))
    assert fate_of(case, "a") is Fate.REFUSED_FOR_NOW


def test_what_ended_unsure_stays_unsure(case: Bookcase, book: HandBook) -> None:
    book.give("a")
    book.end("a", Outcome(Fate.UNSURE))
    assert fate_of(case, "a") is Fate.UNSURE


def test_what_was_given_away_a_second_time_is_unsure_again(case: Bookcase, book: HandBook) -> None:
    book.give("a")
    book.end("a", Outcome(Fate.REFUSED_FOR_NOW))
    book.give("a")
    assert fate_of(case, "a") is Fate.UNSURE
    other = case.open(OWNER)
    other.take(["a"])
    assert fate_of(case, "a") is Fate.UNSURE, "the other book does not know of it"


def test_a_book_speaks_for_its_owner_alone(case: Bookcase, book: HandBook) -> None:
    assert fate_of(case, "a", "clock.example:8:ab12") is Fate.UNSURE
    assert fate_of(case, "never-taken") is Fate.UNSURE


def test_a_book_says_nothing_once_the_machine_has_been_started_again(
    case: Bookcase, book: HandBook, tmp_path: Path, boot: Path
) -> None:
    """What was not synced may be gone: then what was given away looks as if it was not."""
    boot.write_text("second-start\n")
    assert fate_of(open_bookcase(tmp_path / "books", boot), "a") is Fate.UNSURE


def test_a_machine_that_does_not_name_its_starts_keeps_no_books(tmp_path: Path) -> None:
    case = open_bookcase(tmp_path / "books", tmp_path / "nothing")
    case.open(OWNER).take(["a"])
    assert fate_of(case, "a") is Fate.UNSURE


@pytest.mark.parametrize("spoilt", ["given a", "gi", "given", "something else \n", "taken\n"])
def test_a_book_with_a_spoilt_line_says_nothing(
    case: Bookcase, book: HandBook, tmp_path: Path, spoilt: str
) -> None:
    with the_file(tmp_path).open("a") as file:
        file.write(spoilt)
    assert fate_of(case, "a") is Fate.UNSURE


def test_a_book_that_cannot_be_written_any_more_says_nothing_and_stops_nobody(
    case: Bookcase, book: HandBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_books.os, "write", lambda _handle, whole: len(whole) - 1)
    book.give("a")
    assert fate_of(case, "a") is Fate.UNSURE
    assert fate_of(case, "b") is Fate.UNSURE


def test_a_full_disk_keeps_no_letter_from_going_out(tmp_path: Path, boot: Path) -> None:
    (tmp_path / "books").write_text("a file where the folder should be")
    case = open_bookcase(tmp_path / "books", boot)
    case.open(OWNER).give("a")
    assert fate_of(case, "a") is Fate.UNSURE


def test_a_settled_book_is_thrown_away_and_another_one_stays(
    case: Bookcase, book: HandBook, tmp_path: Path
) -> None:
    other = case.open(OWNER)
    book.close(settled=True)
    other.close(settled=False)
    assert the_file(tmp_path).exists()


def test_old_books_are_thrown_away(
    case: Bookcase, book: HandBook, tmp_path: Path, boot: Path
) -> None:
    os.utime(the_file(tmp_path), (0, 0))
    open_bookcase(tmp_path / "books", boot)
    assert list((tmp_path / "books" / "first-start").iterdir()) == []
