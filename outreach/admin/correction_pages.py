"""Pages that put a person's data right, and that take a decision about a request back."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from outreach import vault
from outreach.admin import need_extras, pages
from outreach.admin.correction_forms import CorrectionForm
from outreach.admin.labels import describe_news, describe_problem
from outreach.enums import CorrectionReason
from outreach.lib import phone
from outreach.lib.nik import mask_nik
from outreach.models import Resident, VisitRequest
from outreach.selectors.page_marks import StalePageError
from outreach.services import corrections, undoing
from outreach.services.corrections import CorrectionError
from outreach.services.triage import TriageError

TRIAGE = "outreach.triage_visitrequest"
OUTLINES = ("village__boundary", "village__district__boundary")
RESIDENTS = Resident.objects.select_related("village__district", "key").defer(*OUTLINES)
REQUESTS = VisitRequest.objects.select_related("village__district", "key", "resident", "need").defer(
    *OUTLINES
)


def _list_shown(row: Resident | VisitRequest) -> list[Model | None]:
    return [row, *row.requests.all()] if isinstance(row, Resident) else [row, row.resident]


def _render(
    request: HttpRequest,
    row: Resident | VisitRequest,
    form: CorrectionForm,
    *,
    status: int = 200,
    stale: StalePageError | None = None,
) -> HttpResponse:
    return pages.render_page(
        request,
        "admin/outreach/correct.html",
        model=type(row),
        title=_("Betulkan data"),
        status=status,
        shows=_list_shown(row),
        news=stale.news if stale else [],
        clashes=form.list_clashes() if stale else [],
        row=row,
        form=form,
        is_resident=isinstance(row, Resident),
        known=[
            ("NIK", mask_nik(vault.unseal_field(row, "nik"))),
            ("KK", mask_nik(vault.unseal_field(row, "family_card"))),
            (_("Telepon"), phone.mask_phone(vault.unseal_field(row, "phone"))),
        ],
        published=[need for need in row.needs.all() if need.state == "planned"]
        if isinstance(row, Resident)
        else [],
        back=f"admin:outreach_{row._meta.model_name}_change",
    )


def _correct(request: HttpRequest, row: Resident | VisitRequest) -> HttpResponse:
    if request.method != "POST":
        return _render(request, row, CorrectionForm(row=row))
    form = CorrectionForm(request.POST, row=row)
    if not form.is_valid():
        return _render(request, row, form, status=422)
    given: dict[str, Any] = {
        "values": form.values(),
        "reason": CorrectionReason(form.cleaned_data["reason"]),
        "note": form.cleaned_data["note"],
        "actor": pages.log_actor(request),
        "seen": pages.page_seen(request, *_list_shown(row)),
    }
    try:
        if isinstance(row, Resident):
            changed = corrections.correct_resident(resident=row, nik_exception=form.why_same_nik(), **given)
        else:
            changed = corrections.correct_request(request=row, **given)
    except StalePageError as stale:
        row.refresh_from_db()
        sent = CorrectionForm(request.POST, row=row).merged()
        return _render(request, row, sent, status=409, stale=stale)
    except CorrectionError as error:
        form.add_error("nik" if error.code == "same_nik" else None, describe_problem(error.code))
        return _render(request, row, form, status=422)
    if changed:
        messages.success(request, _("Data dibetulkan. Isi yang lama tersimpan terkunci di riwayat."))
    else:
        messages.info(request, _("Tidak ada yang berubah: data sudah seperti itu."))
    return redirect(f"admin:outreach_{row._meta.model_name}_change", row.pk)


@pages.require_permissions("outreach.view_resident", TRIAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct_resident_view(request: HttpRequest, pk: str) -> HttpResponse:
    return _correct(request, pages.get_row_or_404(RESIDENTS, pk))


@pages.require_permissions("outreach.view_visitrequest", TRIAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def correct_request_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(REQUESTS, pk)
    if row.resident_id:
        messages.info(request, describe_problem("accepted"))
        return redirect("admin:outreach_resident_correct", row.resident_id)
    return _correct(request, row)


@pages.require_permissions("outreach.view_visitrequest", TRIAGE)
@require_POST
def undo_decision_view(request: HttpRequest, pk: str) -> HttpResponse:
    """Put an accepted or merged request back into the queue; the page says before what follows."""
    row: VisitRequest = pages.get_row_or_404(REQUESTS, pk)
    more = need_extras.list_rows(row.need) if row.need else []
    seen = pages.page_seen(request, row, row.resident, row.need, *more)
    try:
        if undoing.undo_decision(request=row, actor=pages.log_actor(request), seen=seen):
            messages.success(request, _("%s kembali ke antrean.") % row.reference)
        else:
            messages.info(request, _("%s sudah ada di antrean.") % row.reference)
    except StalePageError as stale:
        messages.error(request, describe_news(stale.news))
    except TriageError as error:
        messages.error(request, describe_problem(error.code))
    return redirect("admin:outreach_visitrequest_change", row.pk)
