"""The office's pages of the visits app."""

from visits.admin import (
    calendar,
    days,
    estimates,
    need_extras,
    plans,
    records,
    reported,
    tablets,
    teams,
    working_hours,
)

__all__ = [
    "calendar",
    "days",
    "estimates",
    "need_extras",
    "plans",
    "records",
    "reported",
    "tablets",
    "teams",
    "working_hours",
]
