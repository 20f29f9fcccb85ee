"""The audit of arrival intervals in words, with a verdict only where there are enough visits for one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from visits.estimates.audit import ENOUGH, Audit, Cell, Experience
from visits.wording.labels import percent


@dataclass(frozen=True, kw_only=True)
class Shown:
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
class Page:
    """All that the audit page shows."""

    total: Shown
    title: str
    weeks: list[Shown]
    teams: list[Shown]
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


def page(found: Audit) -> Page:
    """The audit as its page shows it, the newest week first."""
    weeks = [(week_name(week.monday), week) for week in reversed(found.weeks) if week.total.visits]
    return Page(
        total=_shown(_("Semua"), found.total, found.band),
        title=_title(found),
        weeks=[_shown(label, week.total, found.band) for label, week in weeks],
        teams=[_shown(team.name, cell, found.band) for team, cell in found.teams],
        team_names=[team.name for team, _cell in found.teams],
        by_week=[(label, [_brief(cell) for cell in week.teams]) for label, week in weeks],
        enough=ENOUGH,
    )


def experience(found: Experience) -> str:
    """What the audit changes in the intervals of coming plans, in a sentence."""
    if not found.visits:
        return _(
            "Selang jam dalam rencana berikutnya: menurut ulangan, belum ada kunjungan yang mengoreksinya."
        )
    told = {
        "change": percent(abs(found.stretch)),
        "visits": formats.number_format(found.visits, use_l10n=True),
    }
    if round(100 * found.stretch) == 0:
        return (
            _(
                "Selang jam dalam rencana berikutnya tetap menurut ulangan: %(visits)s kunjungan terakhir cocok."
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


def _title(found: Audit) -> str:
    """The finding in a sentence, or that there are too few visits for one."""
    total = found.total
    if not total.enough:
        return ngettext(
            "Belum dapat dinilai: baru %(count)d kunjungan, perlu %(enough)d",
            "Belum dapat dinilai: baru %(count)d kunjungan, perlu %(enough)d",
            total.visits,
        ) % {"count": total.visits, "enough": ENOUGH}
    return _("%(share)s keluarga didatangi dalam selang jam yang dikabarkan; sasarannya %(low)s–%(high)s") % {
        "share": percent(total.coverage),
        "low": round(100 * found.band[0]),
        "high": percent(found.band[1]),
    }


def _shown(label: str, cell: Cell, band: tuple[float, float]) -> Shown:
    verdict, look = _verdict(cell, band)
    low, high = cell.bounds
    return Shown(
        label=label,
        visits=cell.visits,
        share=percent(cell.coverage) if cell.enough else "",
        span=f"{round(100 * low)}–{percent(high)}" if cell.enough else "",
        verdict=verdict,
        look=look,
        early=_part(cell.early, cell),
        late=_part(len(cell.late_min), cell),
        late_by=_minutes(cell.late_by),
        overtime=_minutes(cell.overtime),
    )


def _verdict(cell: Cell, band: tuple[float, float]) -> tuple[str, str]:
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


def _brief(cell: Cell) -> str:
    """A team's week in one table cell."""
    if not cell.visits:
        return "–"
    if not cell.enough:
        return f"{cell.within}/{cell.visits}"
    return percent(cell.coverage)


def _part(count: int, cell: Cell) -> str:
    return f"{count} ({percent(count / cell.visits)})" if cell.enough and count else str(count)


def _minutes(value: float | None) -> str:
    return "" if value is None else _("%(n)s mnt") % {"n": formats.number_format(round(value), use_l10n=True)}
