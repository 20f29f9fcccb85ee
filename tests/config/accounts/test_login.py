"""At most so many tries to sign in from one address, whichever names they try."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from config.accounts.login import ADDRESS_LIMIT

pytestmark = pytest.mark.django_db
PASSWORD = "kuda terbang tujuh belas"


@pytest.fixture(autouse=True)
def _staff(settings) -> None:
    settings.CLIENT_ADDRESS_HEADER = "X-Real-Ip"
    User.objects.create_user("rina", password=PASSWORD, is_staff=True)


def _login(name: str, password: str, *, address: str = "203.0.113.7"):
    form = {"username": name, "password": password}
    return Client(headers={"x-real-ip": address}).post(reverse("admin:login"), form)


@pytest.mark.clock("2026-12-01T09:00", tick=False)
def test_many_names_from_one_address_are_held_up_until_a_moment_that_is_said(clock):
    for number in range(ADDRESS_LIMIT.tries):
        assert _login(f"nama-{number}", "salah").status_code == 200

    page = _login("rina", PASSWORD)
    assert page.status_code == 200
    assert "Coba lagi setelah Selasa, 1 Desember 2026, pukul 09.15." in page.content.decode()
    assert _login("rina", PASSWORD, address="203.0.113.8").status_code == 302


def test_right_passwords_do_not_count():
    for _ in range(ADDRESS_LIMIT.tries + 1):
        assert _login("rina", PASSWORD).status_code == 302


@pytest.mark.clock("2026-12-01T09:00:20", tick=False)
def test_many_wrong_passwords_of_one_name_are_told_until_when_and_that_holds(settings, clock):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert _login("rina", "salah").status_code == 200
    clock.shift(60)

    for password in ("salah", PASSWORD, "salah"):  # also the right one, and pressed on and on
        answer = _login("rina", password)
        clock.shift(60)
        page = answer.content.decode()
        assert answer.status_code == 429
        assert "Terlalu banyak sandi keliru untuk nama ini." in page
        assert "Coba lagi setelah Selasa, 1 Desember 2026, pukul 09.17." in page

    clock.move_to("2026-12-01T09:17", tick=False)
    assert _login("rina", PASSWORD).status_code == 302
