"""What a record that comes in whole needs to know of the database, asked in one statement."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from outreach.models import PersonKey
from visits.enums import CaptureStage, KeyRole, KeyState
from visits.models import Device
from visits.sync.manifests import Manifest

# one row whatever of it is there; every join is by a primary key
_SQL = """
SELECT capture.id,
       (SELECT COUNT(*) FROM visits_capturestate AS state JOIN visits_capture AS own ON own.id = state.capture_id
         WHERE own.device_id = device.id AND state.stage = %s),
       (SELECT MAX(kid) FROM visits_publickey WHERE role = %s AND state = %s),
       visit.id, officer.id, person.id, person.wrapped
  FROM visits_device AS device
  LEFT JOIN visits_capture AS capture ON capture.id = %s
  LEFT JOIN visits_officer AS officer ON officer.id = %s
  LEFT JOIN visits_visit AS visit ON visit.id = %s
  LEFT JOIN outreach_need AS need ON need.id = visit.need_id
  LEFT JOIN outreach_resident AS resident ON resident.id = need.resident_id
  LEFT JOIN outreach_personkey AS person ON person.id = resident.key_id AND person.destroyed_at IS NULL
 WHERE device.id = %s
"""


@dataclass(frozen=True)
class RecordPlace:
    """Whether the id is `known`, how many records of the tablet are `open`; `visit`, `officer` and the visited
    person's `key`, each None where there is none; the id of the key that receipts are signed by ("" before the
    first)."""

    known: bool
    open: int
    server_key: str
    visit: UUID | None
    officer: int | None
    key: PersonKey | None


def find_place(*, device: Device, content: Manifest) -> RecordPlace:
    """Find the place of a record whose manifest says this."""
    asked = [
        CaptureStage.INCOMPLETE,
        KeyRole.SERVER,
        KeyState.CURRENT,
        _uuid_value(content.capture),
        content.officer,
        _uuid_value(content.visit),
        _uuid_value(device.pk),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, asked)
        capture, opened, kid, visit, officer, key, wrapped = cursor.fetchone()
    return RecordPlace(
        known=capture is not None,
        open=opened,
        server_key=kid or "",
        visit=visit and UUID(str(visit)),
        officer=officer,
        key=PersonKey(pk=UUID(str(key)), wrapped=bytes(wrapped)) if key else None,
    )


def _uuid_value(value: UUID) -> Any:
    """A UUID as this database compares it."""
    return value if connection.features.has_native_uuid_field else value.hex
