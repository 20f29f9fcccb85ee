from datetime import date, datetime

import pytest
from django.utils import timezone

from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.planned import draft
from visits.appointments import arrival_intervals

pytestmark = pytest.mark.clock("2026-11-30T12:00")
TUESDAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("arrive", "earliest", "latest"),
    [("09:30", "09:10", "10:10"), ("09:34", "09:10", "10:20"), ("09:39:59", "09:10", "10:20")],
)
def test_families_are_told_an_interval_in_steps_of_ten_minutes(
    arrive: str, earliest: str, latest: str
) -> None:
    planned = timezone.make_aware(datetime.fromisoformat(f"2026-12-01 {arrive}"))

    found = [
        timezone.localtime(moment).strftime("%H:%M")
        for moment in arrival_intervals.widen_to_interval(planned)
    ]

    assert found == [earliest, latest]


def test_what_was_told_counts_and_is_computed_for_visits_from_before(db) -> None:
    told = (at(TUESDAY, 13 * 60 + 10), at(TUESDAY, 14 * 60 + 10))
    visit = VisitFactory(
        shift__date=TUESDAY, planned_arrive=at(TUESDAY, 870), told_from=told[0], told_until=told[1]
    )
    older = VisitFactory(shift__date=TUESDAY, planned_arrive=at(TUESDAY, 570))

    assert arrival_intervals.interval_told(visit) == told
    assert arrival_intervals.interval_told(older) == (at(TUESDAY, 550), at(TUESDAY, 610))


def test_a_stop_without_replays_is_not_told_an_hour_before_the_team_can_be_there(db) -> None:
    first, second = draft(
        {ShiftFactory(date=TUESDAY): [NeedFactory(), NeedFactory()]}, starts=460
    ).stops.all()
    first.start, second.start = 27_660, 28_500  # 07.41, 07.55

    assert arrival_intervals.interval_to_tell(first) == (
        at(TUESDAY, 460),
        at(TUESDAY, 510),
    )  # leaves 07.30, drives ten minutes
    assert arrival_intervals.interval_to_tell(second) == (at(TUESDAY, 450), at(TUESDAY, 520))

    first.travel_seconds, first.start = 715, 27_715
    assert arrival_intervals.interval_to_tell(first) == (at(TUESDAY, 460), at(TUESDAY, 510))  # there at 07.41

    second.told_from, second.told_until = 30_000, 32_400
    assert arrival_intervals.interval_to_tell(second) == (at(TUESDAY, 500), at(TUESDAY, 540))


def test_seconds_of_a_day_and_back() -> None:
    moment = arrival_intervals.moment_of_day(TUESDAY, 34_210)

    assert timezone.localtime(moment).isoformat() == "2026-12-01T09:30:10+07:00"
    assert (arrival_intervals.seconds_of_day(moment), arrival_intervals.local_date(moment)) == (
        34_210,
        TUESDAY,
    )


def test_rows_of_clock_times_are_intervals_in_order() -> None:
    assert arrival_intervals.parse_intervals([["12:00", "13:00"], ["07:30", "09:00:30"]]) == (
        (27000, 32430),
        (43200, 46800),
    )
    assert arrival_intervals.parse_intervals([]) == ()
