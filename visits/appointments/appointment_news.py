"""What of a changed plan is news to a family that was told its hour, by the office's setting
(visits/planning/news.py).

A team that is late today is another question: fieldwork/expected_arrivals.py.
"""

from datetime import datetime

from django.conf import settings

from visits.planning import news


def news_seconds() -> int:
    """A shift of more seconds than this is news."""
    return 60 * int(settings.NEWS_MINUTES)


def is_appointment_news(was: tuple[datetime, datetime], now: tuple[datetime, datetime]) -> bool:
    """Whether an end of the interval that the family was told moves by more than the setting."""
    before, after = ([at.timestamp() for at in interval] for interval in (was, now))
    return news.is_news(before, after, news_s=news_seconds())
