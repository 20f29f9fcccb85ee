"""Whether a request that joined a known person is the family's: then its status page shows the visits."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outreach.admin import pages
from outreach.enums import FamilyProof
from outreach.models import VisitRequest
from outreach.services import families

VIEW, TRIAGE = "outreach.view_visitrequest", "outreach.triage_visitrequest"


@dataclass(frozen=True)
class FamilyQuestion:
    """What the page asks about a request that joined a known person."""

    confirmed: bool
    proofs: list[tuple[str, str]]


def describe_family(row: VisitRequest) -> FamilyQuestion | None:
    """The question for a request; None for one that made its person known, or is not decided."""
    if row.need_id is None or row.family_confirmed_at == row.decided_at:
        return None
    proofs = [(proof.value, str(proof.label)) for proof in FamilyProof]
    return FamilyQuestion(confirmed=not row.hides_visits, proofs=proofs)


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def confirm_family_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(VisitRequest.objects.all(), pk)
    proof = pages.read_text(request.POST, "bukti")
    if proof not in FamilyProof.values:
        messages.error(request, _("Pilih bagaimana keluarganya dipastikan."))
    elif families.confirm_family(request=row, proof=FamilyProof(proof), actor=pages.log_actor(request)):
        messages.success(request, _("Kunjungan sekarang tampil di halaman status permohonan ini."))
    return redirect("admin:outreach_visitrequest_change", row.pk)


@pages.require_permissions(VIEW, TRIAGE)
@require_POST
def doubt_family_view(request: HttpRequest, pk: str) -> HttpResponse:
    row: VisitRequest = pages.get_row_or_404(VisitRequest.objects.all(), pk)
    if families.doubt_family(request=row, actor=pages.log_actor(request)):
        messages.success(request, _("Kunjungan tidak lagi tampil di halaman status permohonan ini."))
    return redirect("admin:outreach_visitrequest_change", row.pk)
