"""The figures of a plan as its row keeps them: one shape for who writes them and who reads them.

Fields are named as their JSON keys. A row from before a key was written reads as the key's default, so every
summary ever written can be read. `_s` are seconds; moments are seconds of the day since local midnight.
Shifts are ids of rows, needs are their ids as text; reasons and parts are rows as `PlanUnserved` keeps them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self, TypeVar

from visits.planning.fair.loads import Balance, Load, NotRelieved, balance_as_mapping

Row = Mapping[str, Any]
Made = TypeVar("Made")


@dataclass(frozen=True, kw_only=True)
class TeamDayFigures:
    """A route: how many homes, how long it drives, the moment at which the team is back."""

    shift: int
    visits: int
    travel_s: int
    end_s: int


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """The team-day and the moment (`start`) at which a family is met instead. `offered`: the plan does not
    serve it, this is the best place that is left."""

    shift: int
    start: int
    offered: bool = False


@dataclass(frozen=True, kw_only=True)
class BrokenPromise:
    """A promise of `shift` that the plan does not keep, why, and the shift that serves the need instead, if
    any."""

    need: str
    shift: int
    reason: Row
    served_on: int | None = None
    instead: Replacement | None = None


@dataclass(frozen=True, kw_only=True)
class Replays:
    """What replays of the planned days say. `on_time`, `coverage` and `stated` are shares of all visits:
    begun in time, met within the interval told, and aimed at. Overtime, idle time and width of intervals are
    means but for the 95th percentile; `stretch` is by how much experience lengthened the intervals."""

    runs: int
    on_time: float
    coverage: float
    stated: float
    overtime_s: int
    overtime_p95_s: int
    idle_s: int
    width_s: int
    stretch: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RoadsNote:
    """How travel times were made. `detour` and `speed_kmh` are those of the straight line, used for all pairs
    or for the share `estimated`; `fitted` is the day they were calibrated; `sampled` the places of the sample
    that set them where there were too many for a table; `far` the places that lie too far from any road.
    `motorcycle` is the note of motorcycles where a team drives one and another a car; `vehicle` whose times these are;
    `as_car` tells that the source knows cars alone."""

    source: str
    wanted: str
    places: int
    detour: float
    speed_kmh: float
    trouble: str = ""
    fitted: str = ""
    as_of: str = ""
    estimated: float = 0.0
    far: int = 0
    sampled: int = 0
    vehicle: str = ""
    as_car: bool = False
    motorcycle: "RoadsNote | None" = None

    def as_json(self) -> dict[str, Any]:
        """Only what is there."""
        row = {name: value for name, value in asdict(self).items() if value not in ("", 0, None)}
        return row | ({"motorcycle": self.motorcycle.as_json()} if self.motorcycle else {})

    @classmethod
    def from_json(cls, row: Row | None) -> Self | None:
        """None for plans from before notes."""
        return _read(cls, {**row, "motorcycle": cls.from_json(row.get("motorcycle"))}) if row else None


@dataclass(frozen=True, kw_only=True)
class DayUnderWay:
    """What a plan for the rest of a day rests on: the moment of planning, the shifts that cannot go on, those
    whose teams closed their day, those without news, and the needs that are urgent."""

    now_s: int
    failed: tuple[int, ...] = ()
    closed: tuple[int, ...] = ()
    silent: tuple[int, ...] = ()
    urgent: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PlanSummary:
    """All figures. `away` needs were not asked for because nobody is at home, `begun` team-days were left
    alone, `put_back` counts the changes by hand, `instead` has the best place that is left by need.
    `points`, `score`, `seed`, `iterations`, `changes` and `stopped` are the planner's
    (`planning.Statistics`). `cut` names what there was no time for: "first" to finish the first plan, "search" to
    improve it; for `unexplained` needs nobody looked why they are left."""

    candidates: int = 0
    served: int = 0
    unserved: int = 0
    travel_s: int = 0
    points: float = 0.0
    score: int = 0
    seed: int = 0
    iterations: int = 0
    changes: int = 0
    elapsed_s: float = 0.0
    compile_s: float = 0.0
    stopped: bool = False
    cut: tuple[str, ...] = ()
    unexplained: int = 0
    away: int = 0
    begun: int = 0
    put_back: int = 0
    replays: Replays | None = None
    roads: RoadsNote | None = None
    balance: Balance | None = None
    today: DayUnderWay | None = None
    team_days: tuple[TeamDayFigures, ...] = ()
    broken: tuple[BrokenPromise, ...] = ()
    instead: Mapping[str, Replacement] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As the database gives it back: plain lists and mappings, `{}` for what there is none of."""
        row = asdict(self) | {
            "replays": asdict(self.replays) if self.replays else {},
            "roads": self.roads.as_json() if self.roads else {},
            "balance": balance_as_mapping(self.balance) if self.balance else {},
        }
        if self.today is None:
            del row["today"]
        plain: dict[str, Any] = json.loads(json.dumps(row))
        return plain

    @classmethod
    def from_json(cls, row: Row) -> Self:
        instead = {need: _read(Replacement, place) for need, place in row.get("instead", {}).items()}
        nested: dict[str, Any] = {
            "replays": _read(Replays, row["replays"]) if row.get("replays") else None,
            "roads": RoadsNote.from_json(row.get("roads")),
            "balance": _balance(row["balance"]) if row.get("balance") else None,
            "today": _today(row["today"]) if row.get("today") else None,
            "team_days": tuple(_read(TeamDayFigures, one) for one in row.get("team_days", ())),
            "broken": tuple(_broken(row.get("broken", ()))),
            "cut": tuple(row.get("cut", ())),
            "instead": instead,
        }
        return _read(cls, {**row, **nested})


def _read(made: type[Made], row: Row) -> Made:
    """The dataclass of the keys that it knows."""
    names = {one.name for one in fields(made)}  # type: ignore[arg-type]
    return made(**{name: value for name, value in row.items() if name in names})


def _broken(rows: Iterable[Row]) -> Iterable[BrokenPromise]:
    for row in rows:
        place = row.get("instead")
        yield _read(BrokenPromise, {**row, "instead": _read(Replacement, place) if place else None})


def _balance(row: Row) -> Balance:
    return Balance(
        tuple(Load(**one) for one in row["teams"]),
        kept=row["kept"],
        held=tuple(NotRelieved(**one) for one in row.get("held", ())),
        out_of_time=row.get("out_of_time", False),
    )


def _today(row: Row) -> DayUnderWay:
    return DayUnderWay(
        now_s=row["now_s"],
        **{name: tuple(row.get(name, ())) for name in ("failed", "closed", "silent", "urgent")},
    )
