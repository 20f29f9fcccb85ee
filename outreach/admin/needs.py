"""Needs in the admin: the list by state, one need with its progress and log, and decisions about it."""

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import formats
from outreach.admin import need_extras, pages
from outreach.admin.forms import WishesForm
from outreach.admin.labels import describe_news, skill_names
from outreach.enums import ClosedReason, NeedState, Urgency
from outreach.models import Need
from outreach.selectors import history, queue
from outreach.selectors.flow import Stage, describe_shares
from outreach.selectors.history import HistoryLine
from outreach.selectors.page_marks import PageSeen, StalePageError
from outreach.selectors.status_steps import describe_need_steps
from outreach.services import triage

ROWS = Need.objects.select_related("resident__village__district").defer(
    "resident__village__boundary", "resident__village__district__boundary"
)
VIEW, DECIDE = "outreach.view_need", "outreach.decide_need"


@pages.require_permissions(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def need_list_view(request: HttpRequest) -> HttpResponse:
    """The needs of a state. A search is posted and covers all states."""
    typed, district = pages.read_text(request.POST, "cari"), pages.read_text(request.GET, "kecamatan")
    state = request.GET.get("keadaan", NeedState.OPEN)
    state = state if state in NeedState.values else NeedState.OPEN
    listed = queue.list_needs(
        state="" if typed else state, district=district, typed=typed, place=pages.read_place(request)
    )
    return pages.render_page(
        request,
        "admin/outreach/need/list.html",
        model=Need,
        title=_("Antrean kunjungan"),
        listed=listed,
        typed=typed,
        state=state,
        district=district,
        now=timezone.now(),
        usual=describe_shares(Stage.PLANNED),
    )


def list_shown(row: Need) -> list[Model | None]:
    """The rows whose changes are news on a need's page."""
    return [row, row.resident, *row.requests.all(), *need_extras.list_rows(row)]


def _page_seen(request: HttpRequest, row: Need) -> PageSeen:
    return pages.page_seen(request, *list_shown(row))


def _render_need(
    request: HttpRequest,
    row: Need,
    *,
    conditions: WishesForm | None = None,
    news: list[HistoryLine] | None = None,
    status: int = 200,
) -> HttpResponse:
    may_decide = row.state in triage.MAY_WISH and request.user.has_perm(DECIDE)
    requests = list(row.requests.order_by("received_at"))
    steps = list(row.progress.all())
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
        told=describe_need_steps(row, steps, asked=row.waiting_since)[0] if steps else [],
        conditions=conditions or WishesForm(need=row),
        shows=list_shown(row),
        news=news,
        clashes=conditions.list_clashes() if news and conditions and may_decide else [],
        typed=conditions.list_typed() if news and conditions and not may_decide else [],
        log=history.list_history([row, row.resident, *requests]),
        may_decide=may_decide,
        may_correct=request.user.has_perms(["outreach.view_resident", "outreach.triage_visitrequest"]),
        in_review=row.state == NeedState.REVIEW,
        may_reopen=row.state == NeedState.CLOSED
        and row.closed_reason != ClosedReason.DELIVERED
        and request.user.has_perm(DECIDE),
        planned=row.state == NeedState.PLANNED,
    )


@pages.require_permissions(VIEW)
@require_safe
def need_view(request: HttpRequest, pk: str) -> HttpResponse:
    return _render_need(request, pages.get_row_or_404(ROWS, pk))


def _moved_meanwhile(request: HttpRequest, row: Need) -> HttpResponse:
    messages.error(request, _("Antrean ini sudah berubah. Lihat keadaannya yang baru di halaman ini."))
    return redirect("admin:outreach_need_change", row.pk)


@pages.require_permissions(VIEW, DECIDE)
@require_POST
def reopen_need_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: Need = pages.get_row_or_404(ROWS, pk)
    try:
        reopened = triage.reopen_need(need=row, actor=pages.log_actor(request), seen=_page_seen(request, row))
    except StalePageError as stale:
        messages.error(request, describe_news(stale.news))
        return redirect("admin:outreach_need_change", row.pk)
    if not reopened:
        return _moved_meanwhile(request, row)
    messages.success(request, _("Masuk antrean lagi dan menunggu jadwal."))
    return redirect("admin:outreach_need_change", row.pk)


@pages.require_permissions(VIEW, DECIDE)
@require_POST
def change_need_view(request: HttpRequest, pk: str) -> HttpResponse:
    """Change the conditions of a need. What is published stays until the next plan."""
    row: Need = pages.get_row_or_404(ROWS, pk)
    form = WishesForm(request.POST, need=row)
    if not form.is_valid():
        return _render_need(request, row, conditions=form, status=422)
    found = form.cleaned_data
    try:
        changed = triage.change_conditions(
            need=row,
            urgency=Urgency(found["urgency"]),
            skills=found["skills"],
            not_before=found["not_before"],
            deadline=found["deadline"],
            **form.wishes(),
            actor=pages.log_actor(request),
            seen=_page_seen(request, row),
        )
    except StalePageError as stale:
        row = ROWS.get(pk=row.pk)
        sent = WishesForm(request.POST, need=row)
        return _render_need(request, row, conditions=sent.merged(), news=stale.news, status=409)
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
        ("<str:pk>/syarat/", change_need_view, "conditions"),
    ]
