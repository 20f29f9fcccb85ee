from datetime import timedelta

import pytest

from outreach.services import limits, status

pytestmark = pytest.mark.django_db
UNKNOWN = "JB-00000-00000"


def test_probing_is_counted_while_a_reference_is_shut(monkeypatch: pytest.MonkeyPatch, clock) -> None:
    monkeypatch.setattr(status, "PER_ADDRESS", limits.TryLimit("status:address", tries=8, minutes=60))
    now = clock.now()
    with clock.at(now, tick=False):
        waits = [
            status.look_up_status(typed_reference=UNKNOWN, secret="0000", address="203.0.113.7").wait_until
            for _ in range(10)
        ]

    quarter, hour = now + timedelta(minutes=15), now + timedelta(minutes=60)
    assert waits == [None] * 5 + [quarter] * 3 + [hour] * 2


def test_what_one_address_does_shuts_no_other_out_of_its_reference() -> None:
    for _ in range(status.TRIES_ANYWHERE.tries + 10):
        status.look_up_status(typed_reference=UNKNOWN, secret="0000", address="203.0.113.7")

    assert (
        status.look_up_status(typed_reference=UNKNOWN, secret="0000", address="203.0.113.8").wait_until
        is None
    )
