"""The rule of news on plain seconds: any moment that moves by more than the limit, in either direction."""

import pytest

from visits.planning.news import is_news


@pytest.mark.parametrize(
    ("was", "now", "news"),
    [
        ((100,), (160,), False),
        ((100,), (161,), True),
        ((100,), (39,), True),
        ((100, 200), (100, 260), False),
        ((100, 200), (100, 261), True),
        ((100, 200), (39, 200), True),
    ],
)
def test_more_than_the_limit_is_news(was: tuple[int, ...], now: tuple[int, ...], news: bool) -> None:
    assert is_news(was, now, news_s=60) is news


def test_a_start_is_not_compared_with_an_interval() -> None:
    with pytest.raises(ValueError, match="argument"):
        is_news((100,), (100, 200), news_s=60)
