"""Access to a status page: by the reference and the phone's last digits or the printed code."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from outreach import vault
from outreach.lib import reference
from outreach.models import VisitRequest
from outreach.services import limits

# The holder mistypes; a guesser has 5 in 10,000. The second limit is against guessing from many addresses.
TRIES = limits.TryLimit("status", tries=5, minutes=15)
TRIES_ANYWHERE = limits.TryLimit("status:anywhere", tries=40, minutes=24 * 60)
PER_ADDRESS = limits.TryLimit("status:address", tries=300, minutes=60)


@dataclass(frozen=True)
class StatusLookup:
    """`request` for a right pair; `wait_until` after too many tries; neither for a wrong pair."""

    request: VisitRequest | None = None
    wait_until: datetime | None = None


def _secret_matches(request: VisitRequest, secret: str) -> bool:
    tail = re.sub(r"\D", "", secret)[-4:]
    try:
        code = reference.parse_code(secret)
    except reference.BadReferenceError:
        code = ""
    by_tail = hmac.compare_digest(
        vault.blind_index("phone_tail", f"{request.pk}:{tail}"), request.phone_tail_index
    )
    by_code = hmac.compare_digest(vault.blind_index("code", code), request.code_index)
    return (by_tail and len(tail) == 4) or (by_code and bool(code))


def look_up_status(*, typed_reference: str, secret: str, address: str) -> StatusLookup:
    """Find the request of a reference and its secret. Every try is counted before it is checked."""
    try:
        name = reference.parse_reference(typed_reference)
    except reference.BadReferenceError:
        name = typed_reference.strip().upper()[:40]
    who = f"{name} {address}"
    # the address first: its count goes on while the others are used up, so no probing stays unseen
    for limit, key in ((PER_ADDRESS, address), (TRIES, who), (TRIES_ANYWHERE, name)):
        answer = limits.count_try(limit, key)
        if not answer.allowed:
            return StatusLookup(wait_until=answer.again_at)
    request = VisitRequest.objects.filter(reference=name).first()
    if request is None or not _secret_matches(request, secret):
        return StatusLookup()
    limits.reset_count(TRIES, who)
    limits.reset_count(TRIES_ANYWHERE, name)
    return StatusLookup(request=request)
