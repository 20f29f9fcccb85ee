"""Residents in the admin: the list, one resident with needs and log, and the home's location."""

from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from outreach import formats, vault
from outreach.admin import correction_pages, pages
from outreach.admin.forms import PointForm
from outreach.admin.labels import describe_problem
from outreach.lib import geo, phone
from outreach.lib.births import ages_on
from outreach.lib.nik import mask_nik
from outreach.models import Resident
from outreach.selectors import history, queue
from outreach.selectors.history import HistoryLine
from outreach.selectors.page_marks import StalePageError
from outreach.services import residents

ROWS = Resident.objects.select_related("village__district", "key").defer("village__district__boundary")
VIEW, TRIAGE, REVEAL = "outreach.view_resident", "outreach.triage_visitrequest", "outreach.reveal_sealed"


@pages.require_permissions(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def resident_list_view(request: HttpRequest) -> HttpResponse:
    """Residents; a search is posted."""
    typed, district = pages.read_text(request.POST, "cari"), pages.read_text(request.GET, "kecamatan")
    listed = queue.list_residents(typed=typed, district=district, place=pages.read_place(request))
    return pages.render_page(
        request,
        "admin/outreach/resident/list.html",
        model=Resident,
        title=_("Warga"),
        listed=listed,
        typed=typed,
        district=district,
    )


def _list_shown(row: Resident) -> list[Model | None]:
    """The rows whose changes are news on a resident's page."""
    return [row, *row.needs.all()]


def _point_of(row: Resident) -> dict[str, str]:
    return {"latitude": f"{row.latitude:.6f}", "longitude": f"{row.longitude:.6f}"}


def _render_resident(
    request: HttpRequest,
    row: Resident,
    *,
    form: PointForm | None = None,
    opened: dict[str, str] | None = None,
    news: list[HistoryLine] | None = None,
    status: int = 200,
) -> HttpResponse:
    boundary = row.village.boundary
    inside = not boundary or geo.contains_point(boundary, latitude=row.latitude, longitude=row.longitude)
    needs = list(row.needs.order_by("-waiting_since"))
    return pages.render_page(
        request,
        "admin/outreach/resident/page.html",
        model=Resident,
        title=row.name,
        status=status,
        row=row,
        nik=mask_nik(vault.unseal_field(row, "nik")),
        phone=phone.mask_phone(vault.unseal_field(row, "phone")),
        age=formats.format_ages(ages_on(row.birth_date, row.birth_basis, timezone.localdate()))
        if row.birth_date
        else "",
        outside_village=not inside,
        form=form or PointForm(initial=_point_of(row)),
        shows=_list_shown(row),
        news=news,
        clashes=form.list_clashes() if news and form else [],
        needs=needs,
        requests=row.requests.order_by("-received_at"),
        opened=opened,
        sealed=history.list_sealed([row, *needs, *row.requests.all()]) if opened else [],
        same_nik=Resident.objects.filter(nik_index=row.nik_index or "").exclude(pk=row.pk),
        log=history.list_history([row, *needs]),
        may_locate=request.user.has_perm(TRIAGE),
        may_reveal=request.user.has_perm(REVEAL),
    )


@pages.require_permissions(VIEW)
@require_safe
def resident_view(request: HttpRequest, pk: str) -> HttpResponse:
    return _render_resident(request, pages.get_row_or_404(ROWS, pk))


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def locate_resident_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: Resident = pages.get_row_or_404(ROWS, pk)
    form = PointForm(request.POST, initial=_point_of(row))
    if form.is_valid() and form.point is None:
        form.add_error("latitude", _("Isi lintang dan bujur, atau pilih di peta."))
    if form.is_valid() and form.point:
        latitude, longitude = form.point
        try:
            residents.locate_resident(
                resident=row,
                latitude=latitude,
                longitude=longitude,
                actor=pages.log_actor(request),
                seen=pages.page_seen(request, *_list_shown(row)),
            )
            messages.success(request, _("Lokasi rumah disimpan."))
            return redirect("admin:outreach_resident_change", row.pk)
        except StalePageError as stale:
            row = ROWS.get(pk=row.pk)
            sent = PointForm(request.POST, initial=_point_of(row)).merged()
            return _render_resident(request, row, form=sent, news=stale.news, status=409)
        except residents.LocationError as error:
            form.add_error("latitude", describe_problem(error.code))
    return _render_resident(request, row, form=form, status=422)


@pages.require_permissions(VIEW, REVEAL)
@require_POST
def reveal_resident_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: Resident = pages.get_row_or_404(ROWS, pk)
    return _render_resident(
        request, row, opened=residents.reveal_sealed(row=row, actor=pages.log_actor(request))
    )


@admin.register(Resident)
class ResidentAdmin(pages.Pages):
    pages = [
        ("", resident_list_view, "changelist"),
        ("<str:pk>/", resident_view, "change"),
        ("<str:pk>/lokasi/", locate_resident_view, "locate"),
        ("<str:pk>/buka/", reveal_resident_view, "reveal"),
        ("<str:pk>/betulkan/", correction_pages.correct_resident_view, "correct"),
    ]
