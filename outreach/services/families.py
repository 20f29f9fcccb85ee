"""Whether who asked for a known person is that person's family; until then nobody is told about its visits."""

from django.db import transaction
from django.utils import timezone

from outreach.enums import FamilyProof
from outreach.models import VisitRequest
from outreach.services import log, residents


@transaction.atomic
def confirm_family(*, request: VisitRequest, proof: FamilyProof, actor: str) -> bool:
    """Let the status page of a request that joined a known person show the visits. False where it does so."""
    joined = VisitRequest.objects.filter(pk=request.pk, need__isnull=False, family_confirmed_at__isnull=True)
    if not joined.update(family_confirmed_at=timezone.now()):
        return False
    row = VisitRequest.objects.select_related("key", "resident__key").get(pk=request.pk)
    if row.resident:
        residents.complete_resident(resident=row.resident, request=row, actor=actor)
    log.write_log(actor=actor, action="family_confirmed", subject=request, detail={"proof": proof})
    return True


@transaction.atomic
def doubt_family(*, request: VisitRequest, actor: str) -> bool:
    """Take a confirmation back: the status page hides the visits again. False where it hides them."""
    shown = VisitRequest.objects.filter(pk=request.pk, need__isnull=False, family_confirmed_at__isnull=False)
    if not shown.update(family_confirmed_at=None):
        return False
    log.write_log(actor=actor, action="family_doubted", subject=request)
    return True
