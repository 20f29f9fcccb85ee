from datetime import date

import pytest

from outreach.enums import ResidentKind, Skill, Urgency
from visits.wording import labels

pytestmark = pytest.mark.clock("2026-11-30T12:00")
TUESDAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ({"code": "waiting", "points": 20, "count": 20}, "menunggu 20 hari"),
        ({"code": "deadline", "points": 20, "count": -3}, "batas waktu sudah lewat 3 hari"),
        ({"code": "deadline", "points": 10, "count": 7}, "batas waktu 7 hari lagi"),
        ({"code": ResidentKind.SICK, "points": 25}, "sakit"),
        ({"code": Urgency.HIGH, "points": 12}, "mendesak"),
    ],
)
def test_parts_of_a_priority_in_words(row: dict[str, object], text: str) -> None:
    assert labels.describe_part(row) == text


def test_parts_come_largest_first() -> None:
    rows = [{"code": "waiting", "points": 5, "count": 5}, {"code": "sick", "points": 25}]

    assert labels.describe_parts(rows) == [("sakit", 25.0), ("menunggu 5 hari", 5.0)]


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (TUESDAY, TUESDAY, "Selasa, 1 Desember 2026"),
        (TUESDAY, date(2026, 12, 7), "1–7 Desember 2026"),
        (date(2026, 11, 30), TUESDAY, "30 November – 1 Desember 2026"),
        (date(2026, 12, 31), date(2027, 1, 4), "31 Desember 2026 – 4 Januari 2027"),
    ],
)
def test_a_span_of_days_is_as_short_as_it_can_be(first: date, last: date, text: str) -> None:
    assert labels.format_days(first, last) == text


def test_times_in_words() -> None:
    assert labels.format_seconds_of_day(9 * 3600 + 10 * 60 + 59) == "09.10"
    assert [labels.format_duration(seconds) for seconds in (0, 1500, 3600, 7500)] == [
        "0 mnt",
        "25 mnt",
        "1 jam 00 mnt",
        "2 jam 05 mnt",
    ]
    assert labels.format_exact_duration(65) == "1 mnt 05 dtk"


def test_skills_by_their_names() -> None:
    assert labels.describe_skills("iris,ramp") == f"{Skill.IRIS.label}, {Skill.RAMP.label}"


@pytest.mark.parametrize("code", ["compiling", "interrupted", "too_often", "no_shifts", "no_needs", "error"])
def test_every_message_of_a_run_has_words(code: str) -> None:
    assert labels.describe_run_message(code).endswith(".")
