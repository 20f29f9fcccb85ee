"""Triage: the queue of requests, one request on a page, and the coordinator's decisions."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import formats, vault
from outreach.admin import need_extras, pages
from outreach.admin.forms import REASONS, AcceptForm, RefuseForm
from outreach.admin.labels import describe_problem, skill_names
from outreach.admin.need_extras import PagePlace
from outreach.enums import RequestState, ResidentKind, Sex
from outreach.lib import phone
from outreach.lib.nik import NumberError, list_disagreements, mask_nik, parse_nik
from outreach.lib.times import age_on
from outreach.models import Need, Resident, VisitRequest
from outreach.selectors import duplicates, history, queue
from outreach.services import residents, triage

ELDERLY_FROM = 60  # UU 13/1998
ROWS = VisitRequest.objects.select_related("village__district", "key", "need", "resident", "consent")
VIEW, TRIAGE, REVEAL = (
    "outreach.view_visitrequest",
    "outreach.triage_visitrequest",
    "outreach.reveal_sealed",
)


@pages.require_permissions(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def request_list_view(request: HttpRequest) -> HttpResponse:
    """The queue. A search is posted, so that no name or NIK is in an address."""
    state = request.GET.get("keadaan", RequestState.RECEIVED)
    state = state if state in RequestState.values else RequestState.RECEIVED
    district = pages.read_text(request.GET, "kecamatan")
    listed = queue.list_requests(state=state, district=district, number=pages.page_number(request))
    typed = pages.read_text(request.POST, "cari")
    return pages.render_page(
        request,
        "admin/outreach/request/list.html",
        model=VisitRequest,
        title=_("Permohonan"),
        listed=listed,
        rows=queue.find_requests(typed) if typed else listed.page.object_list,
        typed=typed,
        state=state,
        district=district,
        now=timezone.now(),
    )


def _describe_numbers(row: VisitRequest) -> dict[str, Any]:
    """NIK and phone for the page: masked, with what they disagree with."""
    nik, today, warnings = vault.unseal_field(row, "nik"), timezone.localdate(), []
    if nik:
        try:
            read = parse_nik(nik, today=today)
            sex = {Sex.FEMALE: True, Sex.MALE: False}.get(Sex(row.sex)) if row.sex else None
            for what in list_disagreements(read, birth_date=row.birth_date, female=sex):
                warnings.append(
                    _("Tanggal lahir di NIK (%s) lain dari yang diisi.") % formats.format_long_date(read.born)
                    if what == "birth_date"
                    else _("Jenis kelamin di NIK lain dari yang diisi.")
                )
            born = row.birth_date or read.born
            if row.kind == ResidentKind.ELDERLY and age_on(born, today) < ELDERLY_FROM:
                warnings.append(_("Dipilih lansia, tetapi umurnya %d tahun.") % age_on(born, today))
            if read.area[:4] != row.village_id.replace(".", "")[:4]:
                warnings.append(_("NIK diterbitkan daerah lain; pastikan warga tinggal di sini."))
        except NumberError:
            warnings.append(_("NIK tidak terbaca sebagai NIK."))
    return {
        "nik": mask_nik(nik),
        "phone": phone.mask_phone(vault.unseal_field(row, "phone")),
        "warnings": warnings,
        "age": age_on(row.birth_date, today) if row.birth_date else None,
    }


def _render_request(
    request: HttpRequest,
    row: VisitRequest,
    *,
    accept: AcceptForm | None = None,
    refuse: RefuseForm | None = None,
    opened: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting = row.state == RequestState.RECEIVED
    found = duplicates.find_duplicates(row) if waiting else []
    return pages.render_page(
        request,
        "admin/outreach/request/page.html",
        model=VisitRequest,
        title=row.reference,
        status=status,
        row=row,
        numbers=_describe_numbers(row),
        skills=skill_names(row.skills),
        windows=formats.format_windows(row.windows),
        weekdays=formats.format_weekdays(row.weekdays),
        waited=formats.format_time_span(timezone.now() - row.received_at),
        candidates=found,
        accept=accept or AcceptForm(request=row, found=found),
        refuse=refuse or RefuseForm(),
        reasons=REASONS,
        opened=opened,
        log=history.list_history([row, row.resident, row.need]),
        may_triage=waiting and request.user.has_perm(TRIAGE),
        may_reconsider=row.state == RequestState.REFUSED and request.user.has_perm(TRIAGE),
        may_reveal=request.user.has_perm(REVEAL),
    )


@pages.require_permissions(VIEW)
@require_safe
def request_view(request: HttpRequest, pk: str) -> HttpResponse:
    return _render_request(request, pages.get_row_or_404(ROWS, pk))


def _redirect_to_next(request: HttpRequest, row: VisitRequest, said: str) -> HttpResponse:
    """Redirect to the next waiting request, with a message about the last one."""
    messages.success(request, said)
    following = queue.next_request(after=row)
    if following is None:
        return redirect("admin:outreach_visitrequest_changelist")
    return redirect("admin:outreach_visitrequest_change", following.pk)


def _describe_acceptance(request: HttpRequest, row: VisitRequest, need: Need) -> str:
    """What was done, with the next step."""
    said = _("%s disetujui dan menunggu jadwal.") % row.reference
    return format_html("{} {}", said, need_extras.render_extras(PagePlace.NEXT_STEP, request, need))


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def accept_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(ROWS, pk)
    form = AcceptForm(request.POST, request=row, found=duplicates.find_duplicates(row))
    if form.is_valid():
        try:
            need = triage.accept_request(
                request=row, decision=form.decision(), actor=pages.log_actor(request)
            )
            return _redirect_to_next(request, row, _describe_acceptance(request, row, need))
        except (triage.TriageError, residents.LocationError) as error:
            form.add_error(
                "latitude" if isinstance(error, residents.LocationError) else None,
                describe_problem(error.code),
            )
    return _render_request(request, row, accept=form, status=422)


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def refuse_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(ROWS, pk)
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            triage.refuse_request(
                request=row, reason=form.cleaned_data["reason"], actor=pages.log_actor(request)
            )
            return _redirect_to_next(request, row, _("%s ditolak dengan alasan.") % row.reference)
        except triage.TriageError as error:
            form.add_error(None, describe_problem(error.code))
    return _render_request(request, row, refuse=form, status=422)


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def merge_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(ROWS, pk)
    resident: Resident = pages.get_row_or_404(Resident.objects.all(), request.POST.get("warga", ""))
    try:
        triage.merge_request(request=row, resident=resident, actor=pages.log_actor(request))
    except triage.TriageError as error:
        messages.error(request, describe_problem(error.code))
        return redirect("admin:outreach_visitrequest_change", row.pk)
    return _redirect_to_next(request, row, _("%s digabung.") % row.reference)


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def reconsider_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(ROWS, pk)
    try:
        triage.reconsider_request(request=row, actor=pages.log_actor(request))
        messages.success(request, _("%s kembali ke antrean.") % row.reference)
    except triage.TriageError as error:
        messages.error(request, describe_problem(error.code))
    return redirect("admin:outreach_visitrequest_change", row.pk)


@pages.require_permissions(VIEW, REVEAL)
@require_POST
def reveal_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    """Show the sealed answers once, in the response to this POST. Leaves a log row."""
    row: VisitRequest = pages.get_row_or_404(ROWS, pk)
    opened = residents.reveal_sealed(row=row, actor=pages.log_actor(request))
    if row.code_index:
        opened["code"] = vault.status_code(row)
    return _render_request(request, row, opened=opened)


@admin.register(VisitRequest)
class VisitRequestAdmin(pages.Pages):
    pages = [
        ("", request_list_view, "changelist"),
        ("<str:pk>/", request_view, "change"),
        ("<str:pk>/setujui/", accept_request_view, "accept"),
        ("<str:pk>/tolak/", refuse_request_view, "refuse"),
        ("<str:pk>/gabung/", merge_request_view, "merge"),
        ("<str:pk>/pertimbangkan/", reconsider_request_view, "reconsider"),
        ("<str:pk>/buka/", reveal_request_view, "reveal"),
    ]
