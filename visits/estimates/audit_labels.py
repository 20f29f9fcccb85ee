"""The audit of arrival intervals in words, with a verdict only where there are enough visits for one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from visits.estimates.audit import ENOUGH, LONG_OVERTIME, Audit, AuditCell, IntervalStretch
from visits.wording.labels import format_percent


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """A row of the audit's tables. `look` is the CSS tag of the verdict; texts are empty where nothing is
    known."""

    label: str
    visits: int
    share: str
    span: str
    verdict: str
    look: str
    early: str
    late: str
    late_by: str
    overtime: str


@dataclass(frozen=True, kw_only=True)
class AuditPage:
    """All that the audit page shows."""

    total: AuditRow
    title: str
    weeks: list[AuditRow]
    teams: list[AuditRow]
    team_names: list[str]
    by_week: list[tuple[str, list[str]]]
    enough: int


def week_name(monday: date) -> str:
    """A week as "16–22 Nov", or "30 Nov–6 Des" across months."""
    sunday = monday + timedelta(days=6)
    first = f"{monday.day}" if monday.month == sunday.month else formats.date_format(monday, "j M")
    return f"{first}–{formats.date_format(sunday, 'j M')}"


def week_tick(monday: date) -> str:
    """A week by its Monday, for an axis: "16 Nov"."""
    return str(formats.date_format(monday, "j M"))


def describe_audit(found: Audit) -> AuditPage:
    """The audit as its page shows it, the newest week first."""
    weeks = [(week_name(week.monday), week) for week in reversed(found.weeks) if week.total.visits]
    return AuditPage(
        total=_build_row(_("Semua"), found.total, found.band),
        title=_describe_finding(found),
        weeks=[_build_row(label, week.total, found.band) for label, week in weeks],
        teams=[_build_row(team.name, cell, found.band) for team, cell in found.teams],
        team_names=[team.name for team, _cell in found.teams],
        by_week=[(label, [_describe_cell(cell) for cell in week.teams]) for label, week in weeks],
        enough=ENOUGH,
    )


def describe_stretch(found: IntervalStretch) -> str:
    """What the audit changes in the intervals of coming plans, in a sentence."""
    if not found.visits:
        return _(
            "Selang jam dalam rencana berikutnya: menurut simulasi, belum ada kunjungan yang mengoreksinya."
        )
    told = {
        "change": format_percent(abs(found.stretch)),
        "visits": formats.number_format(found.visits, use_l10n=True),
    }
    if round(100 * found.stretch) == 0:
        return (
            _(
                "Selang jam dalam rencana berikutnya tetap menurut simulasi: %(visits)s kunjungan terakhir cocok."
            )
            % told
        )
    if found.stretch > 0:
        return (
            _(
                "Selang jam dalam rencana berikutnya dipanjangkan %(change)s menurut %(visits)s kunjungan terakhir."
            )
            % told
        )
    return (
        _("Selang jam dalam rencana berikutnya dipendekkan %(change)s menurut %(visits)s kunjungan terakhir.")
        % told
    )


def _describe_finding(found: Audit) -> str:
    """The finding in a sentence, or that there are too few visits for one."""
    total = found.total
    if not total.enough:
        return ngettext(
            "Belum dapat dinilai: baru %(count)d kunjungan, perlu %(enough)d",
            "Belum dapat dinilai: baru %(count)d kunjungan, perlu %(enough)d",
            total.visits,
        ) % {"count": total.visits, "enough": ENOUGH}
    return _("%(share)s keluarga didatangi dalam selang jam yang dikabarkan; sasarannya %(low)s–%(high)s") % {
        "share": format_percent(total.coverage),
        "low": round(100 * found.band[0]),
        "high": format_percent(found.band[1]),
    }


def _build_row(label: str, cell: AuditCell, band: tuple[float, float]) -> AuditRow:
    verdict, look = _judge_cell(cell, band)
    low, high = cell.bounds
    return AuditRow(
        label=label,
        visits=cell.visits,
        share=format_percent(cell.coverage) if cell.enough else "",
        span=f"{round(100 * low)}–{format_percent(high)}" if cell.enough else "",
        verdict=verdict,
        look=look,
        early=_format_part(cell.early, cell),
        late=_format_part(len(cell.late_min), cell),
        late_by=_format_minutes(cell.late_by),
        overtime=_describe_overtime(cell),
    )


def _judge_cell(cell: AuditCell, band: tuple[float, float]) -> tuple[str, str]:
    """Text and tag: off target if the confidence interval misses the band, on target if the share lies in it."""
    if not cell.enough:
        return _("terlalu sedikit"), ""
    low, high = cell.bounds
    if high < band[0]:
        return _("di bawah sasaran"), "late"
    if low > band[1]:
        return _("di atas sasaran"), "waiting"
    if band[0] <= cell.coverage <= band[1]:
        return _("sesuai sasaran"), "done"
    return _("belum jelas"), ""


def _describe_cell(cell: AuditCell) -> str:
    """A team's week in one table cell."""
    if not cell.visits:
        return "–"
    if not cell.enough:
        return f"{cell.within}/{cell.visits}"
    return format_percent(cell.coverage)


def _format_part(count: int, cell: AuditCell) -> str:
    return f"{count} ({format_percent(count / cell.visits)})" if cell.enough and count else str(count)


def _describe_overtime(cell: AuditCell) -> str:
    """Mean overtime of a team-day, and how often it is long."""
    if cell.overtime is None or cell.long_overtime is None:
        return ""
    return _("%(mean)s; %(share)s di atas %(long)s mnt") % {
        "mean": _format_minutes(cell.overtime),
        "share": format_percent(cell.long_overtime),
        "long": LONG_OVERTIME,
    }


def _format_minutes(value: float | None) -> str:
    return "" if value is None else _("%(n)s mnt") % {"n": formats.number_format(round(value), use_l10n=True)}
