"""Triage: the queue of requests, one request on a page, and the coordinator's decisions."""

from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import formats, vault
from outreach.admin import correction_pages, family_pages, need_extras, pages
from outreach.admin.forms import REASONS, AcceptForm, RefuseForm
from outreach.admin.labels import describe_news, describe_problem, skill_names
from outreach.admin.need_extras import PagePlace
from outreach.admin.shown_forms import ShownForm
from outreach.enums import RequestState, ResidentKind, Sex
from outreach.lib import phone
from outreach.lib.births import BirthBasis, ages_on, birth_range
from outreach.lib.nik import Nik, NumberError, list_disagreements, mask_nik, parse_nik
from outreach.lib.times import age_on
from outreach.models import Need, Resident, VisitRequest
from outreach.selectors import duplicates, history, queue
from outreach.selectors.duplicates import DuplicateCandidate
from outreach.selectors.flow import Stage, describe_shares
from outreach.selectors.history import HistoryLine
from outreach.selectors.page_marks import PageSeen, StalePageError
from outreach.services import residents, triage
from outreach.services.undoing import UNDONE

ELDERLY_FROM = 60  # UU 13/1998
ROWS = VisitRequest.objects.select_related("village__district", "key", "need", "resident", "consent").defer(
    "village__boundary", "village__district__boundary"
)
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
    typed = pages.read_text(request.POST, "cari")
    listed = (
        queue.find_requests(typed)
        if typed
        else queue.list_requests(state=state, district=district, place=pages.read_place(request))
    )
    return pages.render_page(
        request,
        "admin/outreach/request/list.html",
        model=VisitRequest,
        title=_("Permohonan"),
        listed=listed,
        rows=listed.page.object_list,
        typed=typed,
        state=state,
        district=district,
        now=timezone.now(),
        usual=describe_shares(Stage.DECIDED),
    )


def _describe_numbers(row: VisitRequest) -> dict[str, Any]:
    """NIK and phone for the page: masked, with what they disagree with."""
    nik, today, warnings = vault.unseal_field(row, "nik"), timezone.localdate(), []
    births: tuple[date, ...] = ()
    if nik:
        try:
            read = parse_nik(nik, today=today)
            warnings, births = _compare_nik(row, read), read.births
            if read.area[:4] != row.village_id.replace(".", "")[:4]:
                warnings.append(_("NIK diterbitkan daerah lain; pastikan warga tinggal di sini."))
        except NumberError:
            warnings.append(_("NIK tidak terbaca sebagai NIK."))
    ages = _read_ages(row, births, today)
    return {
        "nik": mask_nik(nik),
        "phone": phone.mask_phone(vault.unseal_field(row, "phone")),
        "warnings": [*warnings, *_doubt_age(row, ages)],
        "age": formats.format_ages(ages) if ages and row.birth_date else "",
        "guessed": _(" atau ").join(formats.format_birth(born, BirthBasis.NIK) for born in reversed(births))
        if not row.birth_date
        else "",
    }


def _compare_nik(row: VisitRequest, nik: Nik) -> list[str]:
    """What the NIK says otherwise than the request."""
    sex = {Sex.FEMALE: True, Sex.MALE: False}.get(Sex(row.sex)) if row.sex else None
    first, last = birth_range(row.birth_date, row.birth_basis) if row.birth_date else (date.min, date.max)
    told = []
    if row.birth_date and not any(first <= born <= last for born in nik.births):
        nearest = min(nik.births, key=lambda born: abs(born - first))
        told.append(_("Tanggal lahir di NIK (%s) lain dari yang diisi.") % formats.format_long_date(nearest))
    if "sex" in list_disagreements(nik, birth_date=None, female=sex):
        told.append(_("Jenis kelamin di NIK lain dari yang diisi."))
    return told


def _read_ages(row: VisitRequest, births: tuple[date, ...], today: date) -> tuple[int, int] | None:
    """The least and the greatest age that the birth date, else the NIK, leaves open; None without either."""
    if row.birth_date:
        return ages_on(row.birth_date, row.birth_basis, today)
    ages = [age_on(born, today) for born in births]
    return (min(ages), max(ages)) if ages else None


def _doubt_age(row: VisitRequest, ages: tuple[int, int] | None) -> list[str]:
    """What the coordinator should ask about the age; a guessed one is said to be one."""
    if ages is None:
        return []
    told, (least, most) = [], ages
    if row.kind == ResidentKind.ELDERLY and most < ELDERLY_FROM:
        told.append(_("Dipilih lansia, tetapi umurnya %s tahun.") % formats.format_ages(ages))
    if least < most and not least >= ELDERLY_FROM:
        told.append(_("Umurnya belum pasti (%s tahun). Tanyakan tahun lahirnya.") % formats.format_ages(ages))
    return told


