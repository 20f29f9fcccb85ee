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
from visits.schedule.plans import version_marks
from visits.schedule.runs import plan_runs
from visits.wording import labels

LOOK, ACT = "visits.view_teamday", "visits.add_plan"


@pages.require_permissions(LOOK)
@require_GET
@never_cache
def today_view(request: HttpRequest) -> HttpResponse:
    """Every team of today: where it is according to its tablet, how old that is, what is left."""
    now = timezone.now()
    lanes = day_page.list_team_rows(now=now)
    today = timezone.localdate(now)
    draft = day_page.find_draft(on=today)
    return pages.render_page(
        request,
        "admin/visits/day/today.html",
        model=TeamDay,
        title=_("Hari ini, %(day)s") % {"day": labels.format_day(today)},
        now=now,
        day=today,
        lanes=lanes,
        next_day=None if lanes else day_page.find_next_day(today=today),
        waiting=list(day_page.list_waiting_needs()) if request.user.has_perm(ACT) else [],
        run=PlanRun.objects.filter(kind=RunKind.TODAY, first_date=today, state__in=ACTIVE_RUNS).first(),
        map_data=day_page.build_day_map(lanes),
        draft=draft,
        timeline=day_page.draw_timeline(lanes, now=now),
        late_homes=day_page.list_late_homes(lanes),
        mark=version_marks.mark_day([lane.team for lane in lanes], draft=draft),
    )


def _start_replanning(
    request: HttpRequest, ask: Callable[[], PlanRun], *, again: bool = False
) -> HttpResponse:
    """Redirect to the run that `ask` starts, or back with the reason why it cannot. `again`: it only repeats what
    was done, whatever the page showed."""
    if not again and pages.read_text(request.POST, "tanda") != day_page.mark_today(now=timezone.now()):
        messages.warning(
            request,
            _(
                "Belum dihitung: jadwal hari ini berubah sejak halaman itu dibuka. Lihat keadaan sekarang, lalu coba lagi."
            ),
        )
        return redirect("admin:visits_today")
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


def _get_shift(shift_id: int) -> Shift:
    return get_object_or_404(Shift, pk=shift_id, date=timezone.localdate())


@pages.require_permissions(LOOK, ACT)
@require_POST
def replan_view(request: HttpRequest) -> HttpResponse:
    return _start_replanning(request, lambda: day_actions.replan_today(user=pages.staff_user(request)))


@pages.require_permissions(LOOK, ACT)
@require_POST
def team_fails_view(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Report that the team cannot go on; its visits are planned for other teams or days."""
    shift = _get_shift(shift_id)
    return _start_replanning(
        request,
        lambda: day_actions.report_breakdown(shift=shift, user=pages.staff_user(request)),
        again=shift.is_cancelled,
    )


@pages.require_permissions(LOOK, ACT)
@require_POST
def team_goes_on_view(request: HttpRequest, shift_id: int) -> HttpResponse:
    if day_actions.resume_shift(shift=_get_shift(shift_id), user=pages.staff_user(request)):
        messages.success(request, _("Tim dicatat dapat bertugas lagi. Hitung lagi sisa hari bila perlu."))
    return redirect("admin:visits_today")


@pages.require_permissions(LOOK, ACT)
@require_POST
def add_urgent_view(request: HttpRequest) -> HttpResponse:
    """Plan a waiting need for today."""
    try:
        asked = UUID(pages.read_text(request.POST, "keperluan"))
    except ValueError:
        messages.error(request, _("Pilih warga yang mendesak."))
        return redirect("admin:visits_today")
    need = get_object_or_404(Need, pk=asked)
    return _start_replanning(
        request, lambda: day_actions.add_urgent(need=need, user=pages.staff_user(request))
    )


def today_urls(guard: pages.Guard) -> list[URLPattern]:
    return [
        path("hari-ini/", guard(today_view), name="visits_today"),
        path("hari-ini/hitung/", guard(replan_view), name="visits_today_anew"),
        path("hari-ini/mendesak/", guard(add_urgent_view), name="visits_today_urgent"),
        path("hari-ini/<int:shift_id>/berhenti/", guard(team_fails_view), name="visits_today_fail"),
        path("hari-ini/<int:shift_id>/lanjut/", guard(team_goes_on_view), name="visits_today_go_on"),
    ]
