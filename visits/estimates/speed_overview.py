"""The page of driving speed: the speed in force, the proposal, and what applying it would change."""

import statistics
from dataclasses import dataclass

from django.utils.translation import gettext as _

from visits.enums import FitState, RoadSource
from visits.estimates import road_labels
from visits.estimates.chart_geometry import Tick
from visits.lib.plan_summary import RoadsNote
from visits.models import TravelFit
from visits.planning import GreatCircle
from visits.roads import straight_line
from visits.wording import labels

EXAMPLES_KM = (2, 5, 10, 20)
SAME = 0.03  # speeds that differ by less are the same
BINS = (0, 5, 10, 15, 20, 30, 45, 60)  # minutes of the table that says what the chart shows
WIDTH, HEIGHT, LEFT, RIGHT, ABOVE, BELOW = 640, 400, 48, 12, 10, 30
STEPS = (5, 10, 15, 20, 30, 60)


@dataclass(frozen=True, kw_only=True)
class SpeedScatter:
    """Scatter chart of trips: planned minutes across, real ones upwards. `now` and `then` are the lines of
    plans before and after applying the fit."""

    width: int
    height: int
    left: int
    right: int
    base: int
    points: list[tuple[float, float]]
    now: tuple[float, float]
    then: tuple[float, float]
    across: list[Tick]
    upwards: list[Tick]


@dataclass(frozen=True, kw_only=True)
class FitSummary:
    """A speed fit in words, with its table and chart."""

    row: TravelFit
    finding: str
    counted: str
    still: str
    hours: list[tuple[str, str, int]]
    examples: list[tuple[int, str, str]]
    bins: list[tuple[str, int, str]]
    chart: SpeedScatter | None
    before: str
    after: str


def describe_line_in_force() -> str:
    """The straight line that plans use now, in words."""
    line = straight_line.line_in_force()
    return road_labels.describe_travel_times(
        RoadsNote(
            source=RoadSource.GREAT_CIRCLE.value,
            wanted=RoadSource.GREAT_CIRCLE.value,
            places=0,
            detour=line.model.detour,
            speed_kmh=line.model.speed_kmh,
            fitted=line.fitted.isoformat() if line.fitted else "",
        )
    )


def find_fit(state: FitState) -> TravelFit | None:
    """The fit that is in this state; None if there is none."""
    return TravelFit.objects.filter(state=state).select_related("applied_by").first()


def list_replaced_fits() -> list[TravelFit]:
    """Fits that were applied once and are replaced."""
    rows = TravelFit.objects.filter(state=FitState.REPLACED, applied_at__isnull=False)
    return list(rows.select_related("applied_by").defer("detail")[:10])


def describe_fit(row: TravelFit) -> FitSummary:
    """A fit as the page shows it."""
    now, then = (
        GreatCircle(row.before_detour, row.before_speed_kmh),
        GreatCircle(row.detour, row.speed_kmh),
    )
    factor = then.seconds_per_m / now.seconds_per_m
    points = [(float(told), float(real)) for told, real in row.detail.get("points", [])]
    return FitSummary(
        row=row,
        finding=_describe_finding(row, factor),
        counted=_describe_count(row),
        still=_describe_still(row),
        hours=[
            (
                _format_hours(hour["since"], hour["until"]),
                road_labels.format_number(hour["speed_kmh"], 1),
                hour["trips"],
            )
            for hour in row.detail.get("hours", [])
        ],
        examples=[
            (
                km,
                labels.format_duration(round(1000 * km * now.seconds_per_m)),
                labels.format_duration(round(1000 * km * then.seconds_per_m)),
            )
            for km in EXAMPLES_KM
        ],
        bins=_group_by_planned(points),
        chart=_draw_scatter(points, factor) if points else None,
        before=road_labels.format_share(row.off_before),
        after=road_labels.format_share(row.off_after),
    )


