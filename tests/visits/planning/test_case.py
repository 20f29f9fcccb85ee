"""A case file that is wrong is refused with a code and the row and field that it is about."""

import copy
import json
import math

import pytest

from tests.support.broken_case import CASE, break_case
from tests.support.planning_case import as_case, make_problem
from visits.planning import plan
from visits.planning.case import plan_as_json, read_case, read_problem, write_clock, write_plan
from visits.planning.errors import CaseError


def test_a_case_is_read_back_as_it_was():
    problem = make_problem(5, visits=9, shifts=3, locked=3)
    assert read_problem(as_case(problem)) == problem


def test_unknown_fields_are_ignored_and_decay_is_optional():
    case = copy.deepcopy(CASE)
    case["visits"][0] |= {"kind": "sick", "name": "-"}
    del case["visits"][0]["decay"]
    assert read_problem(case).visits[0].decay == 0


@pytest.mark.parametrize(
    ("path", "value", "where", "code"),
    [
        (("format",), "other", "case file", "format_unknown"),
        (("format",), None, "case file", "field_missing"),
        (("travel",), None, "case file", "field_missing"),
        (("travel", "kind"), "road", "travel", "travel_kind"),
        (("travel", "speed_kmh"), 0, "travel", "speed_range"),
        (("travel", "detour"), "1", "travel: detour", "not_number"),
        (("locations",), {}, "case file: locations", "not_list"),
        (("locations", 0), [1], "locations[0]", "not_degrees"),
        (("locations", 0), [95, 100], "locations[0]", "not_degrees"),
        (("shifts", 0, "breaks"), None, "shifts[0] (s0)", "field_missing"),
        (
            ("shifts", 0, "breaks"),
            [["13:00", "14:00"], ["11:00", "12:00"]],
            "shifts[0] (s0)",
            "breaks_unordered",
        ),
        (("shifts", 0, "breaks"), [["13:00"]], "shifts[0] (s0): breaks", "not_interval"),
        (("shifts", 0, "start"), "7.30", "shifts[0] (s0): start", "not_clock"),
        (("shifts", 0, "start"), "07:60", "shifts[0] (s0): start", "not_clock"),
        (("shifts", 0, "end"), "24:01", "shifts[0] (s0): end", "clock_late"),
        (("shifts", 0, "date"), "2026-02-30", "shifts[0] (s0): date", "not_date"),
        (("shifts", 0, "start_location"), 99, "case file", "shift_place"),
        (("shifts", 0, "max_visits"), -1, "shifts[0] (s0)", "not_count"),
        (("shifts", 0, "max_visits"), 1.5, "shifts[0] (s0): max_visits", "not_integer"),
        (("shifts", 1, "id"), "s0", "case file", "shift_twice"),
        (("visits", 0, "location"), 99, "case file", "visit_place"),
        (("visits", 0, "location"), -1, "visits[0] (v0): location", "not_place"),
        (("visits", 0, "priority"), 0, "visits[0] (v0)", "priority_low"),
        (("visits", 0, "priority"), "high", "visits[0] (v0): priority", "not_number"),
        (("visits", 0, "service_minutes"), None, "visits[0] (v0)", "field_missing"),
        (("visits", 0, "service_minutes"), True, "visits[0] (v0): service_minutes", "not_number"),
        (("visits", 0, "windows"), [["10:00", "09:00"]], "visits[0] (v0)", "window_backwards"),
        (("visits", 0, "dates"), ["1 Desember"], "visits[0] (v0): dates", "not_date"),
        (("visits", 0, "skills"), "iris", "visits[0] (v0): skills", "not_list"),
        (("visits", 0, "locked"), "s9", "case file", "visit_lock"),
        (("visits", 1, "id"), "v0", "case file", "visit_twice"),
        (("visits", 0, "id"), None, "visits[0]", "field_missing"),
        (("visits", 0), 7, "visits[0]", "not_object"),
        (("visits",), None, "case file", "field_missing"),
        (("travel", "speed_kmh"), 10**400, "travel", "travel_extreme"),
        (("travel", "speed_kmh"), 5e-324, "travel", "travel_extreme"),
        (("travel", "detour"), 10**400, "travel", "travel_extreme"),
        (("travel", "detour"), 1e300, "travel", "travel_extreme"),
        (("locations", 0, 0), 10**400, "locations[0]", "not_degrees"),
        (("locations", 0, 1), float("nan"), "locations[0]", "not_degrees"),
        (("shifts", 0, "date"), "20261130", "shifts[0] (s0): date", "not_date"),
        (("shifts", 0, "end_location"), 10**400, "shifts[0] (s0): end_location", "not_place"),
        (("visits", 0, "dates"), ["2026-W49-1"], "visits[0] (v0): dates", "not_date"),
        (("visits", 0, "id"), "\ud800", "visits[0] (\ud800): id", "half_letter"),
        (("visits", 0, "priority"), 10**400, "visits[0] (v0)", "amount_large"),
        (("visits", 0, "priority"), float("nan"), "visits[0] (v0)", "not_amount"),
        (("visits", 0, "decay"), float("inf"), "visits[0] (v0)", "amount_large"),
        (("visits", 0, "service_minutes"), float("nan"), "visits[0] (v0): service_minutes", "not_minutes"),
        (("visits", 0, "service_minutes"), float("inf"), "visits[0] (v0): service_minutes", "minutes_long"),
        (("visits", 0, "service_minutes"), 10**12, "visits[0] (v0): service_minutes", "minutes_long"),
        (("visits", 0, "service_minutes"), -1, "visits[0] (v0): service_minutes", "not_minutes"),
    ],
)
def test_what_is_wrong_has_a_code_and_its_place(path, value, where, code):
    with pytest.raises(CaseError) as seen:
        read_problem(break_case(path, value))
    assert (seen.value.where, seen.value.code) == (where, code)
    assert str(seen.value).startswith(f"{where}: ")
    assert len(str(seen.value)) < 200  # whatever stood there


