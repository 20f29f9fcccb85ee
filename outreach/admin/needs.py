"""Needs in the admin: the list by state, one need with its progress and log, and decisions about it."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import formats
from outreach.admin import pages
from outreach.admin.forms import CloseForm, ConditionsForm
from outreach.admin.labels import skill_names
from outreach.enums import ClosedReason, NeedState, Urgency
from outreach.models import Need
from outreach.selectors import history, queue
from outreach.services import triage

ROWS = Need.objects.select_related("resident__village__district")
VIEW, DECIDE = "outreach.view_need", "outreach.decide_need"
UNDECIDED = (NeedState.OPEN, NeedState.REVIEW)


@pages.require_permissions(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def need_list_view(request: HttpRequest) -> HttpResponse:
    """The needs of a state. A search is posted and covers all states."""
    typed, district = pages.read_text(request.POST, "cari"), pages.read_text(request.GET, "kecamatan")
    state = request.GET.get("keadaan", NeedState.OPEN)
    state = state if state in NeedState.values else NeedState.OPEN
    listed = queue.list_needs(
        state="" if typed else state, district=district, typed=typed, number=pages.page_number(request)
    )
    return pages.render_page(
        request,
        "admin/outreach/need/list.html",
        model=Need,
        title=_("Keperluan"),
        listed=listed,
        typed=typed,
        state=state,
        district=district,
        now=timezone.now(),
    )


def _render_need(
    request: HttpRequest,
    row: Need,
    *,
    close: CloseForm | None = None,
    conditions: ConditionsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = {name: getattr(row, name) for name in triage.CONDITIONS}
    requests = list(row.requests.order_by("received_at"))
    return pages.render_page(
        request,
        "admin/outreach/need/page.html",
        model=Need,
        title=f"{row.get_kind_display()}: {row.resident.name}",
        status=status,
        row=row,
        resident=row.resident,
        waited=formats.format_waiting(row.waiting_since, now=timezone.now()),
        windows=formats.format_windows(row.windows),
        weekdays=formats.format_weekdays(row.weekdays),
        skills=skill_names(row.skills),
        requests=requests,
        progress=[
            (
                step,
                formats.format_interval(step.earliest, step.latest) if step.earliest and step.latest else "",
            )
            for step in row.progress.all()
        ],
        close=close or CloseForm(),
        conditions=conditions or ConditionsForm(initial=now),
        seen=pages.read_text(request.POST, "semula") or triage.conditions_text(row),
        log=history.list_history([row, row.resident, *requests]),
        may_decide=row.state in UNDECIDED and request.user.has_perm(DECIDE),
        in_review=row.state == NeedState.REVIEW,
    )


@pages.require_permissions(VIEW)
@require_safe
def need_view(request: HttpRequest, pk: str) -> HttpResponse:
    return _render_need(request, pages.get_row_or_404(ROWS, pk))


def _moved_meanwhile(request: HttpRequest, row: Need) -> HttpResponse:
    messages.error(request, _("Keperluan ini sudah berubah. Lihat keadaannya yang baru di halaman ini."))
    return redirect("admin:outreach_need_change", row.pk)


@pages.require_permissions(VIEW, DECIDE)
@require_POST
def reopen_need_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: Need = pages.get_row_or_404(ROWS, pk)
    if not triage.reopen_need(need=row, actor=pages.log_actor(request)):
        return _moved_meanwhile(request, row)
    messages.success(request, _("Keperluan dibuka lagi dan menunggu jadwal."))
    return redirect("admin:outreach_need_change", row.pk)


@pages.require_permissions(VIEW, DECIDE)
@require_POST
def close_need_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: Need = pages.get_row_or_404(ROWS, pk)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _render_need(request, row, close=form, status=422)
    reason = ClosedReason(form.cleaned_data["reason"])
    if not triage.close_need(need=row, reason=reason, actor=pages.log_actor(request)):
        return _moved_meanwhile(request, row)
    messages.success(request, _("Keperluan ditutup: %s.") % reason.label)
    return redirect("admin:outreach_need_change", row.pk)


@pages.require_permissions(VIEW, DECIDE)
@require_POST
def change_need_view(request: HttpRequest, pk: str) -> HttpResponse:
    """Change the conditions of a need. What is published stays until the next plan."""
    row: Need = pages.get_row_or_404(ROWS, pk)
    form = ConditionsForm(request.POST)
    if not form.is_valid():
        return _render_need(request, row, conditions=form, status=422)
    found = form.cleaned_data
    changed = triage.change_conditions(
        need=row,
        urgency=Urgency(found["urgency"]),
        skills=found["skills"],
        not_before=found["not_before"],
        deadline=found["deadline"],
        actor=pages.log_actor(request),
        seen=pages.read_text(request.POST, "semula"),
    )
    if not changed:
        return _moved_meanwhile(request, row)
    messages.success(request, _("Syarat kunjungan disimpan; berlaku pada rencana berikutnya."))
    return redirect("admin:outreach_need_change", row.pk)


@admin.register(Need)
class NeedAdmin(pages.Pages):
    pages = [
        ("", need_list_view, "changelist"),
        ("<str:pk>/", need_view, "change"),
        ("<str:pk>/buka-lagi/", reopen_need_view, "reopen"),
        ("<str:pk>/tutup/", close_need_view, "close"),
        ("<str:pk>/syarat/", change_need_view, "conditions"),
    ]
