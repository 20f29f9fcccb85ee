"""What a tablet is told of its reports' numbers: the last one, and up to which a backup holds them."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from outreach.models import LogEntry
from tests.factories.visits import TeamFactory
from visits import tasks
from visits.lib import jose
from visits.models import Device
from visits.tablets import devices

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-12-01T09:00")]


def _arrive(tablet, visit, officer):
    return tablet.event("arrived", visit=str(visit.pk), officer=officer.pk)


def _backup(at) -> None:
    call_command("note_backup", at.isoformat())


def test_nothing_is_safe_before_a_backup_and_numbers_begin_at_one(tablet, visit, officer):
    assert tablet.me()["events"] == {"last": 0, "backed_up_to": 0}
    tablet.events(_arrive(tablet, visit, officer), _arrive(tablet, visit, officer))
    assert tablet.me()["events"] == {"last": 2, "backed_up_to": 0}


def test_what_came_well_before_a_backup_is_safe(tablet, visit, officer, clock, new_tablet):
    tablet.events(_arrive(tablet, visit, officer), _arrive(tablet, visit, officer))
    clock.shift(300)
    _backup(clock.now())  # its rows may have been committed while the backup ran
    assert tablet.me()["events"]["backed_up_to"] == 0
    clock.shift(900)
    _backup(clock.now())
    assert tablet.me()["events"] == {"last": 2, "backed_up_to": 2}
    assert new_tablet(TeamFactory()).me()["events"] == {"last": 0, "backed_up_to": 0}
    assert LogEntry.objects.filter(action="backup_noted").count() == 2


def test_a_number_that_came_after_the_backup_holds_back_those_above_it(tablet, visit, officer, clock):
    late, early = _arrive(tablet, visit, officer), _arrive(tablet, visit, officer)
    tablet.events(early)
    clock.shift(3600)
    _backup(clock.now())
    assert tablet.me()["events"] == {"last": 2, "backed_up_to": 2}
    tablet.events(late)
    assert tablet.me()["events"] == {"last": 2, "backed_up_to": 0}


def test_a_revoked_tablet_is_told_its_last_number_in_the_order_to_wipe(tablet, visit, officer):
    tablet.events(_arrive(tablet, visit, officer))
    devices.revoke_device(device=Device.objects.get(), actor="system")
    signed = tablet.call("GET", "/me").json["signed"]
    assert jose.peek_jws(signed, typ="jb-me+jws")[1]["events"] == {"last": 1, "backed_up_to": 0}


def test_a_record_is_named_as_backed_up(tablet, sealed, clock):
    tablet.upload(sealed)
    clock.shift(3600)
    _backup(clock.now())
    assert [row["backed_up"] for row in tablet.status(sealed.id)] == [False]  # nobody has opened it
    tasks.verify_capture(sealed.id)
    assert [row["backed_up"] for row in tablet.status(sealed.id)] == [False]
    clock.shift(3600)
    _backup(clock.now())
    assert [row["backed_up"] for row in tablet.status(sealed.id)] == [True]


@pytest.mark.parametrize("text", ["kemarin", "2026-12-01T08:00", "2026-12-01T10:00:00+07:00"])
def test_a_moment_that_is_none_or_not_past_is_refused(text):
    with pytest.raises(CommandError):
        call_command("note_backup", text)


def test_a_later_backup_counts_whichever_is_noted_first(tablet, visit, officer, clock):
    tablet.events(_arrive(tablet, visit, officer))
    clock.shift(7200)
    _backup(clock.now())
    _backup(clock.now() - timedelta(hours=3))
    assert tablet.me()["events"]["backed_up_to"] == 1
