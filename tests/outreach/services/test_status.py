"""Who gets to a status page, and who does not, whatever strangers have tried before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach import vault
from outreach.enums import Relation, ResidentKind
from outreach.models import VisitRequest
from outreach.services import intake, status
from outreach.services.status import StatusLookup, look_up_status
from tests.factories.outreach import VillageFactory

pytestmark = pytest.mark.django_db
UNKNOWN, PHONE, HOME, STRANGER = "JB-00000-00000", "0812-3456-7890", "203.0.113.7", "198.51.100.1"
MONTH, HOUR, DAY = timedelta(days=30), timedelta(hours=1), timedelta(days=1)


def _request(phone: str = PHONE) -> VisitRequest:
    data = intake.Intake(
        relation=Relation.FAMILY,
        name="Warga Contoh",
        kind=ResidentKind.ELDERLY,
        village=VillageFactory(),
        phone=phone,
        made_up=True,
    )
    return intake.submit_request(form_token="t", data=data, consent=intake.Consent("x", "x")).request


def _try(row: VisitRequest, secret: str, *, address: str = HOME) -> StatusLookup:
    return look_up_status(typed_reference=row.reference, secret=secret, address=address)


def _guess(row: VisitRequest, count: int, *, address: str = "") -> None:
    for number in range(count):
        _try(row, f"{number:04d}", address=address or f"198.51.100.{number}")


def test_a_right_try_waits_for_the_disk_twice() -> None:
    """Once for all counts that it raises and once for those that it takes back, whichever secret it was."""
    row = _request()
    for secret in ("7890", PHONE):
        with CaptureQueriesContext(connection) as seen:
            assert _try(row, secret).request == row
        statements = [query["sql"] for query in seen]
        assert sum(sql.startswith("SAVEPOINT") for sql in statements) == 2
        assert (statements[0][:9], statements[-1][:7]) == ("SAVEPOINT", "RELEASE")


@pytest.mark.parametrize("address", ["", HOME], ids=["from everywhere", "from the family's own address"])
def test_forty_wrong_tries_by_strangers_change_nothing_for_the_family(address: str) -> None:
    row = _request()
    _guess(row, 40, address=address)

    assert _try(row, "7890").request == row


def test_after_sixty_four_digits_are_not_enough_and_the_whole_number_is(clock) -> None:
    row, now = _request(), clock.now()
    with clock.at(now, tick=False):
        _guess(row, 100)

        assert _try(row, "7890") == _try(row, "0000") == StatusLookup(digits_from=now + MONTH)
        assert _try(row, "+62 812 3456 7891") == StatusLookup()
        assert _try(row, "+62 812 3456 7890").request == row
    with clock.at(now + MONTH, tick=False):
        assert _try(row, "7890").request == row


def test_a_guesser_with_any_number_of_addresses_has_sixty_of_ten_thousand() -> None:
    """The right digits are found only among the first sixty tries."""
    row = _request(phone="0812-3456-0060")

    found = [
        _try(row, f"{number:04d}", address=f"198.51.{number // 256}.{number % 256}").request is not None
        for number in range(120)
    ]

    assert found == [False] * 120


def test_a_code_opens_whatever_was_tried() -> None:
    row = _request(phone="")
    _guess(row, 200)

    assert _try(row, vault.status_code(row)).request == row


def test_whole_numbers_are_guessed_sixty_times_a_day_from_an_address_and_the_family_is_not_held_up(
    clock,
) -> None:
    row, now = _request(), clock.now()
    with clock.at(now, tick=False):
        for number in range(60):
            assert _try(row, f"0812-3456-{number:04d}", address=STRANGER).wait_until is None

        assert _try(row, PHONE, address=STRANGER) == StatusLookup(wait_until=now + DAY)
        assert _try(row, PHONE).request == row
    with clock.at(now + DAY, tick=False):
        assert _try(row, PHONE, address=STRANGER).request == row


def test_probing_of_many_references_from_an_address_needs_whole_numbers_there(clock) -> None:
    row, now = _request(), clock.now()
    with clock.at(now, tick=False):
        for number in range(status.PER_ADDRESS.tries + 1):
            look_up_status(typed_reference=f"JB-{number}", secret="0000", address=STRANGER)

        assert _try(row, "7890", address=STRANGER) == StatusLookup(digits_from=now + HOUR)
        assert _try(row, PHONE, address=STRANGER).request == row
        assert _try(row, "7890").request == row


def test_right_tries_are_not_counted() -> None:
    row = _request()

    assert all(_try(row, "7890").request == row for _ in range(status.PER_ADDRESS.tries + 10))


def test_an_unknown_reference_is_answered_as_a_known_one() -> None:
    row = _request()

    def answers(reference: str) -> list[StatusLookup]:
        found = [
            look_up_status(typed_reference=reference, secret="0000", address=f"198.51.100.{number}")
            for number in range(status.DIGITS.tries + 2)
        ]
        return [StatusLookup(digits_from=answer.digits_from and row.received_at) for answer in found]

    assert answers(UNKNOWN) == answers(row.reference)
