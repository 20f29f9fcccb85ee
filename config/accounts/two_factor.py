"""The second step of signing in: a code from an app on the phone (TOTP), or a recovery code instead.

The secret that a page offers is derived from the session, so that looking at the page writes nothing.
Recovery codes are shown once; the database holds their blind indexes.
"""

import secrets
from datetime import date, datetime
from typing import cast

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp import login, verify_token
from django_otp.models import Device
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from outreach import vault
from outreach.services import log

PENDING = "two_factor_pending"  # in the session of somebody who still has to give the code
RECOVERY_CODES = 10
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def is_required(today: date | None = None) -> bool:
    """Whether staff cannot go on without a second step: always, but in a demo and until the day of the
    setting."""
    begins = settings.STAFF_TWO_FACTOR_FROM
    return not settings.DEMO and (begins is None or (today or timezone.localdate()) >= begins)


def staff_of(request: HttpRequest) -> User:
    """The account behind a request of the office's pages."""
    return cast("User", request.user)


def is_verified(request: HttpRequest) -> bool:
    """Whether this session has passed the second step."""
    return getattr(request.user, "otp_device", None) is not None


def has_device(user: User) -> bool:
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def note_login(request: HttpRequest, user: User, **signal: object) -> None:
    """Called after each login by password: who has a second step owes it."""
    if request is not None and user.is_staff and has_device(user):
        request.session[PENDING] = True


def next_step(request: HttpRequest) -> str:
    """The name of the page on which this signed-in member of staff has to do something first, or nothing."""
    if is_verified(request):
        return ""
    if request.session.get(PENDING):
        return "admin:two_factor_verify"
    if is_required():
        return "admin:two_factor_verify" if has_device(staff_of(request)) else "admin:two_factor_enrol"
    return ""


def offer_device(request: HttpRequest) -> TOTPDevice:
    """The device that this session may set up; not saved."""
    last = TOTPDevice.objects.filter(user=staff_of(request)).values_list("pk", flat=True).first() or 0
    value = f"{staff_of(request).pk}:{request.session.session_key}:{last}"
    key = salted_hmac("two factor", value, algorithm="sha256").digest()[:20].hex()
    return TOTPDevice(user=staff_of(request), key=key, name="totp")


@transaction.atomic
def enrol(request: HttpRequest, code: str) -> list[str] | None:
    """Set up the offered device if `code` is its code at this moment, in place of what was there. Returns the
    recovery codes; None if the code is wrong."""
    device = offer_device(request)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits)
    if not (code.isascii() and code.isdigit() and totp.verify(int(code), device.tolerance)):
        return None
    _delete_devices(staff_of(request))
    device.drift, device.last_t = totp.drift, totp.t()
    device.save()
    codes = _make_recovery_codes(staff_of(request))
    log.write_log(actor=log.actor_of(staff_of(request)), action="two_factor_set", subject=staff_of(request))
    _open(request, device)
    return codes


def _make_recovery_codes(user: User) -> list[str]:
    device = StaticDevice.objects.create(user=user, name="recovery")
    codes = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=_digest(user, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user: User, code: str) -> str:
    return vault.blind_index("recovery", f"{user.pk}:{code}")[:16]


def _clean_code(typed: str) -> tuple[str, bool]:
    """The code as it is compared, and whether it is a recovery code."""
    code = "".join(typed.split()).replace("-", "").upper()
    return code, not code.isdigit()


def _find_device(user: User, *, recovery: bool) -> StaticDevice | TOTPDevice | None:
    kind = StaticDevice if recovery else TOTPDevice
    return kind.objects.filter(user=user, confirmed=True).first()


def find_wait(request: HttpRequest, typed: str) -> datetime | None:
    """Until when no code of the kind of `typed` is looked at, because so many were wrong before; None if it is."""
    device = _find_device(staff_of(request), recovery=_clean_code(typed)[1])
    allowed, why = device.verify_is_allowed() if device else (True, None)
    return None if allowed or why is None else why["locked_until"]


def verify(request: HttpRequest, typed: str) -> bool:
    """Let the session through if `typed` is the app's code or an unused recovery code."""
    code, recovery = _clean_code(typed)
    device = _find_device(staff_of(request), recovery=recovery)
    token = _digest(staff_of(request), code) if recovery else code
    if device is None or not verify_token(staff_of(request), device.persistent_id, token):
        return False
    if recovery:
        log.write_log(
            actor=log.actor_of(staff_of(request)), action="recovery_code_used", subject=staff_of(request)
        )
    _open(request, device)
    return True


def _open(request: HttpRequest, device: Device) -> None:
    login(request, device)
    request.session.cycle_key()
    request.session.pop(PENDING, None)


def count_recovery_codes(user: User) -> int:
    return int(StaticToken.objects.filter(device__user=user).count())


def _delete_devices(user: User) -> int:
    deleted = 0
    for kind in (TOTPDevice, StaticDevice):
        deleted += kind.objects.filter(user=user).delete()[0]
    return deleted


@transaction.atomic
def reset(*, user: User, by: User) -> bool:
    """Take the second step off an account whose phone is lost; it sets up a new one at the next login. False
    if it had none."""
    if not _delete_devices(user):
        return False
    log.write_log(actor=log.actor_of(by), action="two_factor_reset", subject=user)
    return True
