"""A plan's figures go through JSON and back, and what older versions wrote is read."""

import json
from typing import Any

from visits.lib.plan_summary import (
    BrokenPromise,
    DayUnderWay,
    PlanSummary,
    Replacement,
    Replays,
    RoadsNote,
    TeamDayFigures,
)
from visits.planning.fair.loads import Balance, Load, NotRelieved

REPLAYS: dict[str, Any] = {
    "runs": 500,
    "on_time": 0.91,
    "coverage": 0.82,
    "stated": 0.8,
    "overtime_s": 120,
    "overtime_p95_s": 600,
    "idle_s": 30,
    "width_s": 2700,
}
ROADS: dict[str, Any] = {
    "source": "osrm",
    "wanted": "osrm",
    "places": 9,
    "detour": 1.35,
    "speed_kmh": 30.0,
    "as_of": "2026-11-03",
}
LOAD: dict[str, Any] = {"team": "T1", "days": 2, "available_s": 50_000, "busy_s": 20_000, "visits": 9}
FULL = PlanSummary(
    candidates=12,
    served=9,
    unserved=3,
    travel_s=5400,
    points=130.5,
    score=99,
    seed=3,
    iterations=1000,
    changes=2,
    elapsed_s=2.5,
    compile_s=0.5,
    stopped=True,
    away=1,
    begun=1,
    put_back=1,
    replays=Replays(**REPLAYS, stretch=1.1),
    roads=RoadsNote(**ROADS),
    balance=Balance(
        (Load(**LOAD),), kept=False, held=(NotRelieved("T1", "visits", "promises"),), out_of_time=True
    ),
    today=DayUnderWay(now_s=36_000, failed=(1,), closed=(4,), silent=(2, 3), urgent=("n1",)),
    team_days=(TeamDayFigures(shift=1, visits=9, travel_s=5400, end_s=50_000),),
    broken=(
        BrokenPromise(need="n2", shift=1, reason={"code": "lock_far"}),
        BrokenPromise(
            need="n3",
            shift=1,
            reason={"code": "failed", "shift": "1"},
            served_on=2,
            instead=Replacement(shift=2, start=40_000),
        ),
    ),
    cut=("search",),
    unexplained=3,
    instead={"n2": Replacement(shift=2, start=41_000, offered=True)},
)


def test_all_that_is_written_is_read_again():
    stored = FULL.as_json()
    assert json.loads(json.dumps(stored)) == stored
    assert PlanSummary.from_json(stored) == FULL


def test_the_keys_in_the_database_stay_as_they_are():
    stored = FULL.as_json()
    assert stored["replays"] == REPLAYS | {"stretch": 1.1}
    assert stored["roads"] == ROADS, "only what is there"
    assert stored["balance"] == {
        "kept": False,
        "teams": [LOAD],
        "held": [{"team": "T1", "measure": "visits", "why": "promises"}],
        "out_of_time": True,
    }
    assert stored["today"] == {
        "now_s": 36_000,
        "failed": [1],
        "closed": [4],
        "silent": [2, 3],
        "urgent": ["n1"],
    }
    assert stored["team_days"] == [{"shift": 1, "visits": 9, "travel_s": 5400, "end_s": 50_000}]
    assert stored["broken"][1] == {
        "need": "n3",
        "shift": 1,
        "served_on": 2,
        "instead": {"shift": 2, "start": 40_000, "offered": False},
        "reason": {"code": "failed", "shift": "1"},
    }
    assert (stored["cut"], stored["unexplained"]) == (["search"], 3)
    assert stored["instead"] == {"n2": {"shift": 2, "start": 41_000, "offered": True}}


def test_a_plan_without_figures_has_none():
    assert PlanSummary.from_json({}) == PlanSummary()
    stored = PlanSummary().as_json()
    assert (stored["replays"], stored["roads"], stored["balance"]) == ({}, {}, {})
    assert "today" not in stored
    assert PlanSummary.from_json(stored) == PlanSummary()


def test_what_the_first_version_wrote_is_read():
    row = {"candidates": 3, "served": 2, "unserved": 1, "travel_s": 600, "points": 9.5, "score": 7, "seed": 1}
    row |= {"iterations": 5, "elapsed_s": 1.5, "compile_s": 0.0, "stopped": False, "away": 0, "begun": 0}
    days = [{"shift": 4, "visits": 2, "travel_s": 600, "end_s": 45_000}]
    broken = [{"need": "n1", "shift": 4, "served_on": None, "reason": {"code": "lock_window"}}]

    found = PlanSummary.from_json({**row, "team_days": days, "broken": broken})

    assert (found.served, found.points, found.put_back, found.changes) == (2, 9.5, 0, 0)
    assert found.team_days == (TeamDayFigures(shift=4, visits=2, travel_s=600, end_s=45_000),)
    assert found.broken == (BrokenPromise(need="n1", shift=4, reason={"code": "lock_window"}),)
    assert (found.replays, found.roads, found.balance, found.today) == (None, None, None, None)


def test_what_versions_between_wrote_is_read():
    found = PlanSummary.from_json(
        {
            "replays": REPLAYS,  # from before intervals were stretched
            "balance": {"kept": True, "teams": [LOAD], "held": []},
            "broken": [
                {
                    "need": "n1",
                    "shift": 4,
                    "served_on": 5,
                    "instead": {"shift": 5, "start": 36_000, "offered": 0},
                    "reason": {"code": "failed"},
                }
            ],
        }
    )
    assert found.replays == Replays(**REPLAYS, stretch=0.0)
    assert found.balance == Balance((Load(**LOAD),), kept=True)
    assert found.broken[0].instead == Replacement(shift=5, start=36_000)
