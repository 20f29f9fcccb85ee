"""The answer of `GET /me`: the tablet's team and officers, the office's keys, and the policy that it follows."""

from datetime import datetime
from typing import Any

from visits.enums import KeyRole, KeyState, Outcome
from visits.keys import backup_times
from visits.lib.moments import format_utc
from visits.models import Device, Officer, PublicKey
from visits.sync import event_numbers
from visits.sync.limits import (
    CAPTURE_BYTES,
    CAPTURE_PARTS,
    CHUNK_BYTES,
    EVENTS_PER_CALL,
    FORM_VERSION,
    KEY_CHAIN,
    OPEN_CAPTURES,
)

POLICY: dict[str, Any] = {
    "lock_minutes": 5,
    "pin_tries": 5,
    "pin_length": 8,
    "erase_after_days": 7,
    "photo_max_bytes": 300 * 1024,
    "photo_max_px": 1280,
    "chunk_bytes": CHUNK_BYTES,
    "capture_bytes": CAPTURE_BYTES,
    "capture_parts": CAPTURE_PARTS,
    "open_captures": OPEN_CAPTURES,
    "events_per_call": EVENTS_PER_CALL,
    "form_version": FORM_VERSION,
    "outcomes": [str(outcome) for outcome in Outcome],
}


def key_chain() -> list[str]:
    """The server's keys, oldest first, each signed by the one before, so that a tablet that was away during
    rotations can verify the current key."""
    rows = PublicKey.objects.filter(role=KeyRole.SERVER).exclude(endorsement="").order_by("-made_at")
    return list(rows.values_list("endorsement", flat=True)[:KEY_CHAIN])[::-1]


def describe_device(*, device: Device, epoch: str, now: datetime) -> dict[str, Any]:
    """The payload of the signed answer of `GET /me`."""
    rows = list(PublicKey.objects.exclude(state=KeyState.RETIRED).order_by("state", "-made_at"))
    signing = [row for row in rows if row.role != KeyRole.CAPTURE]
    # the one that is used now comes first, for the tablet seals to the first
    signing.sort(key=lambda row: row.state != KeyState.CURRENT)
    capture = [row for row in rows if row.role == KeyRole.CAPTURE and row.state == KeyState.CURRENT]
    officers = Officer.objects.filter(team=device.team_id, is_active=True).order_by("name", "id")
    return {
        "device": str(device.pk),
        "name": device.name,
        "time": format_utc(now),
        "epoch": epoch,
        "wipe": False,
        "team": {"id": device.team_id, "name": device.team.name},
        "officers": [{"id": officer.pk, "name": officer.name} for officer in officers],
        "server_keys": [{"kid": row.kid, "role": row.role, "jwk": row.jwk} for row in signing],
        "key_chain": [row.endorsement for row in signing if row.endorsement],
        "capture_keys": [{"kid": row.kid, "jwk": row.jwk} for row in capture],
        "policy": POLICY,
        "events": _describe_events(device),
    }


def describe_wipe(*, device: Device, epoch: str, now: datetime) -> dict[str, Any]:
    """The payload of the order to a revoked tablet to remove its data."""
    return {
        "device": str(device.pk),
        "time": format_utc(now),
        "epoch": epoch,
        "wipe": True,
        "events": _describe_events(device),
    }


def _describe_events(device: Device) -> dict[str, int]:
    """The last number received, after which a tablet without its outbox goes on, and up to which it may let go."""
    safe_until = backup_times.find_safe_until()
    return {
        "last": event_numbers.find_last_number(device),
        "backed_up_to": event_numbers.find_backed_up_number(device, safe_until=safe_until),
    }
