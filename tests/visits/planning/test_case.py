"""A case file that is wrong gets one sentence that names the row, the field and what to do."""

import copy
import json
import math

import pytest

from tests.support.planning_case import as_case, make_problem
from visits.planning import plan
from visits.planning.case import CaseError, format_clock, plan_as_json, read_case, read_problem, write_plan

CASE = as_case(make_problem(1, visits=3, shifts=2))


def test_a_case_is_read_back_as_it_was():
    problem = make_problem(5, visits=9, shifts=3, locked=3)
    assert read_problem(as_case(problem)) == problem


def test_unknown_fields_are_ignored_and_decay_is_optional():
    case = copy.deepcopy(CASE)
    case["visits"][0] |= {"kind": "sick", "name": "-"}
    del case["visits"][0]["decay"]
    assert read_problem(case).visits[0].decay == 0


def broken(path, value):
    case = copy.deepcopy(CASE)
    *parents, leaf = path
    target = case
    for key in parents:
        target = target[key]
    if value is None:
        del target[leaf]
    else:
        target[leaf] = value
    return case


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("format",), "other", "format"),
        (("format",), None, "kolom format tidak ada"),
        (("travel",), None, "kolom travel tidak ada"),
        (("travel", "kind"), "road", "great-circle"),
        (("travel", "speed_kmh"), 0, "speed_kmh"),
        (("travel", "detour"), "1", "detour"),
        (("locations",), {}, "locations"),
        (("locations", 0), [1], r"locations\[0\]"),
        (("locations", 0), [95, 100], r"locations\[0\]"),
        (("shifts", 0, "breaks"), None, r"shifts\[0\] \(s0\): kolom breaks tidak ada"),
        (("shifts", 0, "breaks"), [["13:00", "14:00"], ["11:00", "12:00"]], "breaks harus urut"),
        (("shifts", 0, "breaks"), [["13:00"]], r"\[dari, sampai\]"),
        (("shifts", 0, "start"), "7.30", "tulis HH:MM"),
        (("shifts", 0, "start"), "07:60", "tulis HH:MM"),
        (("shifts", 0, "end"), "24:01", "24:00"),
        (("shifts", 0, "date"), "2026-02-30", "bukan tanggal"),
        (("shifts", 0, "start_location"), 99, "start_location 99"),
        (("shifts", 0, "max_visits"), -1, "max_visits"),
        (("shifts", 0, "max_visits"), 1.5, "max_visits"),
        (("shifts", 1, "id"), "s0", "dua kali"),
        (("visits", 0, "location"), 99, "kunjungan v0: location 99"),
        (("visits", 0, "location"), -1, "location"),
        (("visits", 0, "priority"), 0, "priority"),
        (("visits", 0, "priority"), "high", "priority"),
        (("visits", 0, "service_minutes"), None, "kolom service_minutes tidak ada"),
        (("visits", 0, "service_minutes"), True, "service_minutes"),
        (("visits", 0, "windows"), [["10:00", "09:00"]], "windows"),
        (("visits", 0, "dates"), ["1 Desember"], "dates"),
        (("visits", 0, "skills"), "iris", "skills"),
        (("visits", 0, "locked"), "s9", "locked"),
        (("visits", 1, "id"), "v0", "dua kali"),
        (("visits", 0, "id"), None, "kolom id"),
        (("visits", 0), 7, r"visits\[0\]"),
        (("visits",), None, "kolom visits tidak ada"),
        (("travel", "speed_kmh"), 10**400, "speed_kmh"),
        (("travel", "speed_kmh"), 5e-324, "speed_kmh"),
        (("travel", "detour"), 10**400, "detour"),
        (("travel", "detour"), 1e300, "detour"),
        (("locations", 0, 0), 10**400, r"locations\[0\]"),
        (("locations", 0, 1), float("nan"), r"locations\[0\]"),
        (("shifts", 0, "date"), "20261130", "bukan tanggal"),
        (("shifts", 0, "end_location"), 10**400, "end_location"),
        (("visits", 0, "dates"), ["2026-W49-1"], "bukan tanggal"),
        (("visits", 0, "id"), "\ud800", "id: .* tulis ulang"),
        (("visits", 0, "priority"), 10**400, "priority terlalu besar"),
        (("visits", 0, "priority"), float("nan"), "priority harus"),
        (("visits", 0, "decay"), float("inf"), "decay terlalu besar"),
        (("visits", 0, "service_minutes"), float("nan"), "service_minutes: harus menit"),
        (("visits", 0, "service_minutes"), float("inf"), "service_minutes: terlalu lama"),
        (("visits", 0, "service_minutes"), 10**12, "service_minutes: terlalu lama"),
        (("visits", 0, "service_minutes"), -1, "service_minutes: harus menit"),
    ],
)
def test_what_is_wrong_is_named(path, value, words):
    with pytest.raises(CaseError, match=words) as seen:
        read_problem(broken(path, value))
    assert len(str(seen.value)) < 200  # whatever stood there


def test_the_longest_service_and_the_highest_priority_are_planned_with():
    case = copy.deepcopy(CASE)
    case["visits"][0] |= {"service_minutes": 2**30 // 60, "locked": "s0"}
    case["visits"][1] |= {"priority": 1e200}
    result = plan(read_problem(case), iterations=50)
    assert [row.visit for row in result.broken_locks] == ["v0"]
    assert math.isfinite(result.statistics.score)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(CaseError, match="tidak ada"):
        read_case(tmp_path / "none.json")
    with pytest.raises(CaseError, match="tidak dapat dibaca"):
        read_case(tmp_path)
    (tmp_path / "half.json").write_text('{"format": ')
    with pytest.raises(CaseError, match="bukan JSON"):
        read_case(tmp_path / "half.json")
    for text in ("[" * 100_000, "9" * 5000):
        (tmp_path / "long.json").write_text(text)
        with pytest.raises(CaseError, match="terlalu panjang"):
            read_case(tmp_path / "long.json")
    (tmp_path / "list.json").write_text("[]")
    with pytest.raises(CaseError, match="berkas kasus"):
        read_case(tmp_path / "list.json")


def test_a_plan_is_written_in_the_referees_format(tmp_path):
    problem = make_problem(2, visits=6, shifts=2)
    result = plan(problem, iterations=50, seed=1)
    write_plan(result, tmp_path / "plan.json")
    written = json.loads((tmp_path / "plan.json").read_text())
    assert written == json.loads(json.dumps(plan_as_json(result)))
    assert [r["shift"] for r in written["routes"]] == [r.shift for r in result.routes]
    first = written["routes"][0]["stops"][0]
    assert first["arrive"] == format_clock(result.routes[0].stops[0].arrive_s)
    assert list(tmp_path.iterdir()) == [tmp_path / "plan.json"]
