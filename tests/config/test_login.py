"""The office's login: where it leads, and whom too many wrong passwords shut out."""

import pytest
from django.conf import settings as given
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
PASSWORD = "rahasia-uji-9"


@pytest.fixture(autouse=True)
def _coordinator() -> None:
    User.objects.create_user("koordinator", password=PASSWORD, is_staff=True)


def _login(client: Client, password: str = PASSWORD, *, to: str = "", **headers: str) -> tuple[int, str]:
    form = {"username": "koordinator", "password": password, "next": to}
    answer = client.post(reverse("admin:login"), form, headers=headers)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "to",
    ["https://jahat.example/", "//jahat.example", "https:jahat.example", "javascript:alert(1)", "\\\\jahat"],
)
def test_a_login_leads_to_no_foreign_host(to: str) -> None:
    assert _login(Client(), to=to) == (302, reverse("admin:index"))


def test_a_login_leads_to_the_page_that_was_asked_for() -> None:
    page = reverse("admin:visits_device_changelist")
    assert _login(Client(), to=page) == (302, page)


@pytest.mark.parametrize("to", ["https://jahat.example/", "//jahat.example"])
def test_the_language_switch_leads_to_no_foreign_host(to: str) -> None:
    answer = Client().post("/bahasa/setlang/", {"language": "en", "next": to})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")


def test_behind_a_proxy_a_stranger_shuts_out_only_the_own_address(settings) -> None:
    settings.CLIENT_ADDRESS_HEADER = "X-Real-Ip"
    stranger = {"x-real-ip": "203.0.113.7"}
    for _ in range(given.AXES_FAILURE_LIMIT):
        _login(Client(), "salah", **stranger)

    assert _login(Client(), **stranger)[0] == 429
    assert _login(Client(), **{"x-real-ip": "203.0.113.8"}) == (302, reverse("admin:index"))


def test_without_a_proxy_a_header_changes_nobodys_address() -> None:
    for number in range(given.AXES_FAILURE_LIMIT):
        _login(
            Client(),
            "salah",
            **{"x-real-ip": f"203.0.113.{number}", "x-forwarded-for": f"203.0.113.{number}"},
        )

    assert _login(Client(), **{"x-real-ip": "203.0.113.99"})[0] == 429
