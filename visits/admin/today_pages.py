"""The page "Hari ini": where the teams are, breakdowns, urgent visits, re-optimising the rest of the day."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from outreach.models import Need
from visits.admin import pages
from visits.enums import ACTIVE_RUNS, RunKind
from visits.models import PlanRun, Shift, TeamDay
from visits.schedule.dispatch import day_actions, day_page
from visits.schedule.runs import plan_runs
from visits.wording import labels

LOOK, ACT = "visits.view_teamday", "visits.add_plan"


@pages.needs(LOOK)
@require_GET
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Every team of today: where it is according to its tablet, how old that is, what is left."""
    now = timezone.now()
    lanes = day_page.lanes(now=now)
    today = timezone.localdate(now)
    return pages.page(
        request,
        "admin/visits/day/today.html",
        model=TeamDay,
        title=_("Hari ini, %(day)s") % {"day": labels.day_name(today)},
        now=now,
        day=today,
        lanes=lanes,
        next_day=None if lanes else day_page.next_day(today=today),
        waiting=list(day_page.waiting()) if request.user.has_perm(ACT) else [],
        run=PlanRun.objects.filter(kind=RunKind.TODAY, first_date=today, state__in=ACTIVE_RUNS).first(),
        map_data=day_page.map_data(lanes),
        draft=day_page.draft(on=today),
        timeline=day_page.picture(lanes, now=now),
        late_homes=day_page.late_homes(lanes),
    )


def _start(request: HttpRequest, ask: Callable[[], PlanRun]) -> HttpResponse:
    """Redirect to the run that `ask` starts, or back with the reason why it cannot."""
    try:
        return redirect("admin:visits_planrun_page", ask().pk)
    except plan_runs.OverlapError as error:
        messages.error(
            request,
            _("Perhitungan lain untuk hari ini sedang berjalan. Tunggu atau hentikan, lalu coba lagi."),
        )
        return redirect("admin:visits_planrun_page", error.run.pk)
    except day_actions.NotUrgentError:
        messages.error(request, _("Warga ini tidak sedang menunggu kunjungan. Pilih dari daftar."))
        return redirect("admin:visits_today")


def _shift(shift_id: int) -> Shift:
    return get_object_or_404(Shift, pk=shift_id, date=timezone.localdate())


@pages.needs(LOOK, ACT)
@require_POST
def anew(request: HttpRequest) -> HttpResponse:
    return _start(request, lambda: day_actions.plan_anew(user=pages.who(request)))


@pages.needs(LOOK, ACT)
@require_POST
def fail(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Report that the team cannot go on; its visits are planned for other teams or days."""
    shift = _shift(shift_id)
    return _start(request, lambda: day_actions.fail(shift=shift, user=pages.who(request)))


@pages.needs(LOOK, ACT)
@require_POST
def go_on(request: HttpRequest, shift_id: int) -> HttpResponse:
    if day_actions.go_on(shift=_shift(shift_id), user=pages.who(request)):
        messages.success(request, _("Tim dicatat dapat bertugas lagi. Hitung lagi sisa hari bila perlu."))
    return redirect("admin:visits_today")


@pages.needs(LOOK, ACT)
@require_POST
def urgent(request: HttpRequest) -> HttpResponse:
    """Plan a waiting need for today."""
    try:
        asked = UUID(pages.text(request.POST, "keperluan"))
    except ValueError:
        messages.error(request, _("Pilih warga yang mendesak."))
        return redirect("admin:visits_today")
    need = get_object_or_404(Need, pk=asked)
    return _start(request, lambda: day_actions.add_urgent(need=need, user=pages.who(request)))


def urls(guard: pages.Guard) -> list[URLPattern]:
    return [
        path("hari-ini/", guard(page), name="visits_today"),
        path("hari-ini/hitung/", guard(anew), name="visits_today_anew"),
        path("hari-ini/mendesak/", guard(urgent), name="visits_today_urgent"),
        path("hari-ini/<int:shift_id>/berhenti/", guard(fail), name="visits_today_fail"),
        path("hari-ini/<int:shift_id>/lanjut/", guard(go_on), name="visits_today_go_on"),
    ]
