"""Signed messages of the server to tablets: ping, the tablet's own data (`me`), the order to wipe."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from visits.enums import KeyRole
from visits.keys import epochs, office_keys
from visits.lib import jose, moments
from visits.lib.problems import ProblemError
from visits.models import Device
from visits.sync import me

PING_TYP, ME_TYP = "jb-ping+jws", "jb-me+jws"
PING_LIFE = timedelta(minutes=5)


def sign_ping(*, nonce: str) -> str:
    """A signed ping over the caller's nonce. Nothing is stored."""
    payload = {
        "nonce": nonce,
        "time": moments.format_utc(timezone.now()),
        "oldest_client": settings.OLDEST_CLIENT,
        "epoch": epochs.current_epoch(),
    }
    return office_keys.sign_payload(role=KeyRole.SERVER, typ=PING_TYP, payload=payload)


def check_ping(token: Any) -> None:
    """Raise the problem `ping-stale` unless the ping was signed by us within `PING_LIFE`."""
    try:
        at = moments.parse_moment(str(office_keys.verify_own(token, typ=PING_TYP).get("time")))
    except jose.JoseError:
        raise ProblemError("ping-stale") from None
    if at is None or abs(timezone.now() - at) > PING_LIFE:
        raise ProblemError("ping-stale")


def sign_me(*, device: Device) -> str:
    """The signed answer of `GET /me`. Creates the office's keys if the installation has none yet."""
    office_keys.current_key(KeyRole.SERVER)
    payload = me.describe_device(device=device, epoch=epochs.current_epoch(), now=timezone.now())
    told = payload["capture_keys"][0]["kid"] if payload["capture_keys"] else ""
    if device.told_kid != told:
        Device.objects.filter(pk=device.pk).update(told_kid=told)
    return office_keys.sign_payload(role=KeyRole.SERVER, typ=ME_TYP, payload=payload)


def sign_wipe(*, device: Device) -> str:
    """The signed order to wipe, the only message that a revoked tablet gets."""
    payload = me.describe_wipe(device=device, epoch=epochs.current_epoch(), now=timezone.now())
    return office_keys.sign_payload(role=KeyRole.SERVER, typ=ME_TYP, payload=payload)
