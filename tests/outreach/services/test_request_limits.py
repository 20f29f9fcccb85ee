import pytest

from outreach.enums import Suspicion
from outreach.services import limits, request_limits
from outreach.services.request_limits import Weighing, weigh_request

pytestmark = pytest.mark.django_db
VILLAGE, NIK, PHONE = "203.0.113.7", "3519015705500001", "+6281234567890"


def _weigh(number: int = 0, **given: str) -> Weighing:
    people = {"address": VILLAGE, "phone": f"+62812{number:08d}", "nik": f"35190157055{number:05d}"}
    return weigh_request(**people | given)  # type: ignore[arg-type]


def test_three_hundred_honest_requests_an_hour_from_one_village_pass_unmarked() -> None:
    assert [_weigh(number) for number in range(300)] == [Weighing()] * 300


def test_a_village_officer_sends_for_a_hundred_with_one_phone() -> None:
    assert [_weigh(number, phone=PHONE) for number in range(100)] == [Weighing()] * 100
    assert _weigh(100, phone=PHONE) == Weighing(marks=[Suspicion.PHONE])


def test_a_known_nik_cannot_be_blocked_by_others() -> None:
    """Strangers send it from everywhere; its holder's own request is marked, and passes."""
    for number in range(60):
        _weigh(number, address=f"198.51.100.{number}", nik=NIK)

    assert _weigh(900, nik=NIK) == Weighing(marks=[Suspicion.NIK])


def test_many_from_one_address_are_marked_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    few = limits.TryLimit("request:address", tries=2, minutes=60)
    monkeypatch.setattr(request_limits, "PER_ADDRESS", few)

    assert [_weigh(number).marks for number in range(4)] == [[], [], [Suspicion.ADDRESS], [Suspicion.ADDRESS]]
    assert _weigh(5, address="203.0.113.8") == Weighing()


def test_only_a_flood_waits(monkeypatch: pytest.MonkeyPatch, clock) -> None:
    few = limits.TryLimit("request:flood", tries=2, minutes=60)
    monkeypatch.setattr(request_limits, "FLOOD", few)

    waits = [_weigh(number).wait_until is not None for number in range(3)]

    assert waits == [False, False, True]


def test_what_people_do_not_see_and_is_filled_in_is_a_mark() -> None:
    assert weigh_request(address=VILLAGE, phone="", nik="", trapped=True).marks == [Suspicion.TRAPPED]
