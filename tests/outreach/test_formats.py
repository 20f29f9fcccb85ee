from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from outreach import formats


def _at(*parts: int) -> datetime:
    return timezone.make_aware(datetime(*parts))  # type: ignore[arg-type]


def test_dates_and_hours_are_said_in_full() -> None:
    assert formats.format_long_date(date(2026, 12, 1)) == "Selasa, 1 Desember 2026"
    assert formats.format_moment(_at(2026, 12, 1, 9, 5)) == "Selasa, 1 Desember 2026, pukul 09.05"
    assert (
        formats.format_interval(_at(2026, 12, 1, 9, 10), _at(2026, 12, 1, 10, 40))
        == "Selasa, 1 Desember 2026, antara 09.10 dan 10.40"
    )
    assert (
        formats.format_interval(_at(2026, 12, 1, 9), _at(2026, 12, 3, 9))
        == "antara Selasa, 1 Desember 2026 dan Kamis, 3 Desember 2026"
    )


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(minutes=59), "kurang dari satu jam"),
        (timedelta(hours=23, minutes=59), "23 jam"),
        (timedelta(days=3, hours=20), "3 hari"),
    ],
)
def test_spans_are_rounded_down(length: timedelta, said: str) -> None:
    assert formats.format_time_span(length) == said


def test_hours_days_and_initials() -> None:
    assert formats.format_windows([["07:30", "10:00"], ["13:00", "15:30"]]) == "07.30–10.00 dan 13.00–15.30"
    assert formats.format_windows([]) == "Jam berapa saja"
    assert formats.format_weekdays([0, 4]) == "Senin, Jumat"
    assert formats.format_weekdays([]) == "Hari kerja apa saja"
    assert formats.format_initials("siti contoh") == "S. C."
    assert formats.format_initials("Kasmi (contoh)") == "K."
