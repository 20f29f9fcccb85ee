"""What the family of a need reads of plans and visits on its status page (outreach/family_news.py)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from outreach import formats
from outreach.models import Need, Progress
from visits.enums import OPEN_VISITS, Outcome, PlanState
from visits.fieldwork import expected_arrivals, team_status
from visits.models import PlanStop, PlanUnserved, Visit
from visits.schedule.plans import outdated_reasons, plan_page, unassigned_labels


def explain_no_date(need: Need) -> str:
    """What the newest published plan that left the need waiting says about it: what stands in the way, while all
    is as it was for that plan. A free place is told by the office alone, which can book it."""
    left = PlanUnserved.objects.filter(need=need, plan__state=PlanState.PUBLISHED)
    row = left.select_related("plan__run", "need").order_by("-plan__published_at").first()
    if row is None or not row.reasons or row.plan.published_at is None:
        return ""
    later = PlanStop.objects.filter(need=need, plan__published_at__gt=row.plan.published_at)
    if later.exists():
        return ""
    changed = outdated_reasons.list_changes_since(row)
    shifts = {} if changed else plan_page.load_plan_shifts(row.plan)
    return _("Menurut rencana kantor tanggal %(day)s: %(reason)s") % {
        "day": formats.format_long_date(timezone.localdate(row.plan.published_at)),
        "reason": unassigned_labels.describe_for_family(row.reasons[0], shifts=shifts, names_place=False),
    }


def _find_visit(step: Progress) -> Visit | None:
    """The visit that reported the step."""
    kind, _colon, pk = step.source.partition(":")
    return Visit.objects.select_related("shift").filter(pk=pk).first() if kind == "visit" else None


def explain_in_vain(step: Progress) -> str:
    """Why the team went away without a recording, and what the family can do."""
    visit = _find_visit(step)
    if visit is None or not visit.outcome:
        return ""
    why = {
        Outcome.NOT_HOME: _("Tidak ada orang di rumah. Agar hari dan jamnya cocok, %s"),
        Outcome.REFUSED_TODAY: _("Yang akan direkam belum bersedia hari itu. Bila sudah bersedia, %s"),
        Outcome.UNWELL: _("Keadaan yang akan direkam belum memungkinkan. Bila sudah membaik, %s"),
        Outcome.UNSAFE: _("Petugas mundur karena keadaan di sana belum aman. Bila sudah aman, %s"),
        Outcome.ADDRESS_NOT_FOUND: _("Rumahnya tidak ditemukan. Untuk memberi patokan jalannya, %s"),
    }.get(Outcome(visit.outcome))
    return why % formats.format_contact() if why else ""


def expect_arrival(need: Need) -> datetime | None:
    """When the team is expected today: of one on its way, and of one that will be late. The office's pages
    show the same moment."""
    now = timezone.now()
    visit = Visit.objects.filter(
        need=need, state__in=OPEN_VISITS, shift__date=timezone.localdate(now)
    ).first()
    teams = team_status.list_team_statuses(now=now) if visit else []
    team = next((team for team in teams if visit and team.shift.pk == visit.shift_id), None)
    if visit is None or team is None:
        return None
    if team.under_way == visit:
        there = expected_arrivals.expect_under_way(team, team.under_way) if team.set_out_at else None
    elif team.silent:
        there = None  # what is only assumed of a team is no news
    else:
        left = expected_arrivals.forecast_day(team, now=now).left
        there = next((row.begins for row in left if row.visit == visit and row.late), None)
    return there
