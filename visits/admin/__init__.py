"""The office's pages of the visits side."""

from visits.admin import calendar, days, plans, teams

__all__ = ["calendar", "days", "plans", "teams"]
