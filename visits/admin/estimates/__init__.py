"""Pages of what the office learned: how long visits take, and how fast teams drive."""

from visits.admin.estimates import durations, speed

__all__ = ["durations", "speed"]
