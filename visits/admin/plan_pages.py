"""Pages of plans: the list, one plan, unassigned needs with reasons, publishing, discarding."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach.models import District
from outreach.services import log
from visits.admin import pages
from visits.appointments import phones
from visits.enums import PlanState, ReleaseReason
from visits.estimates import road_labels, simulation_labels
from visits.models import Plan
from visits.schedule.dispatch import called_off_visits, day_page, published_days, routes_underway
from visits.schedule.plans import (
    day_versions,
    families_to_tell,
    keep_costs,
    plan_changes,
    plan_page,
    publishing,
    unassigned,
    version_marks,
    workload_balance,
)
from visits.schedule.plans.families_to_tell import FamilyNews
from visits.schedule.plans.plan_changes import PlanChanges
from visits.schedule.problem import candidates
from visits.wording import labels

LEFT_ON_A_PAGE = 50
ROUTES_ON_A_PAGE = 12


def _get_plan(plan_id: str) -> Plan:
    """The plan of an address. Raises 404 if the id is not valid or unknown."""
    try:
        return get_object_or_404(Plan.objects.select_related("run", "published_by"), pk=UUID(str(plan_id)))
    except ValueError:
        raise Http404 from None


@pages.require_permissions("visits.view_plan")
@require_GET
def plan_list_view(request: HttpRequest) -> HttpResponse:
    """Runs and plans, the newest first."""
    return pages.render_page(
        request,
        "admin/visits/plan/list.html",
        model=Plan,
        title=_("Rencana kunjungan"),
        runs=plan_page.list_recent_runs(),
        waiting=candidates.count_waiting_needs(),
    )


@pages.require_permissions("visits.view_plan")
@require_GET
def plan_view(request: HttpRequest, plan_id: str) -> HttpResponse:
    """One plan: figures, overview, and the map and tables of the chosen day and team."""
    plan = _get_plan(plan_id)
    summary, shifts = plan.figures, plan_page.load_plan_shifts(plan)
    left = unassigned.count_unassigned(plan)
    is_draft = plan.state == PlanState.DRAFT
    routes = plan_page.list_route_rows(plan, shifts)
    day, team = _chosen_day_and_team(request, [route.shift.date for route in routes])
    shown = [
        route
        for route in routes
        if (day is None or route.shift.date == day) and (team is None or route.shift.team_id == team)
    ]
    page_of = Paginator(shown, ROUTES_ON_A_PAGE).get_page(request.GET.get("halaman"))
    shown = list(page_of)
    shown = routes_underway.add_progress(plan, plan_page.add_stops(plan, shown), now=timezone.now())
    return pages.render_page(
        request,
        "admin/visits/plan/plan.html",
        model=Plan,
        title=labels.format_days(plan.run.first_date, plan.run.last_date),
        plan=plan,
        is_draft=is_draft,
        mark=version_marks.mark_draft(plan)
        if is_draft and request.user.has_perm("visits.change_plan")
        else "",
        summary=summary,
        figures=labels.describe_figures(summary),
        replays=simulation_labels.describe_simulation(summary.replays),
        roads=road_labels.describe_travel_times(summary.roads),
        roads_left_out=road_labels.describe_left_out(summary.roads),
        roads_warning=road_labels.describe_warning(summary.roads),
        today=day_page.describe_basis(plan, shifts),
        rest_from=labels.format_seconds_of_day(summary.today.now_s) if summary.today else "",
        overview=plan_page.build_overview(routes, shifts),
        routes=shown,
        page_of=page_of,
        day=day,
        team=team,
        map_data=plan_page.build_plan_map(shown),
        reasons=left.reasons,
        broken=unassigned.list_broken_promises(plan, shifts),
        balance=workload_balance.describe_balance(plan, shifts),
        guarantees=unassigned.list_broken_guarantees(plan, shifts) if left.guaranteed else [],
        guaranteed=left.guaranteed,
        cuts=labels.describe_cuts(summary),
        versions=plan_page.list_plan_versions(plan) if plan.state == PlanState.PUBLISHED else [],
        untold=sum(row.left for row in published_days.count_families_told(plan))
        if plan.state == PlanState.PUBLISHED
        else 0,
        called_off=called_off_visits.count_called_off(shifts=shifts)[0]
        if plan.state == PlanState.PUBLISHED
        else 0,
        told=sum(len(plan.changes.get(what, [])) for what in ("moved", "shifted", "cancelled")),
    )


def _chosen_day_and_team(request: HttpRequest, days: list[date]) -> tuple[date | None, int | None]:
    """Day and team of the query string: the first day unless one is chosen; None for all."""
    asked, team = request.GET.get("hari", ""), request.GET.get("tim", "")
    chosen_team = int(team) if team.isdecimal() and len(team) < 10 else None
    if asked == "semua":
        return None, chosen_team
    known = {day.isoformat(): day for day in days}
    return known.get(asked, min(days, default=None)), chosen_team


@pages.require_permissions("visits.view_plan")
@require_GET
def unassigned_view(request: HttpRequest, plan_id: str) -> HttpResponse:
    """Needs that the plan leaves unassigned, with reasons; filtered by reason and district."""
    plan = _get_plan(plan_id)
    shifts = plan_page.load_plan_shifts(plan)
    code, district = (request.GET.get(name, "").replace("\0", "") for name in ("alasan", "kecamatan"))
    guaranteed = request.GET.get("dahulu") == "1"
    found = unassigned.list_unserved(plan, code=code, district=district, guaranteed=guaranteed)
    paginator = Paginator(found, LEFT_ON_A_PAGE)
    rows = paginator.get_page(request.GET.get("halaman"))
    return pages.render_page(
        request,
        "admin/visits/plan/left.html",
        model=Plan,
        title=_("Belum terlayani"),
        plan=plan,
        span=labels.format_days(plan.run.first_date, plan.run.last_date),
        rows=unassigned.explain_unassigned(list(rows), shifts),
        page_of=rows,
        reasons=unassigned.count_unassigned(plan).reasons,
        districts=District.objects.only("code", "name").order_by("name"),
        code=code,
        district=district,
        guaranteed=guaranteed,
    )


@pages.require_permissions("visits.publish_plan")
@require_http_methods(["GET", "POST"])
def publish_plan_view(request: HttpRequest, plan_id: str) -> HttpResponse:
    """GET shows what publishing would change and which families to tell; POST publishes."""
    plan = _get_plan(plan_id)
    if request.method == "POST" and _try_to_publish(request, plan):
        return redirect("admin:visits_plan_change", plan.pk)
    if plan.state != PlanState.DRAFT:
        return redirect("admin:visits_plan_change", plan.pk)
    found = plan_changes.find_changes(plan=plan)
    moving = families_to_tell.list_news_before(found, keep_costs.price_changes(plan=plan, found=found))
    unreleased = families_to_tell.list_standing_promises(found)
    _note_phones(request, plan, [*moving, *(row.family for row in unreleased)])
    return pages.render_page(
        request,
        "admin/visits/plan/publish.html",
        model=Plan,
        title=_("Terbitkan rencana"),
        plan=plan,
        span=labels.format_days(plan.run.first_date, plan.run.last_date),
        status=409 if request.method == "POST" else 200,
        found=found,
        mark=version_marks.mark_changes(found),
        nothing_new=day_versions.has_no_news(found),
        new=(new := found.having(plan_changes.ChangeKind.NEW)),
        days=sorted({change.stop.shift.date for change in new}),
        day=(day := _chosen_day_and_team(request, [change.stop.shift.date for change in new])[0]),
        listed=[change for change in new if day is None or change.stop.shift.date == day],
        moved=found.having(plan_changes.ChangeKind.MOVED),
        shifted=found.having(plan_changes.ChangeKind.SHIFTED),
        same=found.having(plan_changes.ChangeKind.SAME),
        families=moving,
        unreleased=unreleased,
        release_reasons=ReleaseReason.choices,
        dropped=[(row.stop, labels.describe_dropped(row.code)) for row in found.dropped],
        refusals=[labels.describe_refusal(row.code, row.shift) for row in found.refusals],
        untrue=_list_untrue(found),
        outdated=[(row.stop, labels.describe_outdated_stop(row.code)) for row in found.outdated],
    )


def _list_untrue(found: PlanChanges) -> list[dict[str, Any]]:
    """Families that would be told hours which are not true: why, and whether these were promised."""
    firm = {change.stop.pk for change in found.stops if change.visit is not None and change.visit.is_firm}
    told = {change.stop.pk: change.told for change in found.stops}
    return [
        {
            "stop": row.stop,
            "why": labels.describe_untrue_hours(row.code),
            "told": told[row.stop.pk],
            "promised": row.stop.pk in firm,
        }
        for row in found.untrue
    ]


def _note_phones(request: HttpRequest, plan: Plan, rows: Iterable[FamilyNews]) -> None:
    """Log how many families' telephone numbers were shown; a family in two tables counts once."""
    numbers = {row.need: row.phone for row in rows}
    phones.log_phone_look(subject=plan, numbers=numbers.values(), user=pages.staff_user(request))


