"""One setting says from which shift of today's expected arrival on a family is called."""

from datetime import timedelta

import pytest

from tests.visits.planned import NOW
from visits.appointments import appointment_news

pytestmark = pytest.mark.clock(NOW)


@pytest.mark.parametrize(
    ("setting", "by", "news"), [(30, 30, False), (30, 31, True), (10, 11, True), (0, 0, False)]
)
def test_an_arrival_that_moves_by_more_than_the_setting_is_news(
    settings, setting: int, by: int, news: bool
) -> None:
    settings.NEWS_MINUTES = setting
    for other in (NOW - timedelta(minutes=by), NOW + timedelta(minutes=by)):
        assert appointment_news.is_arrival_news(NOW, other) is news
