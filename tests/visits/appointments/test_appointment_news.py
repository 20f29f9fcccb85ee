"""One setting says everywhere from which shift on a family is called."""

from datetime import timedelta

import pytest

from tests.visits.planned import NOW
from visits.appointments import appointment_news

pytestmark = pytest.mark.clock(NOW)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("setting", "by", "news"), [(30, 30, False), (30, 31, True), (10, 11, True), (0, 0, False)]
)
def test_an_end_that_moves_by_more_than_the_setting_is_news(
    settings, setting: int, by: int, news: bool
) -> None:
    settings.NEWS_MINUTES = setting
    later = timedelta(minutes=by)

    assert appointment_news.is_appointment_news((NOW, NOW + HOUR), (NOW - later, NOW + HOUR)) is news
    assert appointment_news.is_appointment_news((NOW, NOW + HOUR), (NOW, NOW + HOUR + later)) is news


def test_no_change_is_no_news() -> None:
    assert not appointment_news.is_appointment_news((NOW, NOW + HOUR), (NOW, NOW + HOUR))
