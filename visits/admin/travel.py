"""Driving speed in the admin: a fit to recorded trips is looked at and applied; rows are never edited."""

from uuid import uuid4

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_q.tasks import async_task

from visits.admin import pages
from visits.enums import FitState, RoadSource
from visits.estimates import calibration, speed_overview
from visits.models import TravelFit

LIST = "admin:visits_travelfit_changelist"


@pages.needs("visits.view_travelfit")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The speed in force, the proposal, and what it would change."""
    proposed, applied = speed_overview.of(FitState.PROPOSED), speed_overview.of(FitState.APPLIED)
    told = proposed or applied
    source = RoadSource(settings.TRAVEL_SOURCE)
    return pages.page(
        request,
        "admin/visits/travel/page.html",
        model=TravelFit,
        title=_("Kecepatan di jalan"),
        in_force=speed_overview.in_force(),
        applied=applied,
        fit=speed_overview.shown(told) if told else None,
        is_proposed=proposed is not None,
        other_source=None if source == RoadSource.GREAT_CIRCLE else source.label,
        history=speed_overview.history(),
    )


@pages.needs("visits.change_travelfit")
@require_POST
def apply(request: HttpRequest, fit_id: int) -> HttpResponse:
    row = get_object_or_404(TravelFit, pk=fit_id)
    if calibration.apply(row=row, user=pages.who(request)):
        messages.success(request, _("Rencana yang dihitung mulai sekarang memakai kecepatan ini."))
    else:
        messages.info(request, _("Usulan ini sudah diganti. Periksa yang terbaru di bawah."))
    return redirect(LIST)


@pages.needs("visits.change_travelfit")
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    if calibration.back_to_settings(user=pages.who(request)):
        messages.success(
            request, _("Rencana yang dihitung mulai sekarang memakai kecepatan dari pengaturan.")
        )
    return redirect(LIST)


@pages.needs("visits.change_travelfit")
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    async_task("visits.tasks.fit_travel", task_name=f"fit {uuid4().hex[:8]}", save=False)
    messages.info(request, _("Perjalanan sedang dihitung. Buka lagi halaman ini sebentar lagi."))
    return redirect(LIST)


@admin.register(TravelFit)
class TravelFitAdmin(pages.Pages):
    pages = [
        ("", index, "changelist"),
        ("<int:fit_id>/pakai/", apply, "apply"),
        ("pengaturan/", back, "back"),
        ("hitung/", again, "again"),
    ]
