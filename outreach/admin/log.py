"""The log in the admin, newest first, read only."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.admin import pages
from outreach.models import LogEntry
from outreach.selectors import actions, history
from outreach.selectors.keyset import load_page

PER_PAGE = 100


def _read_until(text: str) -> date | None:
    """The day that the query string names; None where it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@pages.require_permissions("outreach.view_logentry")
def log_list_view(request: HttpRequest) -> HttpResponse:
    """The log behind a row, of one action ("tindakan") or all, from the end of a day ("sampai") backwards."""
    known, rows = actions.action_labels(), LogEntry.objects.all()
    action, until = request.GET.get("tindakan", ""), _read_until(request.GET.get("sampai", ""))
    if action in known:
        rows = rows.filter(action=action)
    if until is not None and until < timezone.localdate():
        end = timezone.make_aware(datetime.combine(until + timedelta(days=1), time()))
        rows = rows.filter(at__lt=end)
    page = load_page(rows, order=("-at", "-id"), place=pages.read_place(request), size=PER_PAGE)
    return pages.render_page(
        request,
        "admin/outreach/log/list.html",
        model=LogEntry,
        title=_("Riwayat"),
        page=page,
        lines=list(zip(page.object_list, history.describe_rows(page.object_list), strict=True)),
        actions=sorted(known.items(), key=lambda pair: pair[1]),
        action=action,
        until=until.isoformat() if until else "",
    )


@admin.register(LogEntry)
class LogEntryAdmin(pages.OursOnly):
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return log_list_view(request)
