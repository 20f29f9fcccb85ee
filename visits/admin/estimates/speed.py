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


@pages.require_permissions("visits.view_travelfit")
@require_GET
def travel_fit_view(request: HttpRequest) -> HttpResponse:
    """The speed in force, the proposal, and what it would change."""
    proposed, applied = speed_overview.find_fit(FitState.PROPOSED), speed_overview.find_fit(FitState.APPLIED)
    told = proposed or applied
    source = RoadSource(settings.TRAVEL_SOURCE)
    return pages.render_page(
        request,
        "admin/visits/travel/page.html",
        model=TravelFit,
        title=_("Kecepatan di jalan"),
        in_force=speed_overview.describe_line_in_force(),
        applied=applied,
        fit=speed_overview.describe_fit(told) if told else None,
        is_proposed=proposed is not None,
        other_source=None if source == RoadSource.GREAT_CIRCLE else source.label,
        history=speed_overview.list_replaced_fits(),
    )


@pages.require_permissions("visits.change_travelfit")
@require_POST
def apply_fit_view(request: HttpRequest, fit_id: int) -> HttpResponse:
    row = get_object_or_404(TravelFit, pk=fit_id)
    if calibration.apply_fit(row=row, user=pages.staff_user(request)):
        messages.success(request, _("Rencana yang dihitung mulai sekarang memakai kecepatan ini."))
    else:
        messages.info(request, _("Usulan ini sudah diganti. Periksa yang terbaru di bawah."))
    return redirect(LIST)


@pages.require_permissions("visits.change_travelfit")
@require_POST
def reset_speed_view(request: HttpRequest) -> HttpResponse:
    if calibration.back_to_settings(user=pages.staff_user(request)):
        messages.success(
            request, _("Rencana yang dihitung mulai sekarang memakai kecepatan dari pengaturan.")
        )
    return redirect(LIST)


@pages.require_permissions("visits.change_travelfit")
@require_POST
def fit_again_view(request: HttpRequest) -> HttpResponse:
    async_task("visits.tasks.fit_travel", task_name=f"fit {uuid4().hex[:8]}", save=False)
    messages.info(request, _("Perjalanan sedang dihitung. Buka lagi halaman ini sebentar lagi."))
    return redirect(LIST)


@admin.register(TravelFit)
class TravelFitAdmin(pages.Pages):
    pages = [
        ("", travel_fit_view, "changelist"),
        ("<int:fit_id>/pakai/", apply_fit_view, "apply"),
        ("pengaturan/", reset_speed_view, "back"),
        ("hitung/", fit_again_view, "again"),
    ]
