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


def is_arrival_news(was: datetime, now: datetime) -> bool:
    """Whether the team is expected at another time by more than the setting."""
    return news.is_news((was.timestamp(),), (now.timestamp(),), news_s=news_seconds())
