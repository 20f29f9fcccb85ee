"""The rules of told hours, one by one."""

import pytest

from visits.planning.told_rules import Breach, TeamHours, ToldStop, find_fault, list_breaches

HOURS = TeamHours(27_000, 55_800, ((43_200, 46_800),), earliest_s=28_800, narrowest_s=1200)


def stop(since_s: int, until_s: int, expected_s: int, *, known: bool = False) -> ToldStop:
    return ToldStop("a", (since_s, until_s), expected_s, known)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (stop(30_000, 31_200, 30_600), None),
        (stop(54_600, 55_800, 55_800), None),
        (stop(54_600, 56_400, 55_000), "outside_shift"),
        (stop(26_400, 29_000, 28_800), "outside_shift"),
        (stop(42_000, 43_200, 43_000), None),
        (stop(46_800, 48_000, 46_800), None),
        (stop(42_000, 43_800, 42_500), "in_break"),
        (stop(39_000, 47_400, 42_000), "in_break"),
        (stop(43_800, 45_600, 44_000), "in_break"),
        (stop(30_000, 31_200, 31_300), "missed"),
        (stop(30_000, 31_200, 29_900), "missed"),
        (stop(28_200, 30_000, 29_000), "too_soon"),
        (stop(28_200, 30_000, 29_000, known=True), None),
        (stop(30_000, 30_600, 30_300), "short"),
        (stop(30_000, 30_600, 30_300, known=True), None),
    ],
)
def test_each_rule_is_found(told: ToldStop, code: str | None) -> None:
    assert find_fault(told, HOURS) == code


def test_hours_of_a_route_do_not_run_backwards() -> None:
    route = [
        ToldStop("a", (36_000, 37_200), 36_500),
        ToldStop("b", (30_000, 40_200), 38_000),
        ToldStop("c", (36_000, 39_000), 38_500),
    ]
    assert list(list_breaches(route, HOURS)) == [Breach("b", "backwards")]


def test_a_stretch_is_the_part_of_the_shift_between_breaks() -> None:
    assert HOURS.find_stretch(30_000) == (27_000, 43_200)
    assert HOURS.find_stretch(43_200) == (27_000, 43_200)
    assert HOURS.find_stretch(45_000) is None
    assert HOURS.find_stretch(46_800) == (46_800, 55_800)
    assert HOURS.find_stretch(55_801) is None
