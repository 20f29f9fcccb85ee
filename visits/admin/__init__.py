"""The office's pages of the visits app."""

from visits.admin import calendar, days, need_extras, plans, records, reported, tablets, teams, times, travel

__all__ = [
    "calendar",
    "days",
    "need_extras",
    "plans",
    "records",
    "reported",
    "tablets",
    "teams",
    "times",
    "travel",
]
