from visits.models.calendar import CalendarDay
from visits.models.job import Heartbeat
from visits.models.plan import Plan, PlanRun, PlanStop, PlanUnserved
from visits.models.team import Officer, Shift, Team
from visits.models.visit import DayVersion, TeamDay, Visit

__all__ = [
    "CalendarDay",
    "DayVersion",
    "Heartbeat",
    "Officer",
    "Plan",
    "PlanRun",
    "PlanStop",
    "PlanUnserved",
    "Shift",
    "Team",
    "TeamDay",
    "Visit",
]
