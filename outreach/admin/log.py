"""The log in the admin, newest first, read only."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import CharField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from outreach.admin import pages
from outreach.models import LogEntry
from outreach.selectors import actions, history


class ActionFilter(admin.SimpleListFilter):
    """Filter by action; only actions that occur are offered."""

    title = _("tindakan")
    parameter_name = "tindakan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        known = actions.action_labels()
        found = LogEntry.objects.order_by().values_list("action", flat=True).distinct()
        return sorted(((code, known.get(code, code)) for code in found), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[LogEntry]) -> QuerySet[LogEntry]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(LogEntry)
class LogEntryAdmin(pages.OursOnly):
    list_display = ["when", "who", "what", "about", "change"]
    list_filter = [ActionFilter]
    date_hierarchy = "at"
    ordering = ["-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[LogEntry]:
        users = get_user_model().objects.annotate(
            key=Concat(Value("user:"), Cast("pk", CharField()), output_field=CharField())
        )
        name = users.filter(key=OuterRef("actor")).values("username")[:1]
        rows: QuerySet[LogEntry] = super().get_queryset(request).annotate(user_name=Subquery(name))
        return rows

    @admin.display(description=_("Waktu"), ordering="id")
    def when(self, row: LogEntry) -> Any:
        return row.at

    @admin.display(description=_("Siapa"), ordering="actor")
    def who(self, row: Any) -> str:
        return row.user_name or history.describe_actor(row.actor)

    @admin.display(description=_("Tindakan"), ordering="action")
    def what(self, row: LogEntry) -> str:
        return actions.action_labels().get(row.action, row.action)

    @admin.display(description=_("Tentang"), ordering="subject_type")
    def about(self, row: LogEntry) -> str:
        return capfirst(history.describe_kind(row.subject_type))

    @admin.display(description=_("Perubahan"))
    def change(self, row: LogEntry) -> str:
        return history.describe_change(row)
