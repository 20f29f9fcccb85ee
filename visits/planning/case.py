"""Read a planning-case/1 file, write a plan file: JSON on one side, checked dataclasses on the other.

The idea: whatever is wrong with a file is one `CaseError` that names the row, the field, and what to do.
Source of the format: the README of the planning cases.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from visits.planning.errors import CaseError, PlanningError
from visits.planning.travel import GreatCircle
from visits.planning.types import MAX_SERVICE_S, Interval, Plan, Problem, Shift, Visit

FORMAT = "planning-case/1"
WHOLE = "case file"  # `where` of errors that are not about one row
_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$")
_MISSING = object()
T = TypeVar("T")


def shorten_value(value: object) -> str:
    """What the file has instead, short enough for a sentence."""
    if isinstance(value, int) and not -(10**30) < value < 10**30:
        return ">10^30" if value > 0 else "<-10^30"
    text = repr(value) if not isinstance(value, list | dict) else json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def parse_clock(text: object) -> int:
    """Seconds since midnight of "HH:MM" or "HH:MM:SS". Raises PlanningError for all else."""
    match = _CLOCK.match(text) if isinstance(text, str) else None
    if not match:
        raise PlanningError(
            "not_clock",
            "{value} is no time of day; write HH:MM, for example 07:30",
            value=shorten_value(text),
        )
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if total > 24 * 3600:
        raise PlanningError(
            "clock_late",
            "{value} is past 24:00; write a time between 00:00 and 24:00",
            value=shorten_value(text),
        )
    return total


def write_clock(seconds: int) -> str:
    """HH:MM:SS of seconds since midnight."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def parse_date(text: object) -> dt.date:
    """The date of "YYYY-MM-DD". Raises PlanningError for all else."""
    try:
        date = dt.date.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        date = None
    if date is None or date.isoformat() != text:
        raise PlanningError(
            "not_date",
            "{value} is no date; write YYYY-MM-DD, for example 2026-11-30",
            value=shorten_value(text),
        )
    return date


def _read_text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise PlanningError(
            "not_text", "must be text that is not empty, not {value}", value=shorten_value(value)
        )
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise PlanningError(
            "half_letter",
            "holds half a letter (a surrogate): {value}; write the text anew",
            value=shorten_value(value),
        )
    return value


def _read_integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise PlanningError("not_integer", "must be a whole number, not {value}", value=shorten_value(value))
    return value


def _read_place(value: object) -> int:
    place = _read_integer(value)
    if not 0 <= place < 10**9:
        raise PlanningError(
            "not_place", "must be an index into locations, from 0 on, not {value}", value=shorten_value(value)
        )
    return place


def _read_number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PlanningError("not_number", "must be a number, not {value}", value=shorten_value(value))
    return value


def _read_service(value: object) -> int:
    minutes = _read_number(value)
    if not minutes >= 0:
        raise PlanningError(
            "not_minutes", "must be minutes, zero or more, not {value}", value=shorten_value(value)
        )
    if minutes > MAX_SERVICE_S / 60:
        raise PlanningError(
            "minutes_long",
            "is too long: {value}; give the length of the visit in minutes",
            value=shorten_value(value),
        )
    if abs(minutes * 60 - round(minutes * 60)) > 1e-6:
        raise PlanningError(
            "part_second", "must be minutes of whole seconds, not {value}", value=shorten_value(value)
        )
    return round(minutes * 60)


def _read_list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise PlanningError("not_list", "must be a list [...], not {value}", value=shorten_value(value))
    return value


def _read_intervals(value: object) -> tuple[Interval, ...]:
    out = []
    for row in _read_list(value):
        if not isinstance(row, list) or len(row) != 2:
            raise PlanningError(
                "not_interval", "every row must be [from, until], not {value}", value=shorten_value(row)
            )
        out.append((parse_clock(row[0]), parse_clock(row[1])))
    return tuple(out)


def _read_skills(value: object) -> frozenset[str]:
    return frozenset(_read_text(skill) for skill in _read_list(value))


def _read_dates(value: object) -> frozenset[dt.date] | None:
    return None if value is None else frozenset(parse_date(day) for day in _read_list(value))


def _read_lock(value: object) -> str | None:
    return None if value is None else _read_text(value)


