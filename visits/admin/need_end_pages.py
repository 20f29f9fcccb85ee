"""Closing a need wherever it stands, and taking it out of its published day or of a draft: each says first what
follows, and asks for a reason."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from outreach import formats
from outreach.admin.forms import CloseForm
from outreach.admin.needs import list_shown
from outreach.admin.shown_forms import ShownForm
from outreach.enums import UNFINISHED_NEEDS, ClosedReason
from outreach.models import Need
from outreach.selectors.page_marks import StalePageError
from visits.admin import pages
from visits.appointments import arrival_intervals
from visits.enums import ReleaseReason, VisitState
from visits.models import Plan
from visits.schedule.plans import taking_out
from visits.schedule.plans.draft_move_routes import MoveRefusedError
from visits.schedule.plans.taking_out import NeedInPlans, TeamIsThereError

SEE, CLOSE, PUBLISH = "outreach.view_need", "outreach.decide_need", "visits.publish_plan"


class TakeOutForm(ShownForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Alasan mengeluarkan"),
        choices=[("", gettext_lazy("Pilih alasan")), *ReleaseReason.choices],
        error_messages={"required": gettext_lazy("Pilih alasan mengeluarkan.")},
    )


def _get_need(need_id: UUID) -> Need:
    rows = Need.objects.select_related("resident__village__district", "resident__key").defer(
        "resident__village__boundary", "resident__village__district__boundary"
    )
    return get_object_or_404(rows, pk=need_id)


def _render(
    request: HttpRequest,
    need: Need,
    form: ShownForm,
    *,
    closing: bool,
    status: int = 200,
    stale: StalePageError | None = None,
) -> HttpResponse:
    there = taking_out.find_in_plans(need)
    return pages.render_page(
        request,
        f"admin/visits/need/{'close' if closing else 'take_out'}.html",
        model=Need,
        title=_("Tutup antrean ini") if closing else _("Keluarkan dari jadwal"),
        status=status,
        shows=list_shown(need),
        news=stale.news if stale else [],
        need=need,
        form=form,
        finished=need.state not in UNFINISHED_NEEDS,
        plans=there,
        told=formats.format_interval(*arrival_intervals.interval_told(there.visit)) if there.visit else "",
        on_the_way=there.visit is not None and there.visit.state == VisitState.TRAVELLING,
        may_cancel=there.visit is None or request.user.has_perm(PUBLISH),
    )


def _message_after(there: NeedInPlans, done: str, *, to_tell: bool) -> str:
    """What was done, with the way to the families to tell."""
    if there.plan is None or not to_tell:
        return done
    href = reverse("admin:visits_plan_told", args=[there.plan.pk])
    return format_html('{} <a href="{}">{}</a>', done, href, _("Kabari keluarganya"))


def _describe_team_there() -> str:
    return _("Tim sudah di rumah. Tunggu petugas melaporkan hasilnya, lalu lihat lagi di halaman ini.")


@pages.require_permissions(SEE, CLOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def close_need_view(request: HttpRequest, need_id: UUID) -> HttpResponse:
    need = _get_need(need_id)
    if request.method != "POST":
        return _render(request, need, CloseForm(), closing=True)
    form = CloseForm(request.POST)
    there = taking_out.find_in_plans(need)
    if there.visit is not None and not request.user.has_perm(PUBLISH):
        form.add_error(None, _("Kunjungannya sudah terbit. Minta yang boleh menerbitkan untuk menutupnya."))
    if not form.is_valid():
        return _render(request, need, form, closing=True, status=422)
    try:
        closed = taking_out.close_need(
            need=need,
            reason=ClosedReason(form.cleaned_data["reason"]),
            note=form.cleaned_data["note"],
            user=pages.staff_user(request),
            seen=pages.page_seen(request, *list_shown(need)),
        )
    except StalePageError as stale:
        return _render(request, _get_need(need_id), form.merged(), closing=True, status=409, stale=stale)
    except TeamIsThereError:
        form.add_error(None, _describe_team_there())
        return _render(request, need, form, closing=True, status=422)
    if closed:
        reason = ClosedReason(form.cleaned_data["reason"])
        done = _("Antrean ditutup: %s.") % reason.label
        messages.success(request, _message_after(there, done, to_tell=reason != ClosedReason.DECEASED))
    else:
        messages.info(request, _("Antrean ini sudah ditutup sebelumnya."))
    return redirect("admin:outreach_need_change", need.pk)


@pages.require_permissions(SEE, "visits.view_plan", PUBLISH)
@require_http_methods(["GET", "HEAD", "POST"])
def take_out_view(request: HttpRequest, need_id: UUID) -> HttpResponse:
    need = _get_need(need_id)
    if request.method != "POST":
        return _render(request, need, TakeOutForm(), closing=False)
    form = TakeOutForm(request.POST)
    if not form.is_valid():
        return _render(request, need, form, closing=False, status=422)
    there = taking_out.find_in_plans(need)
    try:
        visit = taking_out.take_out(
            need=need,
            reason=ReleaseReason(form.cleaned_data["reason"]),
            user=pages.staff_user(request),
            seen=pages.page_seen(request, *list_shown(need)),
        )
    except StalePageError as stale:
        return _render(request, _get_need(need_id), form.merged(), closing=False, status=409, stale=stale)
    except TeamIsThereError:
        form.add_error(None, _describe_team_there())
        return _render(request, need, form, closing=False, status=422)
    if visit:
        done = _("Kunjungan dibatalkan dan menunggu jadwal baru; tablet tim mengambil jadwal yang baru.")
        messages.success(request, _message_after(there, done, to_tell=True))
    else:
        messages.info(request, _("Tidak ada kunjungan yang terbit untuk warga ini."))
    return redirect("admin:outreach_need_change", need.pk)


@pages.require_permissions(SEE, "visits.change_plan", PUBLISH)
@require_POST
def take_out_of_draft_view(request: HttpRequest, need_id: UUID, plan_id: UUID) -> HttpResponse:
    need, plan = _get_need(need_id), get_object_or_404(Plan.objects.select_related("run"), pk=plan_id)
    try:
        taking_out.take_out_of_draft(plan=plan, need=need, user=pages.staff_user(request))
        messages.success(request, _("Dikeluarkan dari rancangan. Rancangan dan angkanya sudah diperbarui."))
    except MoveRefusedError:
        messages.error(
            request,
            _("Rancangan ini tidak bisa diubah lagi. Buang rancangannya, lalu buat rencana baru."),
        )
    if "terbitkan" in request.POST:  # it came from there
        return redirect("admin:visits_plan_publish", plan.pk)
    return redirect("admin:outreach_need_change", need.pk)
