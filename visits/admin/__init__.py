"""The office's pages of the visits side."""

from visits.admin import calendar, days, plans, records, reported, tablets, teams, times

__all__ = ["calendar", "days", "plans", "records", "reported", "tablets", "teams", "times"]
