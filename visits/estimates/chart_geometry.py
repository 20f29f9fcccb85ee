"""Geometry of the charts, in SVG units. The templates draw it, and a table on the page says the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from visits.estimates.audit import Audit, AuditCell
from visits.models import VisitTime
from visits.planning.uncertainty.durations import Duration
from visits.wording import labels

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle with its label."""

    x: float
    y: float
    width: float
    height: float
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """An axis tick with its label."""

    at: float
    label: str


@dataclass(frozen=True, kw_only=True)
class DurationChart:
    """Chart of how long visits of a kind lasted: a histogram (`bars`), the learned density (`curve`), and the
    minutes that plans use (`planned_x`). `top` is the number of visits at the top of the axis."""

    width: int
    height: int
    base: float
    bars: list[Box]
    curve: str
    planned_x: float
    top: int
    ticks: list[Tick]


BIN = VisitTime.BIN_MINUTES
LEFT, RIGHT, ABOVE, BELOW = 34, 8, 10, 24
STEPS = 4  # points of the curve in a bar


def draw_durations(row: VisitTime, *, known: Duration, planned: float) -> DurationChart:
    """The chart of a kind. Bars beyond both the 99.5 % quantile and the longest report are left out."""
    width, height = 340, 150
    reported = max((number + 1 for number, count in enumerate(row.counts) if count), default=0)
    bars = min(max(reported, int(known.quantile_min(0.995) // BIN) + 1, 6), max(len(row.counts), 6))
    inner, tall = width - LEFT - RIGHT, height - ABOVE - BELOW
    scale_x, base = inner / (bars * BIN), height - BELOW
    curve = [
        (minutes, row.used * (known.share_below(minutes + BIN / 2) - known.share_below(minutes - BIN / 2)))
        for minutes in (step * BIN / STEPS for step in range(bars * STEPS + 1))
    ]
    top = _round_up(max([*row.counts, *(count for _minutes, count in curve), 1]))
    scale_y = tall / top
    return DurationChart(
        width=width,
        height=height,
        base=base,
        bars=[
            Box(
                x=round(LEFT + number * BIN * scale_x + 1, 1),
                y=round(base - count * scale_y, 1),
                width=round(BIN * scale_x - 2, 1),
                height=round(count * scale_y, 1),
                label=f"{number * BIN}–{(number + 1) * BIN}: {count}",
            )
            for number, count in enumerate(row.counts[:bars])
            if count
        ],
        curve=_svg_path([(LEFT + minutes * scale_x, base - count * scale_y) for minutes, count in curve]),
        planned_x=round(LEFT + min(planned, bars * BIN) * scale_x, 1),
        top=top,
        ticks=[
            Tick(at=round(LEFT + minutes * scale_x, 1), label=str(minutes))
            for minutes in range(0, bars * BIN + 1, 10 if bars <= 14 else 20)
        ],
    )


@dataclass(frozen=True, kw_only=True)
class Whisker:
    """A week's share as a point with its confidence interval."""

    x: float
    y: float
    low: float
    high: float
    label: str


@dataclass(frozen=True, kw_only=True)
class CoverageChart:
    """The share met within the interval, week by week, against the target band."""

    width: int
    height: int
    left: int
    right: int
    band: Box
    points: list[Whisker]
    ticks: list[Tick]
    levels: list[Tick]


def draw_coverage(found: Audit, week_names: Sequence[str]) -> CoverageChart:
    """The chart of the weeks that have enough visits. `week_names` has one label for each week."""
    width, height = 760, 240
    left, right, above, below = 48, 12, 10, 28
    tall, base = height - above - below, height - below
    step = (width - left - right) / max(len(found.weeks), 1)

    def y(share: float) -> float:
        return round(base - share * tall, 1)

    low, high = found.band
    points, ticks = [], []
    for number, (week, label) in enumerate(zip(found.weeks, week_names, strict=True)):
        x = round(left + (number + 0.5) * step, 1)
        ticks.append(Tick(at=x, label=label))
        if week.total.enough:
            points.append(_draw_whisker(week.total, x, y, label))
    return CoverageChart(
        width=width,
        height=height,
        left=left,
        right=width - right,
        band=Box(x=left, y=y(high), width=width - left - right, height=round((high - low) * tall, 1)),
        points=points,
        ticks=ticks,
        levels=[
            Tick(at=y(share / 100), label=labels.format_percent(share / 100))
            for share in (0, 25, 50, 75, 100)
        ],
    )


def _draw_whisker(cell: AuditCell, x: float, y: Callable[[float], float], label: str) -> Whisker:
    low, high = cell.bounds
    return Whisker(
        x=x,
        y=y(cell.coverage),
        low=y(low),
        high=y(high),
        label=f"{label}: {labels.format_percent(cell.coverage)}",
    )


def _round_up(value: float) -> int:
    """The next 1, 2 or 5 times a power of ten."""
    size = 1
    while True:
        for step in (1, 2, 5):
            if step * size >= value:
                return step * size
        size *= 10


def _svg_path(points: Sequence[Point]) -> str:
    return "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
