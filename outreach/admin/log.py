"""The log, to look at; nobody changes it."""

from django.contrib import admin

from outreach.admin import doors
from outreach.models import LogEntry


@admin.register(LogEntry)
class LogEntryAdmin(doors.OursOnly):
    list_display = ["at", "actor", "action", "subject_type", "subject_id", "from_state", "to_state"]
    list_filter = ["action", "subject_type"]
    date_hierarchy = "at"
    show_full_result_count = False