def _try_to_publish(request: HttpRequest, plan: Plan) -> bool:
    """Publish with a message. False if it was refused; the page then shows why."""
    try:
        shown = pages.read_text(request.POST, "tanda")
        done = publishing.publish_plan(plan=plan, user=pages.staff_user(request), shown=shown)
    except version_marks.OutdatedPageError:
        messages.warning(
            request,
            _(
                "Belum diterbitkan: rancangan atau jadwalnya berubah sejak halaman ini dibuka. Periksa lagi siapa yang perlu dikabari, lalu terbitkan."
            ),
        )
        plan.refresh_from_db()
        return False
    except publishing.NothingNewError:
        messages.info(
            request, _("Tidak ada yang diterbitkan: rencana ini tidak mengubah jadwal yang sudah terbit.")
        )
        plan.refresh_from_db()
        return False
    except publishing.PublishRefusedError:
        messages.error(
            request, _("Rencana tidak diterbitkan: keadaan berubah sejak dihitung. Lihat di bawah.")
        )
        plan.refresh_from_db()
        return False
    except publishing.DiscardedError:
        messages.error(request, _("Rencana ini sudah dibuang. Buat rencana baru."))
        return True
    if done.already:
        messages.info(request, _("Rencana ini sudah terbit sebelumnya. Tidak ada yang berubah."))
    else:
        messages.success(
            request,
            _(
                "Terbit: %(versions)d hari tugas tim, %(new)d kunjungan baru, %(moved)d pindah tim atau hari, %(shifted)d bergeser, %(cancelled)d dibatalkan. Sekarang kabari keluarganya."
            )
            % asdict(done),
        )
    if done.dropped:
        left_out = ngettext(
            "%(n)d kunjungan dilewati karena keadaannya berubah sejak rencana dihitung; rencana ini tidak mengubahnya.",
            "%(n)d kunjungan dilewati karena keadaannya berubah sejak rencana dihitung; rencana ini tidak mengubahnya.",
            done.dropped,
        )
        messages.warning(request, left_out % {"n": done.dropped})
    return True


