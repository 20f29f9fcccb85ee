"""Pages of a planning run: start, watch, stop, restart."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from outreach.services import log
from visits.admin import pages
from visits.admin.plan_forms import PlanForm
from visits.enums import ACTIVE_RUNS, RunState
from visits.models import Plan, PlanRun
from visits.schedule.dispatch import home_board
from visits.schedule.problem import candidates
from visits.schedule.runs import plan_runs, run_status
from visits.wording import labels


@pages.require_permissions("visits.add_plan")
@require_http_methods(["GET", "POST"])
def new_run_view(request: HttpRequest) -> HttpResponse:
    """The form "Buat rencana"; a valid one starts a run and redirects to its page."""
    first, last = (pages.read_date(request.GET.get(name)) for name in ("dari", "sampai"))
    posted = request.method == "POST"
    form = PlanForm(request.POST) if posted else PlanForm(initial=PlanForm.suggestion(first=first, last=last))
    overlap = None
    if posted and form.is_valid():
        data = form.cleaned_data
        try:
            run = plan_runs.start_run(
                first=data["first_date"],
                last=data["last_date"],
                seconds=data["seconds"],
                keep_published=data["keep_published"],
                asked_by=pages.staff_user(request),
            )
            return redirect("admin:visits_planrun_page", run.pk)
        except plan_runs.OverlapError as error:
            overlap = error.run
    return pages.render_page(
        request,
        "admin/visits/plan/new.html",
        model=Plan,
        title=_("Buat rencana"),
        status=400 if form.errors or overlap else 200,
        form=form,
        overlap=overlap,
        days=home_board.list_coming_days(),
        waiting=candidates.count_waiting_needs(),
    )


def _describe_run(run: PlanRun) -> dict[str, Any]:
    """How far the run is, for the page and for its script."""
    now = timezone.now()
    state = run_status.read_run_state(run, now=now)
    ended = state not in ACTIVE_RUNS
    plan = Plan.objects.filter(run=run).only("pk").first() if ended else None
    since = run.started_at or run.asked_at
    until = run.finished_at or now
    return {
        "state": state,
        "label": state.label,
        "progress": run.progress,
        "served": run.served,
        "candidates": run.candidates,
        "message": labels.describe_run_message(
            "interrupted" if state == RunState.INTERRUPTED else run.message
        ),
        "elapsed": labels.format_exact_duration(max(0, int((until - since).total_seconds()))),
        "attempts": run.attempts,
        "stopping": run.stop_requested and state == RunState.RUNNING,
        "ended": ended,
        "plan": reverse("admin:visits_plan_change", args=[plan.pk]) if plan else "",
    }


@pages.require_permissions("visits.view_plan")
@require_GET
@never_cache
def run_view(request: HttpRequest, run_id: str) -> HttpResponse:
    """The run as it goes; once it has a plan, the plan's page."""
    run = get_object_or_404(PlanRun.objects.select_related("asked_by"), pk=run_id)
    told = _describe_run(run)
    if told["plan"]:
        return redirect(told["plan"])
    return pages.render_page(
        request,
        "admin/visits/plan/run.html",
        model=Plan,
        title=_("Menghitung rencana"),
        run=run,
        told=told,
        may_stop=run.state in ACTIVE_RUNS and not run.stop_requested,
        may_restart=told["state"] in (RunState.INTERRUPTED, RunState.FAILED),
    )


@pages.require_permissions("visits.view_plan")
@require_GET
@never_cache
def run_state_view(request: HttpRequest, run_id: str) -> HttpResponse:
    """What the page's script asks every other second."""
    return JsonResponse(_describe_run(get_object_or_404(PlanRun, pk=run_id)))


@pages.require_permissions("visits.add_plan")
@require_POST
def stop_run_view(request: HttpRequest, run_id: str) -> HttpResponse:
    run = get_object_or_404(PlanRun, pk=run_id)
    if not plan_runs.stop_run(run=run, actor=log.actor_of(pages.staff_user(request))):
        messages.info(request, _("Perhitungan ini sudah selesai atau sudah diminta berhenti."))
    return redirect("admin:visits_planrun_page", run.pk)


@pages.require_permissions("visits.add_plan")
@require_POST
def restart_run_view(request: HttpRequest, run_id: str) -> HttpResponse:
    plan_runs.mark_interrupted()
    run = get_object_or_404(PlanRun, pk=run_id)
    try:
        if not plan_runs.restart_run(run=run, actor=log.actor_of(pages.staff_user(request))):
            messages.info(request, _("Perhitungan ini tidak perlu dimulai lagi."))
    except plan_runs.OverlapError:
        messages.error(
            request,
            _("Rencana lain untuk hari yang sama sedang dihitung. Tunggu sampai selesai atau hentikan."),
        )
    return redirect("admin:visits_planrun_page", run.pk)