def _format_hours(since: int, until: int) -> str:
    if since == 0:
        return _("sebelum %(hour)s") % {"hour": labels.format_seconds_of_day(until * 3600)}
    if until == 24:
        return _("sesudah %(hour)s") % {"hour": labels.format_seconds_of_day(since * 3600)}
    return f"{labels.format_seconds_of_day(since * 3600)}–{labels.format_seconds_of_day(until * 3600)}"


def _describe_finding(row: TravelFit, factor: float) -> str:
    told = {
        "speed": road_labels.format_number(row.speed_kmh, 1),
        "share": road_labels.format_share(abs(factor - 1)),
    }
    if abs(factor - 1) < SAME:
        return _("Waktu jalan dalam rencana sudah cocok dengan yang terjadi")
    if factor > 1:
        return _("Perjalanan %(share)s lebih lama daripada dalam rencana: %(speed)s km/jam") % told
    return _("Perjalanan %(share)s lebih cepat daripada dalam rencana: %(speed)s km/jam") % told


def _describe_count(row: TravelFit) -> str:
    return _(
        "Dari %(trips)s perjalanan antarrumah, %(used)s dipakai, %(far)s menyimpang jauh, %(absurd)s tidak masuk akal. "
        "Kecepatannya kira-kira antara %(low)s dan %(high)s km/jam."
    ) % {
        "trips": road_labels.format_number(row.trips, 0),
        "used": road_labels.format_number(row.used, 0),
        "far": road_labels.format_number(row.far, 0),
        "absurd": road_labels.format_number(row.absurd, 0),
        "low": road_labels.format_number(row.low_kmh, 1),
        "high": road_labels.format_number(row.high_kmh, 1),
    }


def _describe_still(row: TravelFit) -> str:
    """Minutes of a trip that do not depend on its length, in words; the fitted speed includes them."""
    if not row.still_s or row.still_s < 60:
        return ""
    return _(
        "Kira-kira %(minutes)s dari setiap perjalanan tidak bergantung pada jarak (berkemas, parkir); "
        "sudah termasuk dalam kecepatan ini."
    ) % {"minutes": labels.format_duration(row.still_s)}


def _group_by_planned(points: list[tuple[float, float]]) -> list[tuple[str, int, str]]:
    """Trips grouped by planned minutes: range, number of trips, median of the real minutes."""
    rows = []
    for since, until in zip(BINS, [*BINS[1:], 10_000], strict=True):
        real = [took for told, took in points if since * 60 <= told < until * 60]
        if real:
            label = f"{since}–{until}" if until < 10_000 else _("%(n)s atau lebih") % {"n": since}
            rows.append((label, len(real), labels.format_duration(round(statistics.median(real)))))
    return rows


def _draw_scatter(points: list[tuple[float, float]], factor: float) -> SpeedScatter:
    """The scatter chart. Both axes begin at zero; the few trips beyond the range are drawn at its edge."""
    longest = [sorted(axis)[int(0.98 * (len(points) - 1))] / 60 for axis in zip(*points, strict=True)]
    most: float = max(*longest, 10.0) * 1.05
    step = next((step for step in STEPS if most / step <= 7), STEPS[-1])
    base, tall, wide = HEIGHT - BELOW, HEIGHT - ABOVE - BELOW, WIDTH - LEFT - RIGHT

    def x(minutes: float) -> float:
        return round(LEFT + min(minutes / most, 1.0) * wide, 1)

    def y(minutes: float) -> float:
        return round(base - min(minutes / most, 1.0) * tall, 1)

    reach = most / max(factor, 1.0)
    return SpeedScatter(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        base=base,
        points=[(x(told / 60), y(real / 60)) for told, real in points],
        now=(x(most), y(most)),
        then=(x(reach), y(reach * factor)),
        across=[Tick(at=x(at), label=str(at)) for at in range(0, int(most) + 1, step)],
        upwards=[Tick(at=y(at), label=str(at)) for at in range(0, int(most) + 1, step)],
    )
