"""Read a planning-case/1 file, write a plan file: JSON on one side, checked dataclasses on the other.

The idea: whatever is wrong with a file is one `CaseError`, a sentence in plain words that names the
row, the field, and what to do. Source of the format: the README of the planning cases.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from visits.planning.travel import GreatCircle
from visits.planning.types import MOST_S, Interval, Plan, Problem, Shift, Visit

FORMAT = "planning-case/1"
_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$")
_MISSING = object()
T = TypeVar("T")


class CaseError(ValueError):
    """A case or plan file that cannot be used; the message says what and where, in plain words."""


def shown(value: object) -> str:
    """What stands in the file, short enough for a sentence."""
    if isinstance(value, int) and not -(10**30) < value < 10**30:
        return "angka sebesar itu"
    text = repr(value) if not isinstance(value, list | dict) else json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."


def parse_clock(text: object) -> int:
    """Seconds since midnight of "HH:MM" or "HH:MM:SS". Raises ValueError, in plain words, for all else."""
    match = _CLOCK.match(text) if isinstance(text, str) else None
    if not match:
        raise ValueError(f"{shown(text)} bukan jam; tulis HH:MM, misalnya 07:30")
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if total > 24 * 3600:
        raise ValueError(f"{shown(text)} lewat dari 24:00; tulis jam antara 00:00 dan 24:00")
    return total


def clock(seconds: int) -> str:
    """HH:MM:SS of seconds since midnight."""
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def parse_date(text: object) -> dt.date:
    """The date of "YYYY-MM-DD". Raises ValueError, in plain words, for all else."""
    try:
        date = dt.date.fromisoformat(text)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        date = None
    if date is None or date.isoformat() != text:
        raise ValueError(f"{shown(text)} bukan tanggal; tulis TTTT-BB-HH, misalnya 2026-11-30")
    return date


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"harus teks yang tidak kosong, bukan {shown(value)}")
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(f"berisi separuh huruf (surrogate): {shown(value)}; tulis ulang teksnya")
    return value


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"harus bilangan bulat, bukan {shown(value)}")
    return value


def _place(value: object) -> int:
    place = _integer(value)
    if not 0 <= place < 10**9:
        raise ValueError(f"harus nomor urut di locations, mulai dari 0, bukan {shown(value)}")
    return place


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"harus angka, bukan {shown(value)}")
    return value


def _service(value: object) -> int:
    minutes = _number(value)
    if not minutes >= 0:
        raise ValueError(f"harus menit, nol atau lebih, bukan {shown(value)}")
    if minutes > MOST_S / 60:
        raise ValueError(f"terlalu lama: {shown(value)}; isi lama kunjungan dalam menit")
    if abs(minutes * 60 - round(minutes * 60)) > 1e-6:
        raise ValueError(f"harus menit yang genap dalam detik, bukan {shown(value)}")
    return round(minutes * 60)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError(f"harus daftar [...], bukan {shown(value)}")
    return value


def _intervals(value: object) -> tuple[Interval, ...]:
    out = []
    for row in _list(value):
        if not isinstance(row, list) or len(row) != 2:
            raise ValueError(f"setiap baris harus [dari, sampai], bukan {shown(row)}")
        out.append((parse_clock(row[0]), parse_clock(row[1])))
    return tuple(out)


def _skills(value: object) -> frozenset[str]:
    return frozenset(_text(skill) for skill in _list(value))


def _dates(value: object) -> frozenset[dt.date] | None:
    return None if value is None else frozenset(parse_date(day) for day in _list(value))


def _lock(value: object) -> str | None:
    return None if value is None else _text(value)


class _Row:
    """One JSON object of the file; reads fields and says where it stands when one is wrong."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, dict):
            raise CaseError(f"{where}: harus objek {{...}}, bukan {shown(data)}")
        self.data, self.where = data, where
        if isinstance(data.get("id"), str):
            self.where = f"{where} ({data['id']})"

    def get(self, field: str, read: Callable[[Any], T], default: Any = _MISSING) -> T:
        """The field as `read` understands it. Raises CaseError, naming row and field."""
        value = self.data.get(field, default)
        if value is _MISSING:
            raise CaseError(f"{self.where}: kolom {field} tidak ada; tambahkan kolom itu")
        try:
            return read(value)
        except ValueError as error:
            raise CaseError(f"{self.where}: {field}: {error}") from None

    def build(self, make: Callable[..., T], **values: Any) -> T:
        """What `make` makes of the values. Raises CaseError with what its own checks find, naming the row."""
        try:
            return make(**values)
        except ValueError as error:
            raise CaseError(f"{self.where}: {error}") from None


