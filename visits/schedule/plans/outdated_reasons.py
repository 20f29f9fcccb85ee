"""What has changed since a plan gave its reasons for leaving a need unassigned, in sentences."""

from datetime import date

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.models import LogEntry, Need, Resident
from visits.enums import PlanState
from visits.models import DayVersion, Plan, PlanUnserved, Shift

OF_NEED = ("need_changed", "need_moved", "resident_completed", "resident_located", "location_fixed")
OF_SHIFT = ("shift_made", "shift_changed", "shift_cancelled", "shift_taken_up")
OF_CALENDAR = ("day_set", "day_cleared")


def list_changes_since(row: PlanUnserved) -> list[str]:
    """What has changed since the row's plan was made, or why the plan says little; empty where all is as it
    was."""
    plan, found = row.plan, []
    if plan.run.last_date < timezone.localdate():
        found.append(_("Hari-hari rencana itu sudah lewat."))
    elif plan.state == PlanState.DRAFT:
        found.append(_("Rencana itu belum diterbitkan."))
    if _need_changed(row.need, plan):
        found.append(_("Sejak itu syarat, keadaan atau letak rumahnya berubah."))
    if _week_changed(plan):
        found.append(_("Sejak itu hari tugas tim berubah."))
    return found


def _subject_filter(model: type[Model], *ids: object) -> Q:
    return Q(subject_type=model._meta.label_lower, subject_id__in=[str(pk) for pk in ids])


def _need_changed(need: Need, plan: Plan) -> bool:
    about = _subject_filter(Need, need.pk) | _subject_filter(Resident, need.resident_id)
    return LogEntry.objects.filter(about, at__gt=plan.made_at, action__in=OF_NEED).exists()


def _week_changed(plan: Plan) -> bool:
    """A day of the plan published anew by another plan, a shift made or changed, a day opened or closed."""
    days = (plan.run.first_date, plan.run.last_date)
    newer = DayVersion.objects.filter(published_at__gt=plan.made_at, date__range=days).exclude(plan=plan)
    if newer.exists():
        return True
    log = LogEntry.objects.filter(at__gt=plan.made_at)
    shifts = Shift.objects.filter(date__range=days).values_list("pk", flat=True)
    if log.filter(_subject_filter(Shift, *shifts), action__in=OF_SHIFT).exists():
        return True
    details = log.filter(action__in=OF_CALENDAR).values_list("detail", flat=True)
    return any(days[0] <= date.fromisoformat(detail["date"]) <= days[1] for detail in details)
