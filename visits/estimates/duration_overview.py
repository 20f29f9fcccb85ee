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
class VisitKindRow:
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
    chart: chart_geometry.DurationChart | None


def list_visit_kinds(*, minutes: Mapping[str, Duration], in_vain: Mapping[str, float]) -> list[VisitKindRow]:
    """Every kind in the order of the enum, in one query. `minutes` and `in_vain` are the estimates in force,
    by kind."""
    learned = {row.kind: row for row in VisitTime.objects.all()}
    return [
        _build_row(VisitKind(kind), learned.get(kind), minutes[kind], in_vain[kind])
        for kind in VisitKind.values
    ]


def _build_row(kind: VisitKind, row: VisitTime | None, known: Duration, in_vain: float) -> VisitKindRow:
    planned = known.mean_min
    used = row.used if row else 0
    return VisitKindRow(
        kind=kind.value,
        label=str(kind.label),
        finding=_("rata-rata %(planned)s menit; separuhnya selesai dalam %(median)s menit")
        % {
            "planned": _format_number(planned),
            "median": _format_number(known.median_min),
        },
        why=_explain_minutes(kind, row),
        planned=_format_number(planned),
        median=_format_number(known.median_min),
        in_vain="" if kind == VisitKind.IN_VAIN else labels.format_percent(in_vain),
        visits=row.visits if row else 0,
        used=used,
        left_out=row.left_out if row else 0,
        chart=chart_geometry.draw_durations(row, known=known, planned=planned) if row and used else None,
    )


def _explain_minutes(kind: VisitKind, row: VisitTime | None) -> str:
    """Where the estimate comes from, in a sentence."""
    setting = _format_number(settings.VISIT_MINUTES.get(kind, 24))
    if row is None or not row.used:
        return _("Belum ada kunjungan yang selesai; dipakai pengaturan (separuhnya %(setting)s menit).") % {
            "setting": setting
        }
    told = {"used": row.used, "setting": setting, "worth": _format_number(settings.VISIT_MINUTES_PRIOR)}
    text = ngettext(
        "Dari %(used)d kunjungan selesai; pengaturan (separuhnya %(setting)s menit) dihitung seperti %(worth)s kunjungan.",
        "Dari %(used)d kunjungan selesai; pengaturan (separuhnya %(setting)s menit) dihitung seperti %(worth)s kunjungan.",
        row.used,
    )
    return text % told


def _format_number(value: float) -> str:
    return str(formats.number_format(round(value), use_l10n=True))
