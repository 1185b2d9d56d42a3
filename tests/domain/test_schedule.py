"""One prompt for each due local day, whatever the clocks do."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.pathway import AskingPhase, Pathway
from webapp.domain.schedule import (
    DayState,
    QuietHours,
    Timetable,
    day_exists,
    is_due_on,
    local_day,
    next_due,
    today,
    window,
    windows_between,
)

DAY = timedelta(days=1)
NIGHT = QuietHours(time(21), time(8))
AWKWARD = [time(0, 0), time(1, 30), time(2, 30), time(9, 0), time(22, 30), time(23, 59)]


def pathway(*phases: AskingPhase) -> Pathway:
    return Pathway(
        id="test",
        version=1,
        status="draft",
        judged_as="mastectomy",
        names={"en": "Test"},
        asks_baseline=False,
        asking=phases,
        last_day_changes_hours=48,
    )


DAILY = pathway(AskingPhase("daily", tuple(range(1, 366)), 24, 6))
MASTECTOMY = pathway(
    AskingPhase("daily", tuple(range(1, 15)), 24, 6),
    AskingPhase("weekly", (21, 28), 72, 24),
    AskingPhase("late", (42, 84, 182, 365), 168, 72),
)


def clocks_that_change() -> list[str]:
    """One IANA zone for each different way in which clocks change in 2026."""
    hours = [datetime(2026, 1, 1, tzinfo=UTC) + n * timedelta(hours=3) for n in range(365 * 8)]
    ways: dict[tuple[timedelta | None, ...], str] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = tuple(hour.astimezone(zone).utcoffset() for hour in hours)
        if len(set(offsets)) > 1:
            ways.setdefault(offsets, name)
    return sorted(ways.values())


CHANGING = clocks_that_change()


def timetable(zone="America/Los_Angeles", at="09:00", *, on=date(2026, 3, 1), **other):
    return Timetable(other.pop("asks", DAILY), on, zone, time.fromisoformat(at), **other)


def wall(instant: datetime, zone: str) -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize("quiet", [None, NIGHT], ids=["no quiet hours", "quiet nights"])
@pytest.mark.parametrize("at", AWKWARD, ids=str)
def test_a_year_in_every_zone_that_changes_its_clocks_has_one_prompt_a_day(at, quiet):
    for zone in CHANGING:
        table = Timetable(DAILY, date(2025, 12, 31), zone, at, quiet)
        year = (datetime(2026, 1, 1, tzinfo=UTC) - 2 * DAY, datetime(2027, 1, 3, tzinfo=UTC))
        windows = windows_between(table, *year)
        assert [each.pod for each in windows] == list(range(1, 366)), zone
        assert all(local_day(each.due_at, zone) == each.local_day for each in windows), zone
        assert all(a.due_at < b.due_at for a, b in pairwise(windows)), zone
        if quiet:
            sent = [each.due_at for each in windows]
            sent += [each.reminder_at for each in windows if each.reminder_at]
            assert not any(quiet.hold(one.astimezone(ZoneInfo(zone))) for one in sent), zone


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(sorted(available_timezones())),
    start=st.dates(date(2005, 1, 1), date(2035, 1, 1)),
    at=st.one_of(st.sampled_from(AWKWARD), st.times()),
    quiet=st.one_of(st.none(), st.just(NIGHT), st.builds(QuietHours, st.times(), st.times())),
)
def test_windows_follow_each_other_in_any_zone_and_any_year(zone, start, at, quiet):
    table = Timetable(MASTECTOMY, start, zone, at, quiet)
    far = datetime.combine(start, time(), UTC)
    windows = windows_between(table, far - 3 * DAY, far + 400 * DAY)
    assert len({each.local_day for each in windows}) == len(windows)
    assert len(windows) == sum(is_due_on(table, start + n * DAY) for n in range(0, 366))
    for each in windows:
        assert each.opens_at <= each.due_at < each.answers_close_at <= each.changes_close_at
        assert each.reminder_at is None or each.due_at < each.reminder_at < each.answers_close_at
    for before, after in pairwise(windows):
        assert before.changes_close_at == after.due_at
        assert next_due(table, before.due_at) == after


def test_the_hour_that_does_not_exist_is_prompted_right_after_it():
    # Los Angeles goes from 02:00 to 03:00 on 8 March 2026.
    found = window(timetable(at="02:30"), date(2026, 3, 8))
    assert wall(found.due_at, "America/Los_Angeles") == "2026-03-08 03:00"


def test_the_hour_that_comes_twice_is_prompted_the_first_time_only():
    # Los Angeles goes back from 02:00 to 01:00 on 1 November 2026.
    found = window(timetable(at="01:30"), date(2026, 11, 1))
    assert found.due_at == datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
    both = windows_between(
        timetable(at="01:30"),
        datetime(2026, 11, 1, 7, tzinfo=UTC),
        datetime(2026, 11, 1, 12, tzinfo=UTC),
    )
    assert len(both) == 1


def test_half_an_hour_of_daylight_saving_is_understood():
    # Lord Howe goes from 02:00 to 02:30 on 4 October 2026.
    found = window(timetable("Australia/Lord_Howe", "02:15"), date(2026, 10, 4))
    assert wall(found.due_at, "Australia/Lord_Howe") == "2026-10-04 02:30"


def test_a_day_that_starts_with_a_gap_opens_right_after_it():
    # Cairo goes from 00:00 to 01:00 on 24 April 2026.
    found = window(timetable("Africa/Cairo", "00:00"), date(2026, 4, 24))
    assert wall(found.opens_at, "Africa/Cairo") == "2026-04-24 01:00"
    assert found.due_at == found.opens_at


def test_a_gap_that_ends_the_day_is_prompted_just_before_it():
    # Scoresbysund goes from 23:00 on 28 March 2026 straight to midnight.
    found = window(timetable("America/Scoresbysund", "23:30"), date(2026, 3, 28))
    assert wall(found.due_at, "America/Scoresbysund") == "2026-03-28 22:59"


def test_a_local_day_that_never_was_is_not_prompted():
    # Samoa went from 29 straight to 31 December 2011.
    table = timetable("Pacific/Apia", "00:00", on=date(2011, 12, 25))
    assert not day_exists(date(2011, 12, 30), "Pacific/Apia")
    assert not is_due_on(table, date(2011, 12, 30))
    before, after = window(table, date(2011, 12, 29)), window(table, date(2011, 12, 31))
    assert before.changes_close_at == after.due_at
    assert after.pod == before.pod + 2
    assert next_due(table, before.due_at) == after


def test_29_february_is_a_day_like_any_other():
    table = timetable("Europe/Madrid", on=date(2028, 2, 27))
    assert [window(table, date(2028, 2, 28) + n * DAY).pod for n in range(3)] == [1, 2, 3]


def test_a_first_answer_is_taken_until_the_next_prompt_and_no_longer():
    table = timetable()
    first, second = (window(table, date(2026, 3, day)) for day in (2, 3))
    assert first.answers_close_at == second.due_at == first.due_at + DAY
    assert first.state(first.opens_at - timedelta(seconds=1)) is DayState.NOT_YET
    assert first.state(first.opens_at) is DayState.OPEN
    assert first.state(second.due_at) is DayState.CLOSED


def test_a_short_day_closes_when_the_next_prompt_goes_out():
    table = timetable(at="02:30")
    found = window(table, date(2026, 3, 7))
    assert found.answers_close_at - found.due_at == timedelta(hours=23, minutes=30)


def test_a_finished_weekly_day_can_be_changed_until_the_next_prompt():
    table = timetable(asks=MASTECTOMY)
    found = window(table, table.procedure_date + 21 * DAY)
    late = found.answers_close_at + timedelta(hours=1)
    assert found.answers_close_at == found.due_at + timedelta(hours=72)
    assert found.state(late) is DayState.CHANGES_ONLY
    assert found.changes_close_at == window(table, table.procedure_date + 28 * DAY).due_at


def test_the_last_day_of_all_can_be_changed_for_as_long_as_the_pathway_says():
    found = window(timetable(asks=MASTECTOMY), date(2027, 3, 1))
    assert found.pod == 365
    assert found.changes_close_at == found.answers_close_at + timedelta(hours=48)
    assert next_due(timetable(asks=MASTECTOMY), found.due_at) is None


def test_a_day_that_is_not_asked_still_has_a_window():
    table = timetable(asks=MASTECTOMY)
    found = window(table, table.procedure_date + 20 * DAY)
    assert not is_due_on(table, found.local_day)
    assert found.answers_close_at == window(table, table.procedure_date + 21 * DAY).due_at
    assert found.reminder_at is None


def test_quiet_hours_in_the_morning_move_the_prompt_to_their_end():
    found = window(timetable(at="06:00", quiet=NIGHT), date(2026, 3, 3))
    assert wall(found.due_at, "America/Los_Angeles") == "2026-03-03 08:00"


def test_quiet_hours_in_the_evening_keep_the_prompt_on_its_own_day():
    found = window(timetable(at="23:59", quiet=NIGHT), date(2026, 3, 3))
    assert wall(found.due_at, "America/Los_Angeles") == "2026-03-03 20:59"


def test_a_reminder_waits_for_the_end_of_quiet_hours():
    found = window(timetable(at="18:00", quiet=NIGHT), date(2026, 3, 3))
    assert wall(found.reminder_at, "America/Los_Angeles") == "2026-03-04 08:00"


def test_no_reminder_is_sent_about_a_day_that_is_over():
    asks = pathway(AskingPhase("daily", (1, 2), 24, 23))
    found = window(
        timetable(asks=asks, at="22:00", quiet=QuietHours(time(20), time(21))), date(2026, 3, 2)
    )
    assert found.reminder_at == found.due_at + timedelta(hours=23)
    late = window(
        timetable(asks=asks, at="22:00", quiet=QuietHours(time(20), time(23))), date(2026, 3, 2)
    )
    assert late.reminder_at is None


def test_today_is_the_patients_own_day_and_not_the_servers():
    now = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    assert today(timetable(), now).local_day == date(2026, 3, 4)
    assert today(timetable("Asia/Tokyo"), now).local_day == date(2026, 3, 5)


def test_prompts_between_two_instants_hold_the_first_and_not_the_last():
    table = timetable()
    first, second = (window(table, date(2026, 3, day)).due_at for day in (2, 3))
    assert [each.due_at for each in windows_between(table, first, second)] == [first]
