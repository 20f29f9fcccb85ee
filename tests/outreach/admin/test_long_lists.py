"""No list reads more because its table is longer."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from outreach.admin import log
from outreach.enums import RequestState
from outreach.models import LogEntry, Village
from outreach.selectors.queue import PER_PAGE
from outreach.services import waits
from tests.factories.outreach import NeedFactory, ResidentFactory, VillageFactory, VisitRequestFactory
from tests.support.rows import count_rows

LISTS = [
    "resident/",
    *("need/?keadaan=open", "need/?keadaan=closed"),
    *("visitrequest/?keadaan=received", "visitrequest/?keadaan=refused"),
    "logentry/",
]


def _add(first: int, count: int, village: Village, clock) -> None:
    """So many rows of each table, of people who share nothing but the village."""
    for number in range(first, first + count):
        clock.shift(60)
        born = clock.now().date() - timedelta(days=365 * 20 + 400 * number)
        own = "".join(chr(97 + int(digit)) + "ro" for digit in f"{number:03d}")
        resident = ResidentFactory(name=own, birth_date=born, village=village)
        NeedFactory(resident=resident, state="closed", closed_reason="other")
        need = NeedFactory(resident=resident)
        VisitRequestFactory(name=f"u{own}", birth_date=None)
        VisitRequestFactory(state=RequestState.REFUSED, decided_at=clock.now())
        LogEntry.objects.create(action="need_made", subject_type="outreach.need", subject_id=need.pk)


def _read(client: Client, address: str) -> int:
    waits.count_usual_waits()  # the worker's work
    cache.clear()
    with count_rows() as counted:
        assert client.get(f"/admin/outreach/{address}").status_code == 200
    return counted.rows


@pytest.mark.parametrize("address", LISTS)
def test_a_full_page_reads_as_many_rows_however_many_are_behind_it(
    admin_client: Client, clock, address: str
) -> None:
    village = VillageFactory()
    full = (log.PER_PAGE if "log" in address else PER_PAGE) + 1
    _add(0, full, village, clock)
    before = _read(admin_client, address)
    _add(full, PER_PAGE, village, clock)

    assert _read(admin_client, address) == before
    assert before > PER_PAGE
