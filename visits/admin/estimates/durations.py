"""Read-only pages of visit durations and of the audit of arrival intervals."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from visits.admin import pages
from visits.estimates import audit, audit_labels, chart_geometry, duration_overview, visit_durations
from visits.models import VisitTime


@pages.require_permissions("visits.view_visittime")
@require_GET
def visit_times_view(request: HttpRequest) -> HttpResponse:
    """The duration that plans use for each kind of visit, and why."""
    known = visit_durations.load_estimates()
    return pages.render_page(
        request,
        "admin/visits/times/list.html",
        model=VisitTime,
        title=_("Lama kunjungan"),
        kinds=duration_overview.list_visit_kinds(
            minutes={kind: one.minutes for kind, one in known.items()},
            in_vain={kind: one.in_vain for kind, one in known.items()},
        ),
    )


@pages.require_permissions("visits.view_visittime")
@require_GET
def interval_audit_view(request: HttpRequest) -> HttpResponse:
    """Whether families were met within the interval they were told."""
    found = audit.audit_intervals()
    return pages.render_page(
        request,
        "admin/visits/times/audit.html",
        model=VisitTime,
        title=_("Tepat pada jam yang dikabarkan"),
        audit=found,
        said=audit_labels.describe_audit(found),
        experience=audit_labels.describe_stretch(audit.learn_stretch()),
        chart=chart_geometry.draw_coverage(
            found, [audit_labels.week_tick(week.monday) for week in found.weeks]
        ),
    )


@admin.register(VisitTime)
class VisitTimeAdmin(pages.Pages):
    pages = [("", visit_times_view, "changelist"), ("tepat/", interval_audit_view, "audit")]
