from outreach.models.area import District, HealthPost, Regency, Village
from outreach.models.draft import FormDraft
from outreach.models.limit import Throttle
from outreach.models.log import LogEntry, SealedDetail
from outreach.models.need import Need, Progress
from outreach.models.request import ConsentRecord, VisitRequest
from outreach.models.resident import PersonKey, Resident
from outreach.models.state import Stateful
from outreach.models.wait import StageWait

__all__ = [
    "ConsentRecord",
    "District",
    "FormDraft",
    "HealthPost",
    "LogEntry",
    "Need",
    "PersonKey",
    "Progress",
    "Regency",
    "Resident",
    "SealedDetail",
    "StageWait",
    "Stateful",
    "Throttle",
    "Village",
    "VisitRequest",
]
