"""Ages, and windows of the day as stored: [["07:30", "10:00"], ...]."""

from datetime import date, time

Window = list[str]


class WindowError(ValueError):
    """A window ends before it begins, or is not a time of day."""


def merge_windows(windows: list[Window]) -> list[Window]:
    """The windows with touching and overlapping ones joined, in order. Raises `WindowError`."""
    pairs = []
    for window in windows:
        try:
            begin, end = (time.fromisoformat(text).strftime("%H:%M") for text in window)
        except (TypeError, ValueError) as error:
            raise WindowError("time") from error
        if begin >= end:
            raise WindowError("order")
        pairs.append([begin, end])
    joined: list[Window] = []
    for begin, end in sorted(pairs):
        if joined and begin <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([begin, end])
    return joined


MID_MORNING, NOON = "10:00", "12:00"


def parts_of_day(*, begin: str, end: str, pause: str) -> dict[str, Window]:
    """The parts of a working day: morning, noon ("siang") until the break, afternoon.

    `pause` is like "12:00-13:00", or "". Parts in which the office does not work are left out.
    """
    noon, back = (part.strip() for part in pause.split("-")) if pause else (NOON, NOON)
    parts = {
        "pagi": [begin, min(MID_MORNING, noon)],
        "siang": [max(MID_MORNING, begin), noon],
        "sore": [max(back, begin), end],
    }
    return {name: window for name, window in parts.items() if window[0] < window[1]}


OLDEST = 120  # years; nobody alive is older


def age_on(born: date, day: date) -> int:
    """Age in whole years on `day`."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def birthday_on(born: date, age: int) -> date:
    """The date on which somebody turns `age` (1 March for 29 February)."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
