from datetime import timedelta

import pytest

from config.accounts import checks


def _ids(found) -> list[str]:
    return [message.id for message in found]


@pytest.mark.parametrize(("days", "found"), [(1, ["config.W024"]), (0, []), (-1, [])])
def test_a_day_until_which_a_password_is_enough_is_a_warning(settings, clock, days: int, found: list[str]):
    settings.STAFF_TWO_FACTOR_FROM = clock.today() + timedelta(days=days)
    assert _ids(checks.two_factor_check(app_configs=None)) == found


@pytest.mark.parametrize(("demo", "found"), [(False, []), (True, ["config.W024"])])
def test_an_office_has_two_factors_and_a_demo_says_that_it_has_not(settings, demo: bool, found: list[str]):
    settings.STAFF_TWO_FACTOR_FROM, settings.DEMO = None, demo
    assert _ids(checks.two_factor_check(app_configs=None)) == found


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("", []),
        ("https://kantor.contoh.go.id", []),
        ("https://lain.contoh.go.id", ["config.E025"]),
        ("https://jemput.contoh.go.id", ["config.E025"]),
        ("kantor.contoh.go.id", ["config.E025"]),
    ],
)
def test_the_offices_host_is_allowed_and_not_the_public_one(settings, address: str, found: list[str]):
    settings.ALLOWED_HOSTS = ["jemput.contoh.go.id", "kantor.contoh.go.id"]
    settings.PUBLIC_URL, settings.ADMIN_URL = "https://jemput.contoh.go.id", address
    assert _ids(checks.office_host_check(app_configs=None)) == found
