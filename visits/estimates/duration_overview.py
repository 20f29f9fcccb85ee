"""The page of visit durations: what plans use for each kind, why, and the reports behind it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from visits.enums import VisitKind
from visits.estimates import chart_geometry
from visits.models import VisitTime
from visits.planning.uncertainty.durations import Duration
from visits.wording import labels


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A kind of visit on the page. `chart` is None if no visit of the kind has finished."""

    kind: str
    label: str
    finding: str
    why: str
    planned: str
    median: str
    in_vain: str
    visits: int
    used: int
    left_out: int
    chart: chart_geometry.Durations | None


def rows(*, minutes: Mapping[str, Duration], in_vain: Mapping[str, float]) -> list[Shown]:
    """Every kind in the order of the enum, in one query. `minutes` and `in_vain` are the estimates in force,
    by kind."""
    learned = {row.kind: row for row in VisitTime.objects.all()}
    return [
        _shown(VisitKind(kind), learned.get(kind), minutes[kind], in_vain[kind]) for kind in VisitKind.values
    ]


def _shown(kind: VisitKind, row: VisitTime | None, known: Duration, in_vain: float) -> Shown:
    planned = known.quantile_min(settings.VISIT_MINUTES_QUANTILE)
    used = row.used if row else 0
    return Shown(
        kind=kind.value,
        label=str(kind.label),
        finding=_("%(share)s selesai dalam %(planned)s menit, separuhnya dalam %(median)s menit")
        % {
            "share": labels.percent(settings.VISIT_MINUTES_QUANTILE),
            "planned": _number(planned),
            "median": _number(known.median_min),
        },
        why=_why(kind, row),
        planned=_number(planned),
        median=_number(known.median_min),
        in_vain="" if kind == VisitKind.IN_VAIN else labels.percent(in_vain),
        visits=row.visits if row else 0,
        used=used,
        left_out=row.left_out if row else 0,
        chart=chart_geometry.durations(row, known=known, planned=planned) if row and used else None,
    )


def _why(kind: VisitKind, row: VisitTime | None) -> str:
    """Where the estimate comes from, in a sentence."""
    setting = _number(settings.VISIT_MINUTES.get(kind, 24))
    if row is None or not row.used:
        return _("Belum ada kunjungan yang selesai; dipakai pengaturan (separuhnya %(setting)s menit).") % {
            "setting": setting
        }
    told = {"used": row.used, "setting": setting, "worth": _number(settings.VISIT_MINUTES_PRIOR)}
    text = ngettext(
        "Dari %(used)d kunjungan selesai; pengaturan (separuhnya %(setting)s menit) dihitung seperti %(worth)s kunjungan.",
        "Dari %(used)d kunjungan selesai; pengaturan (separuhnya %(setting)s menit) dihitung seperti %(worth)s kunjungan.",
        row.used,
    )
    return text % told


def _number(value: float) -> str:
    return str(formats.number_format(round(value), use_l10n=True))
