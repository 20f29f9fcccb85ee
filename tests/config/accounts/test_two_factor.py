"""The second step of signing in, from the first login to a lost phone."""

import re
from base64 import b32decode
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from config.accounts import two_factor
from outreach.models import LogEntry

pytestmark = pytest.mark.django_db
PASSWORD = "kuda terbang tujuh belas"
OFFICE = "/admin/"
ENROL, VERIFY = "/admin/dua-langkah/pasang/", "/admin/dua-langkah/"


@pytest.fixture(autouse=True)
def _switched_on(settings) -> None:
    settings.STAFF_TWO_FACTOR_FROM = None


@pytest.fixture
def user() -> User:
    user = User.objects.create_user("rina", password=PASSWORD, is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_plan"))
    return user


def _sign_in(user: User) -> Client:
    client = Client()
    client.post(reverse("admin:login"), {"username": user.username, "password": PASSWORD})
    return client


def _code(secret: bytes, *, drift: int = 0) -> str:
    return f"{totp(secret, drift=drift):06d}"


def _set_up(client: Client) -> tuple[bytes, list[str]]:
    """As a person does: scan, type the code, keep the recovery codes."""
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", client.get(ENROL).content.decode())
    assert shown
    secret = b32decode(shown[1].replace(" ", ""))
    page = client.post(ENROL, {"code": _code(secret)}).content.decode()
    return secret, re.findall(r"<code>(\w{5}-\w{5})</code>", page)


def test_the_first_login_leads_to_setting_up_whatever_was_asked_for(user: User):
    client = _sign_in(user)
    for path in (OFFICE, "/admin/visits/plan/", "/admin/password_change/"):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(f"{ENROL}?next=")
    assert client.post("/admin/visits/plan/").headers["Location"].startswith(ENROL)
    assert client.get(ENROL).status_code == 200
    assert not TOTPDevice.objects.exists(), "looking writes nothing"


def test_a_set_up_account_goes_on_and_its_codes_are_shown_once(user: User):
    client = _sign_in(user)
    _secret, codes = _set_up(client)

    assert len(set(codes)) == two_factor.RECOVERY_CODES
    assert client.get(OFFICE).status_code == 200
    assert codes[0] not in client.get(ENROL).content.decode()
    assert not StaticToken.objects.filter(token__in=[code.replace("-", "") for code in codes]).exists()
    assert LogEntry.objects.filter(action="two_factor_set", actor=f"user:{user.pk}").count() == 1


def test_a_wrong_code_sets_nothing_up(user: User):
    client = _sign_in(user)
    for code in ("000000", "", "abc", "１２３４５６"):
        page = client.post(ENROL, {"code": code})
        assert page.status_code == 200
        assert "Kode ini tidak cocok" in page.content.decode()
    assert not TOTPDevice.objects.exists()
    assert client.get(OFFICE).status_code == 302


def test_the_next_login_asks_for_the_code_and_leads_on(user: User, clock):
    secret, _codes = _set_up(_sign_in(user))
    clock.shift(300)
    client = _sign_in(user)
    to = client.get("/admin/visits/plan/").headers["Location"]
    assert to.startswith(f"{VERIFY}?next=")
    assert client.get(ENROL).headers["Location"] == VERIFY, "a password alone replaces no phone"

    assert "tidak cocok" in client.post(VERIFY, {"code": "000000"}).content.decode()
    clock.shift(60)
    answer = client.post(VERIFY, {"code": _code(secret), "next": "/admin/visits/plan/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/visits/plan/")
    assert client.get("/admin/visits/plan/").status_code == 200


def test_a_code_counts_once(user: User, clock):
    secret, _codes = _set_up(_sign_in(user))
    clock.shift(300)
    code = _code(secret)
    assert _sign_in(user).post(VERIFY, {"code": code}).status_code == 302
    assert _sign_in(user).post(VERIFY, {"code": code}).status_code == 200


@pytest.mark.clock("2026-12-01T09:00", tick=False)
def test_guessing_codes_is_slowed_down_and_the_page_says_until_when(user: User, clock):
    secret, _codes = _set_up(_sign_in(user))
    clock.move_to("2026-12-01T09:05", tick=False)
    client = _sign_in(user)
    for number in range(6):
        assert "tidak cocok" in client.post(VERIFY, {"code": "000000"}).content.decode()
        clock.shift(2**number if number < 5 else 0)

    answer = client.post(VERIFY, {"code": _code(secret)})
    page = answer.content.decode()
    assert answer.status_code == 200, "right, but too soon"
    assert "tidak cocok" not in page, "nobody has looked at it"
    assert "kode ini belum diperiksa. Coba lagi setelah Selasa, 1 Desember 2026, pukul 09.07." in page

    clock.shift(32)
    assert client.post(VERIFY, {"code": _code(secret)}).status_code == 302


def test_a_recovery_code_lets_in_once_and_is_logged(user: User):
    _secret, codes = _set_up(_sign_in(user))
    client = _sign_in(user)
    assert client.post(VERIFY, {"code": codes[3].lower()}).status_code == 302
    assert client.get(OFFICE).status_code == 200
    assert _sign_in(user).post(VERIFY, {"code": codes[3]}).status_code == 200
    assert LogEntry.objects.filter(action="recovery_code_used").count() == 1
    assert two_factor.count_recovery_codes(user) == two_factor.RECOVERY_CODES - 1


def test_until_its_day_the_switch_leaves_it_to_each_and_a_set_up_account_still_owes_it(
    user: User, settings, clock
):
    settings.STAFF_TWO_FACTOR_FROM = clock.today() + timedelta(days=1)
    client = _sign_in(user)
    assert client.get(OFFICE).status_code == 200
    _set_up(client)
    assert _sign_in(user).get(OFFICE).headers["Location"].startswith(VERIFY)
    clock.shift(86_400)
    other = User.objects.create_user("budi", password=PASSWORD, is_staff=True)
    assert _sign_in(other).get(OFFICE).headers["Location"].startswith(ENROL)


@pytest.mark.parametrize(("demo", "begins", "required"), [(True, None, False), (False, None, True)])
def test_only_a_demo_asks_nobody(settings, demo: bool, begins: date | None, required: bool):
    settings.DEMO, settings.STAFF_TWO_FACTOR_FROM = demo, begins
    assert two_factor.is_required() is required


def _manager(*, is_superuser: bool = False) -> Client:
    boss = User.objects.create_user("pengelola", password=PASSWORD, is_staff=True, is_superuser=is_superuser)
    boss.user_permissions.add(*Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client = _sign_in(boss)
    _set_up(client)
    return client


def _reset(client: Client, user: User) -> None:
    form = {"action": "reset_second_step", "_selected_action": [user.pk]}
    assert client.post("/admin/auth/user/", form).status_code == 302


def test_a_lost_phone_is_taken_off_by_who_manages_accounts_with_a_row_in_the_log(user: User):
    _set_up(_sign_in(user))
    client = _manager()
    _reset(client, user)
    _reset(client, user)

    assert _sign_in(user).get(OFFICE).headers["Location"].startswith(ENROL)
    (row,) = LogEntry.objects.filter(action="two_factor_reset")
    assert (row.subject_id, row.actor) == (str(user.pk), f"user:{User.objects.get(username='pengelola').pk}")


def test_nobody_takes_it_off_somebody_with_more_rights(user: User):
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    _set_up(_sign_in(user))
    _reset(_manager(), user)
    assert two_factor.has_device(user)


@pytest.mark.parametrize("path", ["/admin/otp_totp/totpdevice/", "/admin/otp_static/staticdevice/"])
def test_no_page_shows_the_secrets_of_phones(path: str):
    assert _manager(is_superuser=True).get(path).status_code == 404


def test_residents_and_strangers_do_not_meet_it(user: User):
    assert Client().get("/").status_code == 200
    for page in (ENROL, VERIFY):
        assert Client().get(page).headers["Location"].startswith("/admin/login/")
    assert _sign_in(user).get("/").status_code == 200


def test_the_second_step_leads_to_no_foreign_host(user: User):
    _secret, codes = _set_up(_sign_in(user))
    client = _sign_in(user)
    answer = client.post(VERIFY, {"code": codes[0], "next": "https://jahat.example/"})
    assert answer.headers["Location"] == OFFICE
