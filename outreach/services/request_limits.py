"""What is suspicious about a request, and what that does to it: it is asked for once more and marked for the
coordinator, never refused. Only a flood that could fill the disk waits.

A village shares one address, a village officer sends for many with one phone, and whoever knows a NIK could
send it often so that its holder may not: so counts say what to look at, and people decide.
"""

from dataclasses import dataclass, field
from datetime import datetime

from outreach.enums import Suspicion
from outreach.services import limits

# Up to these nobody notices that there are limits; 300 honest requests an hour come from one village.
PER_ADDRESS = limits.TryLimit("request:address", tries=400, minutes=60)
PER_PHONE = limits.TryLimit("request:phone", tries=100, minutes=24 * 60)
PER_NIK = limits.TryLimit("request:nik", tries=6, minutes=24 * 60)
FLOOD = limits.TryLimit("request:flood", tries=4000, minutes=60)


@dataclass(frozen=True)
class Weighing:
    """`marks`: what the coordinator should look at; `wait_until`: only after a flood from this address."""

    marks: list[Suspicion] = field(default_factory=list)
    wait_until: datetime | None = None


def weigh_request(*, address: str, phone: str, nik: str, trapped: bool = False) -> Weighing:
    """Count the request and say what is suspicious about it. `trapped`: what people do not see was filled in."""
    flood = limits.count_try(FLOOD, address)
    if not flood.allowed:
        return Weighing(wait_until=flood.again_at)
    marks = [Suspicion.TRAPPED] if trapped else []
    for limit, who, mark in (
        (PER_ADDRESS, address, Suspicion.ADDRESS),
        (PER_PHONE, phone, Suspicion.PHONE),
        (PER_NIK, nik, Suspicion.NIK),
    ):
        if who and not limits.count_try(limit, who).allowed:
            marks.append(mark)
    return Weighing(marks=marks)