def _find_candidates(row: VisitRequest) -> list[DuplicateCandidate]:
    return duplicates.find_duplicates(row) if row.state == RequestState.RECEIVED else []


def _list_shown(row: VisitRequest, found: list[DuplicateCandidate]) -> list[Model | None]:
    """The rows whose changes are news on a request's page: who may be the same person, too."""
    more = need_extras.list_rows(row.need) if row.need else []
    return [row, row.resident, row.need, *more, *(candidate.person for candidate in found)]


def _page_seen(request: HttpRequest, row: VisitRequest) -> PageSeen:
    return pages.page_seen(request, *_list_shown(row, _find_candidates(row)))


def _render_request(
    request: HttpRequest,
    row: VisitRequest,
    *,
    accept: AcceptForm | None = None,
    refuse: RefuseForm | None = None,
    opened: dict[str, str] | None = None,
    news: list[HistoryLine] | None = None,
    status: int = 200,
) -> HttpResponse:
    waiting = row.state == RequestState.RECEIVED
    found = _find_candidates(row)
    sent: ShownForm | None = accept or refuse
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
        sealed=history.list_sealed([row]) if opened else [],
        shows=_list_shown(row, found),
        news=news,
        clashes=sent.list_clashes() if news and sent and waiting else [],
        typed=sent.list_typed() if news and sent and not waiting else [],
        log=history.list_history([row, row.resident, row.need]),
        may_triage=waiting and request.user.has_perm(TRIAGE),
        may_undo=row.state in UNDONE and request.user.has_perm(TRIAGE),
        may_correct=request.user.has_perm(TRIAGE),
        alone=row.need is not None and not row.need.requests.exclude(pk=row.pk).exists(),
        may_reconsider=row.state == RequestState.REFUSED and request.user.has_perm(TRIAGE),
        may_reveal=request.user.has_perm(REVEAL),
        family=family_pages.describe_family(row) if request.user.has_perm(TRIAGE) else None,
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


def _redirect_with_news(request: HttpRequest, row: VisitRequest, stale: StalePageError) -> HttpResponse:
    """Back to the page after a button that has no fields."""
    messages.error(request, describe_news(stale.news))
    return redirect("admin:outreach_visitrequest_change", row.pk)


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def accept_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(ROWS, pk)
    form, seen = AcceptForm(request.POST, request=row, found=_find_candidates(row)), _page_seen(request, row)
    if form.is_valid() or seen.list_news():  # a choice that is gone is news, not a mistake
        try:
            seen.require_fresh()
            need = triage.accept_request(
                request=row,
                decision=form.decision(),
                actor=pages.log_actor(request),
                seen=seen,
            )
            return _redirect_to_next(request, row, _describe_acceptance(request, row, need))
        except StalePageError as stale:
            row = ROWS.get(pk=row.pk)
            sent = AcceptForm(request.POST, request=row, found=_find_candidates(row)).merged()
            return _render_request(request, row, accept=sent, news=stale.news, status=409)
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
                request=row,
                reason=form.cleaned_data["reason"],
                actor=pages.log_actor(request),
                seen=_page_seen(request, row),
            )
            return _redirect_to_next(request, row, _("%s ditolak dengan alasan.") % row.reference)
        except StalePageError as stale:
            row = ROWS.get(pk=row.pk)
            return _render_request(request, row, refuse=form.merged(), news=stale.news, status=409)
        except triage.TriageError as error:
            form.add_error(None, describe_problem(error.code))
    return _render_request(request, row, refuse=form, status=422)


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def merge_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(ROWS, pk)
    resident: Resident = pages.get_row_or_404(Resident.objects.all(), request.POST.get("warga", ""))
    try:
        triage.merge_request(
            request=row,
            resident=resident,
            actor=pages.log_actor(request),
            seen=_page_seen(request, row),
        )
    except StalePageError as stale:
        return _redirect_with_news(request, row, stale)
    except triage.TriageError as error:
        messages.error(request, describe_problem(error.code))
        return redirect("admin:outreach_visitrequest_change", row.pk)
    return _redirect_to_next(request, row, _("%s digabung.") % row.reference)


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def reconsider_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(ROWS, pk)
    try:
        triage.reconsider_request(request=row, actor=pages.log_actor(request), seen=_page_seen(request, row))
        messages.success(request, _("%s kembali ke antrean.") % row.reference)
    except StalePageError as stale:
        return _redirect_with_news(request, row, stale)
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
        ("<str:pk>/betulkan/", correction_pages.correct_request_view, "correct"),
        ("<str:pk>/batalkan/", correction_pages.undo_decision_view, "undo"),
        ("<str:pk>/keluarga/", family_pages.confirm_family_view, "family"),
        ("<str:pk>/bukan-keluarga/", family_pages.doubt_family_view, "family_doubt"),
    ]
