"""Read-only pages of visit durations and of the audit of arrival intervals."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from visits.admin import pages
from visits.estimates import audit, audit_labels, chart_geometry, duration_overview, visit_durations
from visits.models import VisitTime


@pages.needs("visits.view_visittime")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The duration that plans use for each kind of visit, and why."""
    known = visit_durations.known()
    return pages.page(
        request,
        "admin/visits/times/list.html",
        model=VisitTime,
        title=_("Lama kunjungan"),
        kinds=duration_overview.rows(
            minutes={kind: one.minutes for kind, one in known.items()},
            in_vain={kind: one.in_vain for kind, one in known.items()},
        ),
    )


@pages.needs("visits.view_visittime")
@require_GET
def intervals(request: HttpRequest) -> HttpResponse:
    """Whether families were met within the interval they were told."""
    found = audit.audit()
    return pages.page(
        request,
        "admin/visits/times/audit.html",
        model=VisitTime,
        title=_("Tepat pada jam yang dikabarkan"),
        audit=found,
        said=audit_labels.page(found),
        experience=audit_labels.experience(audit.experience()),
        chart=chart_geometry.coverage(found, [audit_labels.week_tick(week.monday) for week in found.weeks]),
    )


@admin.register(VisitTime)
class VisitTimeAdmin(pages.Pages):
    pages = [("", index, "changelist"), ("tepat/", intervals, "audit")]