class _Row:
    """One JSON object of the file. Reads its fields and says where it stands if one is wrong."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise CaseError(
                "not_object", "must be an object {{...}}, not {value}", where=where, value=shorten_value(data)
            )
        self.data, self.where = data, where
        if isinstance(data.get("id"), str):
            self.where = f"{where} ({data['id']})"

    def read_field(self, field: str, read: Callable[[Any], T], default: Any = _MISSING) -> T:
        """The field as `read` returns it. Raises CaseError with the row and the field if it is missing or
        refused."""
        value = self.data.get(field, default)
        if value is _MISSING:
            raise CaseError(
                "field_missing", "field {field} is missing; add it", where=self.where, field=field
            )
        try:
            return read(value)
        except PlanningError as error:
            raise CaseError.from_error(error, f"{self.where}: {field}") from None

    def build_object(self, make: Callable[..., T], **values: Any) -> T:
        """`make(**values)`. Raises CaseError with the row if its own checks refuse the values."""
        try:
            return make(**values)
        except PlanningError as error:
            raise CaseError.from_error(error, self.where) from None


def _read_shift(data: object, index: int) -> Shift:
    row = _Row(data, f"shifts[{index}]")
    return row.build_object(
        Shift,
        id=row.read_field("id", _read_text),
        team=row.read_field("team", _read_text),
        date=row.read_field("date", parse_date),
        start_s=row.read_field("start", parse_clock),
        end_s=row.read_field("end", parse_clock),
        breaks=row.read_field("breaks", _read_intervals),
        start_location=row.read_field("start_location", _read_place),
        end_location=row.read_field("end_location", _read_place),
        max_visits=row.read_field("max_visits", _read_integer),
        skills=row.read_field("skills", _read_skills),
    )


def _read_visit(data: object, index: int) -> Visit:
    row = _Row(data, f"visits[{index}]")
    priority = row.read_field("priority", _read_number)
    if priority < 1:
        raise CaseError(
            "priority_low",
            "priority must be 1 or more, not {value}",
            where=row.where,
            value=shorten_value(priority),
        )
    return row.build_object(
        Visit,
        id=row.read_field("id", _read_text),
        location=row.read_field("location", _read_place),
        service_s=row.read_field("service_minutes", _read_service),
        priority=priority,
        decay=row.read_field("decay", _read_number, 0),
        dates=row.read_field("dates", _read_dates),
        windows=row.read_field("windows", _read_intervals),
        skills=row.read_field("skills", _read_skills),
        locked=row.read_field("locked", _read_lock),
    )


def _read_location(value: object, index: int) -> tuple[float, float]:
    try:
        lat, lon = (_read_number(part) for part in _read_list(value))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError("out of range")
    except ValueError:
        raise CaseError(
            "not_degrees",
            "must be [latitude, longitude] in degrees (-90..90, -180..180), not {value}",
            where=f"locations[{index}]",
            value=shorten_value(value),
        ) from None
    return float(lat), float(lon)


def _check_overlaps(shifts: tuple[Shift, ...]) -> None:
    """One crew cannot be at two homes at once: a team's shifts of a day must not overlap."""
    ordered = sorted(shifts, key=lambda shift: (shift.team, shift.date, shift.start_s, shift.end_s))
    for one, other in pairwise(ordered):
        if (one.team, one.date) == (other.team, other.date) and other.start_s < one.end_s:
            raise CaseError(
                "shifts_overlap",
                "shifts {one} and {other} of team {team} overlap on {date}; give one of them other hours or another team",
                where=WHOLE,
                one=one.id,
                other=other.id,
                team=one.team,
                date=one.date.isoformat(),
            )


def read_problem(data: object) -> Problem:
    """The problem in parsed JSON. Raises CaseError."""
    row = _Row(data, WHOLE)
    found = row.read_field("format", lambda value: value)
    if found != FORMAT:
        raise CaseError(
            "format_unknown",
            'format must be "{known}", not {value}',
            where=WHOLE,
            known=FORMAT,
            value=shorten_value(found),
        )
    travel = _Row(row.read_field("travel", lambda value: value), "travel")
    kind = travel.read_field("kind", _read_text, "great-circle")
    if kind != "great-circle":
        raise CaseError(
            "travel_kind",
            'kind must be "great-circle", not {value}',
            where="travel",
            value=shorten_value(kind),
        )
    model = travel.build_object(
        GreatCircle,
        detour=travel.read_field("detour", _read_number),
        speed_kmh=travel.read_field("speed_kmh", _read_number),
    )
    places = tuple(
        _read_location(value, i) for i, value in enumerate(row.read_field("locations", _read_list))
    )
    shifts = tuple(_read_shift(value, i) for i, value in enumerate(row.read_field("shifts", _read_list)))
    _check_overlaps(shifts)
    visits = tuple(_read_visit(value, i) for i, value in enumerate(row.read_field("visits", _read_list)))
    return _Row({}, WHOLE).build_object(
        Problem,
        locations=places,
        shifts=shifts,
        visits=visits,
        travel=model,
        name=str(row.data.get("name", "")),
    )


def read_json(path: Path) -> object:
    """What a JSON file holds. Raises CaseError."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise CaseError(
            "file_missing", "there is no such file; check its name and folder", where=str(path)
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(
            "file_unreadable",
            "cannot be read ({error}); check the file",
            where=str(path),
            error=type(error).__name__,
        ) from None
    except json.JSONDecodeError as error:
        raise CaseError(
            "not_json",
            "is no valid JSON (line {line}, column {column}: {error})",
            where=str(path),
            line=error.lineno,
            column=error.colno,
            error=error.msg,
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or brackets nested too deeply
        raise CaseError(
            "json_extreme", "a number is too long or a list too deep; check the file", where=str(path)
        ) from None


def read_case(path: Path) -> Problem:
    """The problem in a case file. Raises CaseError."""
    return read_problem(read_json(path))


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """The plan in the format of plan files, with statistics and broken locks added."""
    stats = plan.statistics
    return {
        "routes": [
            {
                "shift": route.shift,
                "stops": [
                    {
                        "visit": stop.visit,
                        "arrive": write_clock(stop.arrive_s),
                        "start": write_clock(stop.start_s),
                        "leave": write_clock(stop.leave_s),
                    }
                    for stop in route.stops
                ],
            }
            for route in plan.routes
        ],
        "unscheduled": [
            {"visit": row.visit, "reasons": [str(reason) for reason in row.reasons]} for row in plan.unserved
        ],
        "broken_locks": [
            {"visit": row.visit, "shift": row.shift, "served_on": row.served_on, "reason": str(row.reason)}
            for row in plan.broken_locks
        ],
        "statistics": {name: getattr(stats, name) for name in stats.__slots__},
    }


def write_plan(plan: Plan, path: Path) -> None:
    """Write the plan atomically: a reader never sees half a file. Raises OSError."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(plan_as_json(plan), ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)
