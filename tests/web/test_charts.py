"""Charts: a missing day is a gap, never a zero; marks differ by shape; each number has words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from tests.web.reading_room import reading_room
from webapp.domain.checkin import SleepTrouble
from webapp.web.present.chart import Chart, Day, Series, Words
from webapp.web.present.charts import bar_chart, line_chart, runs, sparkline
from webapp.web.present.cohort_chart import CohortDay, Labels, Published, cohort_chart
from webapp.web.present.frame import Frame, labelled
from webapp.web.present.sleep_chart import Night, sleep_chart

WORDS = Words("pain", "Pain", "Day", "Pain by day")
MIRRORED = Words("pain", "Pain", "Day", "Pain by day", rtl=True)


@pytest.fixture(params=["en"], autouse=True)
def page(request: pytest.FixtureRequest) -> Iterator[None]:
    with reading_room().test_request_context(f"/{request.param}/"):
        yield


def series(*values: float | None, label: str = "Average") -> Series:
    return Series(label, tuple(Day(pod, value) for pod, value in enumerate(values, 1)))


def marks(chart: Chart, name: str, class_: str) -> list[ElementTree.Element]:
    tree = ElementTree.fromstring(str(chart.svg))
    return [one for one in tree.iter(name) if one.get("class") == class_]


def test_a_missing_day_breaks_the_line_and_gets_a_cross_instead_of_a_dot():
    chart = line_chart([series(2, 3, None, 1, 0)], WORDS)
    assert len(marks(chart, "circle", "c-dot")) == 4
    assert len(marks(chart, "path", "c-line")) == 2
    assert len(marks(chart, "path", "c-cross")) == 1


def test_an_unanswered_day_is_never_a_zero_in_the_table():
    chart = line_chart([series(0, None)], WORDS)
    assert chart.table.rows == (("1", "0"), ("2", "no answer"))


def test_no_tablets_is_a_mark_of_its_own_and_no_answer_another():
    chart = bar_chart(series(2, 0, None), WORDS)
    assert len(marks(chart, "rect", "c-bar")) == 1
    assert len(marks(chart, "path", "c-zero")) == 1
    assert len(marks(chart, "path", "c-cross")) == 1
    assert [key.label for key in chart.keys] == ["no answer"]


def test_tablets_are_also_told_in_morphine_equivalents():
    chart = bar_chart(series(2.5, None, label="Tablets"), WORDS, mme_per_tablet=7.5)
    assert chart.table.head == ("Day", "Tablets", "MME")
    assert chart.table.rows == (("1", "2.5", "18.75"), ("2", "no answer", "no answer"))
    assert ">MME</text>" in chart.svg
    assert ">30</text>" in chart.svg  # the top line, 4 tablets


def test_two_lines_differ_by_shape_so_that_paper_tells_them_apart():
    chart = line_chart([series(1, 2), series(3, 4, label="Worst")], WORDS)
    assert marks(chart, "circle", "c-dot") and marks(chart, "rect", "c-dot second")
    assert [key.label for key in chart.keys] == ["Average", "Worst"]


def test_the_three_answers_about_sleep_and_its_absence_look_different():
    nights = [
        Night(1, SleepTrouble.NONE, 0),
        Night(2, SleepTrouble.A_LITTLE, 1),
        Night(3, SleepTrouble.A_LOT, 4),
        Night(4, None, None),
    ]
    chart = sleep_chart(nights, WORDS)
    assert len(marks(chart, "circle", "c-sleep full")) == 1
    assert len(marks(chart, "path", "c-half")) == 1
    assert len(marks(chart, "path", "c-cross")) == 1
    assert chart.table.rows[3] == ("4", "no answer", "no answer")
    assert chart.table.rows[0] == ("1", "slept well", "0")


def test_in_arabic_time_runs_from_right_to_left():
    left_to_right = Frame((1, 14), top=10)
    mirrored = Frame((1, 14), top=10, rtl=True)
    assert left_to_right.x(1) < left_to_right.x(14)
    assert mirrored.x(1) > mirrored.x(14)
    assert mirrored.x(1) == left_to_right.width - left_to_right.x(1)
    assert 'text-anchor="start"' in line_chart([series(1, 2)], MIRRORED).svg


def test_a_year_of_check_ins_keeps_the_first_days_apart():
    frame = Frame((1, 2, 7, 28, 365), top=10)
    places = [frame.x(pod) for pod in frame.pods]
    assert min(after - before for before, after in pairwise(places)) > 40


def test_a_chart_without_one_answer_still_draws():
    assert "no answer" in line_chart([series(None, None)], WORDS).table.rows[0]
    assert line_chart([Series("Average", ())], WORDS).table.rows == ()


@pytest.mark.parametrize("days", [[None], [1, None, 2], [None, 1, 1, None], []])
def test_every_answered_day_is_in_exactly_one_stretch(days):
    row = series(*days).days
    kept = [day for stretch in runs(row) for day in stretch]
    assert kept == [day for day in row if day.value is not None]


def test_a_chart_has_a_name_a_description_and_no_style_of_its_own():
    chart = line_chart([series(1, None, 3)], WORDS)
    tree = ElementTree.fromstring(str(chart.svg))
    assert tree.get("role") == "img"
    assert tree.get("aria-labelledby") == "pain-t pain-d"
    assert tree[0].text == "Pain" and tree[0].get("id") == "pain-t"
    assert tree[1].text == "Pain by day" and tree[1].get("id") == "pain-d"
    assert not re.search(r"style=|fill=|stroke=", chart.svg)


def test_words_in_a_chart_cannot_become_markup():
    chart = line_chart([series(1)], Words("x", "<script>", "<b>", '"'))
    assert "<script>" not in chart.svg and "<b>" not in chart.svg


def test_a_sparkline_says_its_numbers_aloud():
    assert 'aria-label="Average: 2, no answer, 1.5"' in sparkline(series(2, None, 1.5))


COHORT = [CohortDay(1, 2.5, 1, 4, n=40), CohortDay(2, None), CohortDay(3, 1, 0, 2, n=38)]
LABELS = Labels("This clinic", "Published controls")


def test_a_number_that_the_paper_does_not_print_is_marked_and_never_drawn():
    chart = cohort_chart(COHORT, [Published(1, 5), Published(2, None)], WORDS, LABELS)
    assert len(marks(chart, "path", "c-published")) == 2 - 1
    assert len(marks(chart, "text", "c-silent")) == 1
    assert chart.table.rows[1] == ("2", "no answer", "", "0", "not in the text")
    assert "Published controls: not in the text" in [key.label for key in chart.keys]


def test_a_day_that_the_paper_never_mentions_stays_empty():
    chart = cohort_chart(COHORT, [Published(1, 5)], WORDS, LABELS)
    assert chart.table.rows[0] == ("1", "2.5", "1 – 4", "40", "5")
    assert chart.table.rows[2] == ("3", "1", "0 – 2", "38", "")


@pytest.mark.parametrize("page", ["es"], indirect=True)
def test_numbers_are_written_as_the_reader_writes_them():
    chart = line_chart([series(2.5, None)], WORDS)
    assert chart.table.rows == (("1", "2,5"), ("2", "sin respuesta"))


@pytest.mark.parametrize("rtl", [False, True])
def test_the_numbers_of_two_days_never_touch(rtl):
    phases = (*range(1, 15), 21, 28, 42, 84, 182, 365)
    for pods in (phases, (0, 1, 2, 3, 7, 14, 21, 28), (1, 2), (0,), tuple(range(60))):
        frame = Frame(pods, top=10, rtl=rtl)
        places = [(frame.x(pod), len(str(pod)) * 7 / 2) for pod in labelled(frame)]
        ends = sorted((x - half, x + half) for x, half in places)
        assert all(left[1] < right[0] for left, right in pairwise(ends))
        assert labelled(frame)[0] == pods[0]
