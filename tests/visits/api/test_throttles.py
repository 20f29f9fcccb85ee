"""Limits of the API hold over all processes together."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outreach.models import Throttle
from outreach.services.limits import TryLimit
from visits.api import throttles

SEVEN = TryLimit("test", tries=7, minutes=1)


def _other_process() -> None:
    """What a process remembers is nothing to the next one; rows are."""
    throttles.reset_counts()


def test_tries_to_pair_are_counted_over_all_processes(stranger):
    statuses = []
    for number in range(22):
        if number % 5 == 0:
            _other_process()
        statuses.append(stranger.pair("AAAA-BBBB-CC").status)

    assert statuses == [410] * 20 + [429] * 2


@pytest.mark.clock("2026-12-01T09:10:20", tick=False)
def test_who_tries_to_pair_too_often_reads_from_when_on_it_works_again(stranger):
    for _ in range(20):
        stranger.pair("AAAA-BBBB-CC")

    answer = stranger.pair("AAAA-BBBB-CC")

    assert answer.status == 429
    told = "Kiriman dari tablet ini baru diterima lagi setelah Selasa, 1 Desember 2026, pukul 09.12."
    assert answer.json["detail"] == told
    assert int(answer.headers["Retry-After"]) == 61


def test_a_frequent_call_is_written_now_and_then_and_held_in_every_process(new_tablet, team, monkeypatch):
    tablet = new_tablet(team)
    monkeypatch.setattr(throttles.TabletThrottle, "limit", SEVEN)
    monkeypatch.setattr(throttles.TabletThrottle, "step", 4)

    def call() -> tuple[int, bool]:
        with CaptureQueriesContext(connection) as queries:
            status = tablet.call("GET", "/me").status
        return status, any("outreach_throttle" in query["sql"] for query in queries)

    first = [call() for _ in range(8)]
    assert [status for status, _written in first] == [200] * 7 + [429]
    assert [written for _status, written in first] == [False, False, False, True] * 2
    assert call() == (429, False)  # known by heart: a flood costs no write

    _other_process()
    assert [call() for _ in range(4)] == [(200, False)] * 3 + [(429, True)]


def test_one_tablet_over_its_limit_holds_no_other_up(new_tablet, team, monkeypatch):
    monkeypatch.setattr(throttles.TabletThrottle, "limit", SEVEN)
    monkeypatch.setattr(throttles.TabletThrottle, "step", 1)
    greedy, modest = new_tablet(team), new_tablet(team)
    statuses = [greedy.call("GET", "/me").status for _ in range(8)]

    assert statuses == [200] * 7 + [429]
    assert modest.call("GET", "/me").status == 200


def test_no_address_is_kept_in_the_clear(stranger):
    stranger.pair("AAAA-BBBB-CC")
    assert "127.0.0.1" not in Throttle.objects.get().key


def test_what_a_process_remembers_is_bounded(stranger, monkeypatch):
    monkeypatch.setattr(throttles, "_MOST_CALLERS", 5)
    for number in range(20):
        throttles._uncounted["api:ping", str(number)] = 1

    assert stranger.call("GET", f"/ping?nonce={'a' * 16}").status == 200
    assert len(throttles._uncounted) == 1
