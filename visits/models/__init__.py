"""What the office keeps of the visits side: one class for each kind of row, with the rules that the database
holds."""

from visits.models.calendar import CalendarDay, WorkingHours
from visits.models.capture import (
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
from visits.models.key import Backup, Epoch, PublicKey
from visits.models.learned import TravelFit, VisitTime
from visits.models.outbox import OutboxItem
from visits.models.plan import Plan, PlanRun, PlanStop, PlanUnserved
from visits.models.team import Officer, Shift, Team
from visits.models.visit import DayVersion, TeamDay, Visit

__all__ = [
    "Backup",
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
    "WorkingHours",
]
