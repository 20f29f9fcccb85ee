"""How evenly a plan shares the work among teams: a row and a bar for each team, and the finding."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from visits.models import Plan
from visits.planning.fair.loads import Balance
from visits.schedule.plans.plan_page import TeamStyle, assign_styles
from visits.wording import labels
from visits.wording.labels import Shifts


@dataclass(frozen=True, kw_only=True)
class TeamLoad:
    """A team: how much of its working time it drives and serves (`percent`), and its visits."""

    name: str
    look: TeamStyle
    days: int
    percent: int
    busy: str
    visits: int
    per_day: float


@dataclass(frozen=True, kw_only=True)
class WorkloadBalance:
    """All teams, the finding in a sentence, and why the gap is larger than it should be, where it is."""

    rows: list[TeamLoad]
    finding: str
    kept: bool
    reasons: list[str]


def describe_balance(plan: Plan, shifts: Shifts) -> WorkloadBalance | None:
    """None for plans without it, or with a single team."""
    balance = plan.figures.balance
    if balance is None:
        return None
    teams = {shift.team.code: shift.team for shift in shifts.values()}
    colours = assign_styles(shifts.values())
    loads = [row for row in balance.loads if row.team in teams]
    if len(loads) < 2:
        return None
    rows = [
        TeamLoad(
            name=teams[row.team].name,
            look=colours[teams[row.team].pk],
            days=row.days,
            percent=round(100 * row.busy_s / row.available_s),
            busy=labels.format_duration(row.busy_s),
            visits=row.visits,
            per_day=row.visits / row.days,
        )
        for row in loads
    ]
    return WorkloadBalance(
        rows=rows,
        finding=_describe_finding(rows, balance.kept),
        kept=balance.kept,
        reasons=_describe_reasons(balance, teams),
    )


def _describe_finding(rows: list[TeamLoad], kept: bool) -> str:
    gap = {
        "percent": labels.format_percent(
            (max(row.percent for row in rows) - min(row.percent for row in rows)) / 100
        ),
        "visits": formats.number_format(
            max(row.per_day for row in rows) - min(row.per_day for row in rows), decimal_pos=1
        ),
    }
    if kept:
        return _("Beban tim seimbang: selisih %(percent)s waktu kerja, %(visits)s kunjungan sehari") % gap
    return _("Beban tim belum seimbang: selisih %(percent)s waktu kerja, %(visits)s kunjungan sehari") % gap


def _describe_reasons(balance: Balance, teams: Mapping[str, Any]) -> list[str]:
    sentences = {
        "promises": _("%(team)s tidak dapat dikurangi tanpa membatalkan janji kepada keluarga."),
        "guarantees": _("%(team)s tidak dapat dikurangi tanpa menunda warga yang harus didahulukan."),
        "fewer": _("%(team)s tidak dapat dikurangi tanpa melayani lebih sedikit warga."),
        "points": _("%(team)s tidak dapat dikurangi tanpa menunda warga yang lebih mendesak."),
        "no_better": _("Pekerjaan %(team)s tidak dapat diambil tim lain."),
    }
    found = {sentences[row.why] % {"team": teams[row.team].name} for row in balance.held if row.team in teams}
    late = [_("Waktu menghitung habis sebelum semua tim diseimbangkan.")] if balance.out_of_time else []
    return [*sorted(found), *late]
