from pathlib import Path

import pytest

from visits.demo import accounts

pytestmark = pytest.mark.django_db


def test_the_login_works_stays_the_same_and_is_not_read_by_others(tmp_path: Path):
    keys = tmp_path / "keys"
    login = accounts.ensure_coordinator(keys_dir=keys)
    again = accounts.ensure_coordinator(keys_dir=keys)
    assert (again.user, again.password) == (login.user, login.password)
    assert again.user.check_password(login.password)
    assert len(login.password) >= 10
    assert (keys / "demo_password").stat().st_mode & 0o077 == 0


def test_the_coordinator_may_do_the_work_and_delete_nothing(tmp_path: Path):
    user = accounts.ensure_coordinator(keys_dir=tmp_path).user
    assert user.is_staff
    assert not user.is_superuser
    assert user.has_perms(["outreach.triage_visitrequest", "visits.add_planrun", "visits.change_shift"])
    assert not any("delete" in permission for permission in user.get_all_permissions())
    assert not user.has_perm("auth.add_user")


def test_two_installations_have_two_passwords(tmp_path: Path):
    one = accounts.ensure_coordinator(keys_dir=tmp_path / "one").password
    assert accounts.ensure_coordinator(keys_dir=tmp_path / "two").password != one