def test_the_longest_service_and_the_highest_priority_are_planned_with():
    case = copy.deepcopy(CASE)
    case["visits"][0] |= {"service_minutes": 2**30 // 60, "locked": "s0"}
    case["visits"][1] |= {"priority": 1e200}
    result = plan(read_problem(case), iterations=50)
    assert [row.visit for row in result.broken_locks] == ["v0"]
    assert math.isfinite(result.statistics.score)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("none.json", None, "file_missing"),
        ("half.json", '{"format": ', "not_json"),
        ("long.json", "[" * 100_000, "json_extreme"),
        ("long.json", "9" * 5000, "json_extreme"),
        ("list.json", "[]", "not_object"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, text, code):
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(CaseError) as seen:
        read_case(tmp_path / name)
    assert seen.value.code == code
    assert seen.value.where == ("case file" if code == "not_object" else str(tmp_path / name))


def test_a_folder_is_no_case_file(tmp_path):
    with pytest.raises(CaseError) as seen:
        read_case(tmp_path)
    assert seen.value.code == "file_unreadable"


def test_a_plan_is_written_in_the_referees_format(tmp_path):
    problem = make_problem(2, visits=6, shifts=2)
    result = plan(problem, iterations=50, seed=1)
    write_plan(result, tmp_path / "plan.json")
    written = json.loads((tmp_path / "plan.json").read_text())
    assert written == json.loads(json.dumps(plan_as_json(result)))
    assert [r["shift"] for r in written["routes"]] == [r.shift for r in result.routes]
    first = written["routes"][0]["stops"][0]
    assert first["arrive"] == write_clock(result.routes[0].stops[0].arrive_s)
    assert list(tmp_path.iterdir()) == [tmp_path / "plan.json"]


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        ("09:00", "10:00", True),
        ("00:00", "24:00", True),
        ("00:00", "07:00", False),
        ("17:00", "20:00", False),
    ],
)
def test_one_team_in_two_shifts_at_once_is_named(start: str, end: str, overlaps: bool):
    case = copy.deepcopy(CASE)
    first = case["shifts"][0] | {"start": "07:30", "end": "15:30", "breaks": []}
    case["shifts"] = [first, first | {"id": "again", "start": start, "end": end}]
    for visit in case["visits"]:
        visit["locked"] = None
    if not overlaps:
        assert len(read_problem(case).shifts) == 2
        return
    with pytest.raises(CaseError) as caught:
        read_problem(case)
    assert (caught.value.code, caught.value.values["team"]) == ("shifts_overlap", first["team"])
    assert {caught.value.values["one"], caught.value.values["other"]} == {first["id"], "again"}
