"""What the office keeps of the visits side: one class for each kind of row, with the rules that the database
holds."""

from visits.models.calendar import CalendarDay
from visits.models.capture import (
    Blob,
    Capture,
    CaptureChunk,
    CaptureContent,
    CaptureReseal,
    CaptureState,
    Receipt,
)
from visits.models.device import Device, DeviceToken, PairingCode, TeamMessage
from visits.models.event import Event, EventStatus
from visits.models.job import Heartbeat
from visits.models.key import Epoch, PublicKey
from visits.models.learned import TravelFit, VisitTime
from visits.models.outbox import OutboxItem
from visits.models.plan import Plan, PlanRun, PlanStop, PlanUnserved
from visits.models.team import Officer, Shift, Team
from visits.models.visit import DayVersion, TeamDay, Visit

__all__ = [
    "Blob",
    "CalendarDay",
    "Capture",
    "CaptureChunk",
    "CaptureContent",
    "CaptureReseal",
    "CaptureState",
    "DayVersion",
    "Device",
    "DeviceToken",
    "Epoch",
    "Event",
    "EventStatus",
    "Heartbeat",
    "Officer",
    "OutboxItem",
    "PairingCode",
    "Plan",
    "PlanRun",
    "PlanStop",
    "PlanUnserved",
    "PublicKey",
    "Receipt",
    "Shift",
    "Team",
    "TeamDay",
    "TeamMessage",
    "TravelFit",
    "Visit",
    "VisitTime",
]
