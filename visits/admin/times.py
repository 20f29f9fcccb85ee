"""How long visits take and whether told intervals held: pages to look at, nothing is edited."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from visits.admin import doors
from visits.models import VisitTime
from visits.selectors import audit, audit_words, charts, visit_times
from visits.services import durations


@doors.needs("visits.view_visittime")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What is planned for each kind of visit, and why."""
    known = durations.known()
    return doors.page(
        request,
        "admin/visits/times/list.html",
        model=VisitTime,
        title=_("Lama kunjungan"),
        kinds=visit_times.rows(
            minutes={kind: one.minutes for kind, one in known.items()},
            in_vain={kind: one.in_vain for kind, one in known.items()},
        ),
    )


@doors.needs("visits.view_visittime")
@require_GET
def intervals(request: HttpRequest) -> HttpResponse:
    """Whether families were met within the interval that they were told."""
    found = audit.audit()
    return doors.page(
        request,
        "admin/visits/times/audit.html",
        model=VisitTime,
        title=_("Tepat pada jam yang dikabarkan"),
        audit=found,
        said=audit_words.page(found),
        experience=audit_words.experience(audit.experience()),
        chart=charts.coverage(found, [audit_words.week_tick(week.monday) for week in found.weeks]),
    )


@admin.register(VisitTime)
class VisitTimeAdmin(doors.Pages):
    pages = [("", index, "changelist"), ("tepat/", intervals, "audit")]