def _shift(data: object, index: int) -> Shift:
    row = _Row(data, f"shifts[{index}]")
    return row.build(
        Shift,
        id=row.get("id", _text),
        team=row.get("team", _text),
        date=row.get("date", parse_date),
        start_s=row.get("start", parse_clock),
        end_s=row.get("end", parse_clock),
        breaks=row.get("breaks", _intervals),
        start_location=row.get("start_location", _place),
        end_location=row.get("end_location", _place),
        max_visits=row.get("max_visits", _integer),
        skills=row.get("skills", _skills),
    )


def _visit(data: object, index: int) -> Visit:
    row = _Row(data, f"visits[{index}]")
    priority = row.get("priority", _number)
    if priority < 1:
        raise CaseError(f"{row.where}: priority harus 1 atau lebih, bukan {shown(priority)}")
    return row.build(
        Visit,
        id=row.get("id", _text),
        location=row.get("location", _place),
        service_s=row.get("service_minutes", _service),
        priority=priority,
        decay=row.get("decay", _number, 0),
        dates=row.get("dates", _dates),
        windows=row.get("windows", _intervals),
        skills=row.get("skills", _skills),
        locked=row.get("locked", _lock),
    )


def _location(value: object, index: int) -> tuple[float, float]:
    try:
        lat, lon = (_number(part) for part in _list(value))
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise ValueError("out of range")
    except ValueError:
        raise CaseError(
            f"locations[{index}]: harus [lintang, bujur] dalam derajat (-90..90, -180..180), bukan {shown(value)}"
        ) from None
    return float(lat), float(lon)


def problem_from(data: object) -> Problem:
    """The problem in parsed JSON. Raises CaseError."""
    row = _Row(data, "berkas kasus")
    found = row.get("format", lambda value: value)
    if found != FORMAT:
        raise CaseError(f'berkas kasus: format harus "{FORMAT}", bukan {shown(found)}')
    travel = _Row(row.get("travel", lambda value: value), "travel")
    kind = travel.get("kind", _text, "great-circle")
    if kind != "great-circle":
        raise CaseError(f'travel: kind harus "great-circle", bukan {shown(kind)}')
    model = travel.build(
        GreatCircle, detour=travel.get("detour", _number), speed_kmh=travel.get("speed_kmh", _number)
    )
    places = tuple(_location(value, i) for i, value in enumerate(row.get("locations", _list)))
    shifts = tuple(_shift(value, i) for i, value in enumerate(row.get("shifts", _list)))
    visits = tuple(_visit(value, i) for i, value in enumerate(row.get("visits", _list)))
    return _Row({}, "berkas kasus").build(
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
        raise CaseError(f"{path}: berkas tidak ada; periksa nama dan foldernya") from None
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(
            f"{path}: tidak dapat dibaca ({error.__class__.__name__}); periksa berkasnya"
        ) from None
    except json.JSONDecodeError as error:
        raise CaseError(
            f"{path}: bukan JSON yang benar (baris {error.lineno}, kolom {error.colno}: {error.msg})"
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets without an end
        raise CaseError(
            f"{path}: angka terlalu panjang atau daftar terlalu dalam; periksa berkasnya"
        ) from None


def read_case(path: Path) -> Problem:
    """The problem in a case file. Raises CaseError."""
    return problem_from(read_json(path))


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """The plan in the format that the referee reads, with statistics and broken locks beside it."""
    stats = plan.statistics
    return {
        "routes": [
            {
                "shift": route.shift,
                "stops": [
                    {
                        "visit": stop.visit,
                        "arrive": clock(stop.arrive_s),
                        "start": clock(stop.start_s),
                        "leave": clock(stop.leave_s),
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
    """Write the plan whole or not at all: a reader never sees half a file. Raises OSError."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(plan_as_json(plan), ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)
