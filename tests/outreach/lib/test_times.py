from datetime import date, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.times import WindowError, age_on, birthday_on, merge_windows, parts_of_day

CLOCK = st.builds(time, st.integers(0, 23), st.integers(0, 59)).map(lambda at: at.strftime("%H:%M"))
WINDOWS = st.lists(st.tuples(CLOCK, CLOCK).filter(lambda pair: pair[0] < pair[1]).map(list), max_size=6)


@given(WINDOWS, CLOCK)
def test_merging_keeps_every_minute_and_leaves_gaps_between(windows: list[list[str]], at: str) -> None:
    joined = merge_windows(windows)

    assert any(begin <= at < end for begin, end in windows) == any(begin <= at < end for begin, end in joined)
    assert all(one[1] < other[0] for one, other in pairwise(joined))
    assert merge_windows(joined) == joined


@pytest.mark.parametrize(
    ("windows", "code"),
    [
        ([["10:00", "09:00"]], "order"),
        ([["10:00", "10:00"]], "order"),
        ([["25:00", "26:00"]], "time"),
        ([["10:00"]], "time"),
    ],
)
def test_what_is_no_window_is_refused(windows: list[list[str]], code: str) -> None:
    with pytest.raises(WindowError, match=code):
        merge_windows(windows)


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 20))
def test_somebody_turns_an_age_on_the_birthday(born: date, age: int) -> None:
    day = birthday_on(born, age)

    assert age_on(born, day) == age
    assert age_on(born, date.fromordinal(day.toordinal() - 1)) == age - 1


@pytest.mark.parametrize(
    ("begin", "end", "pause", "parts"),
    [
        (
            "07:30",
            "15:30",
            "12:00-13:00",
            {"pagi": ["07:30", "10:00"], "siang": ["10:00", "12:00"], "sore": ["13:00", "15:30"]},
        ),
        (
            "08:00",
            "16:00",
            "11:45-12:45",
            {"pagi": ["08:00", "10:00"], "siang": ["10:00", "11:45"], "sore": ["12:45", "16:00"]},
        ),
        ("10:30", "16:00", "12:00-13:00", {"siang": ["10:30", "12:00"], "sore": ["13:00", "16:00"]}),
        (
            "09:00",
            "15:00",
            "",
            {"pagi": ["09:00", "10:00"], "siang": ["10:00", "12:00"], "sore": ["12:00", "15:00"]},
        ),
        ("07:30", "12:00", "12:00-13:00", {"pagi": ["07:30", "10:00"], "siang": ["10:00", "12:00"]}),
    ],
)
def test_a_working_day_falls_into_the_parts_that_people_speak_of(
    begin: str, end: str, pause: str, parts: dict[str, list[str]]
) -> None:
    assert parts_of_day(begin=begin, end=end, pause=pause) == parts