@pages.require_permissions("visits.view_plan", "visits.publish_plan")
@require_GET
def families_view(request: HttpRequest, plan_id: str) -> HttpResponse:
    """The families to tell, after publishing."""
    plan = _get_plan(plan_id)
    moved = families_to_tell.list_news_after(plan)
    _note_phones(request, plan, moved)
    return pages.render_page(
        request,
        "admin/visits/plan/told.html",
        model=Plan,
        title=_("Siapa yang perlu dikabari"),
        plan=plan,
        span=labels.format_days(plan.run.first_date, plan.run.last_date),
        families=moved,
        days=published_days.count_families_told(plan),
    )


@pages.require_permissions("visits.change_plan")
@require_POST
def discard_plan_view(request: HttpRequest, plan_id: str) -> HttpResponse:
    plan = _get_plan(plan_id)
    shown = pages.read_text(request.POST, "tanda")
    try:
        done = publishing.discard_plan(plan=plan, actor=log.actor_of(pages.staff_user(request)), shown=shown)
    except version_marks.OutdatedPageError:
        messages.warning(
            request,
            _(
                "Belum dibuang: rancangan berubah sejak halaman itu dibuka. Periksa lagi, lalu buang bila tidak dipakai."
            ),
        )
        return redirect("admin:visits_plan_change", plan.pk)
    if done:
        messages.success(request, _("Rancangan dibuang. Warga di dalamnya tetap menunggu jadwal."))
    else:
        messages.error(request, _("Rencana yang sudah terbit tidak dapat dibuang."))
    return redirect("admin:visits_plan_changelist")
