"""What other apps can tell the family of a need, in sentences for its status page.

Outreach knows no plans and no visits; the app that does hands itself in at the start, as the calendar does
(office_calendar.py).
"""

from datetime import datetime
from typing import Protocol

from outreach.models import Need, Progress


class FamilyNews(Protocol):
    """What outreach asks."""

    def explain_no_date(self, need: Need) -> str:
        """Why a need that waits for an appointment has none yet; "" where nothing is known."""

    def explain_in_vain(self, step: Progress) -> str:
        """Why the visit that reported the step brought nothing, and what the family can do; "" for none."""

    def expect_arrival(self, need: Need) -> datetime | None:
        """When the team is expected today, by what its tablet said: of one on its way, and of one that is too
        late for what the family was told; None where what it was told still holds."""


_kept: list[FamilyNews] = []


def use_news(news: FamilyNews) -> None:
    """Ask here from now on."""
    _kept[:] = [news]


def news() -> FamilyNews:
    """What was handed in."""
    (found,) = _kept
    return found
