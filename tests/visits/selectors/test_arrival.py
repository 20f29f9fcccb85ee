from datetime import date, datetime

import pytest
from django.utils import timezone

from visits.selectors import arrival

TUESDAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("arrive", "earliest", "latest"),
    [("09:30", "09:10", "10:10"), ("09:34", "09:10", "10:20"), ("09:39:59", "09:10", "10:20")],
)
def test_families_are_told_an_interval_in_steps_of_ten_minutes(
    arrive: str, earliest: str, latest: str
) -> None:
    planned = timezone.make_aware(datetime.fromisoformat(f"2026-12-01 {arrive}"))

    found = [timezone.localtime(moment).strftime("%H:%M") for moment in arrival.interval(planned)]

    assert found == [earliest, latest]


def test_seconds_of_a_day_and_back() -> None:
    moment = arrival.moment(TUESDAY, 34_210)

    assert timezone.localtime(moment).isoformat() == "2026-12-01T09:30:10+07:00"
    assert (arrival.seconds_of_day(moment), arrival.local_date(moment)) == (34_210, TUESDAY)
