"""When another time is news to a family: the one rule, for starts of plans and for intervals that were told.

The idea: one limit for all that asks whether somebody has to be called. It is the office's setting (`NEWS_MINUTES`);
the planner is given it as `Problem.news_s`.
"""

from collections.abc import Iterable


def is_news(was: Iterable[float], now: Iterable[float], *, news_s: float) -> bool:
    """Whether any of these moments, in seconds, is more than `news_s` away from where the family knows it: the two
    ends of the interval that it was told, or a start alone."""
    return any(abs(after - before) > news_s for before, after in zip(was, now, strict=True))
