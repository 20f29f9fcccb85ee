import math
from datetime import date, timedelta

import pytest

from visits.estimates import chart_geometry
from visits.estimates.audit import Audit, AuditCell, AuditWeek
from visits.models import VisitTime
from visits.planning.uncertainty.durations import Duration

KNOWN = Duration(math.log(24), 0.35, 60)


def test_bars_lie_on_the_axis_and_the_curve_holds_as_many_visits() -> None:
    counts = [0, 0, 3, 20, 30, 20, 10, 4, 0, 1] + [0] * 14
    row = VisitTime(kind="sick", used=sum(counts), counts=counts)

    chart = chart_geometry.draw_durations(row, known=KNOWN, planned=32)

    assert len(chart.bars) == 7  # the empty ones are not drawn
    assert chart.top == 50
    tall = chart.base - 10
    assert {bar.label: round(bar.height / tall * chart.top) for bar in chart.bars}["20–25: 30"] == 30
    assert all(bar.y + bar.height == pytest.approx(chart.base, abs=0.2) for bar in chart.bars)
    points = [tuple(map(float, point.split())) for point in chart.curve[1:].split(" L")]
    drawn = sum((chart.base - y) / tall * chart.top for _x, y in points) / chart_geometry.STEPS
    assert drawn == pytest.approx(row.used, rel=0.02)
    peak = min(points, key=lambda point: point[1])
    assert peak[0] < chart.planned_x


def test_long_visits_widen_the_chart_up_to_the_last_bar() -> None:
    row = VisitTime(kind="sick", used=2, counts=[0] * 23 + [2])

    chart = chart_geometry.draw_durations(row, known=KNOWN, planned=32)

    assert chart.bars[-1].x + chart.bars[-1].width <= chart.width
    assert chart.ticks[-1].label == "120"


def test_only_weeks_with_enough_visits_are_points() -> None:
    monday = date(2026, 11, 23)
    cells = [AuditCell(within=5), AuditCell(within=40, early=10), AuditCell()]
    weeks = [
        AuditWeek(monday=monday + timedelta(weeks=n), total=cell, teams=[]) for n, cell in enumerate(cells)
    ]
    found = Audit(first=monday, last=monday, total=AuditCell(), teams=[], weeks=weeks)

    chart = chart_geometry.draw_coverage(found, ["satu", "dua", "tiga"])

    (point,) = chart.points
    assert point.label == "dua: 80%"
    assert point.high < point.y < point.low
    assert chart.band.y < point.y < chart.band.y + chart.band.height
    assert [tick.label for tick in chart.ticks] == ["satu", "dua", "tiga"]
