"""The reader and judge of public TOPTW instances, on a made-up instance in their format."""

import pytest

from tests.bench.toptw.__main__ import table
from tests.bench.toptw.instance import read
from visits.planning import check_plan, plan
from visits.planning.types import orders_of_plan

# Two homes of 5 to the east, one of 7 to the north whose window closes at 12, and one of profit 9 too far away.
LINES = """4 2 4 1
0 200
 0 40.00 50.00 0.00 0.00 0 0 0 60
 1 45.50 50.00 10.00 5.00 1 1 1 0 30
 2 46.00 50.10 10.00 5.00 1 2 1 2 0 30
 3 40.00 61.00 10.00 7.00 1 1 1 0 12
 4 99.00 99.00 10.00 9.00 1 1 1 0 60
"""


@pytest.fixture
def instance(tmp_path):
    file = tmp_path / "r900.txt"
    file.write_text(LINES)
    return read(file, 2)


def test_distances_are_rounded_down_to_a_tenth_or_a_hundredth(instance, tmp_path):
    assert instance.distance(1, 2) == 5  # 0.5099 units
    assert instance.distance(0, 3) == 110
    (tmp_path / "pr900.txt").write_text(LINES)
    assert read(tmp_path / "pr900.txt", 2).distance(1, 2) == 50


def test_the_planner_serves_all_that_can_be_served(instance):
    problem = instance.problem()
    result = plan(problem, iterations=2000, seed=1)
    assert check_plan(problem, result) == []
    assert instance.profit(orders_of_plan(result)) == 17
    assert [row.visit for row in result.unserved] == ["4"]


@pytest.mark.parametrize(
    ("routes", "words"),
    [
        ({"t0": ["1", "2", "1"]}, "twice"),
        ({"t0": ["1", "3"]}, "late at point 3"),
        ({"t0": ["4"]}, "late"),
        ({"a": [], "b": [], "c": []}, "3 routes"),
    ],
)
def test_a_wrong_answer_is_refused(instance, routes, words):
    with pytest.raises(ValueError, match=words):
        instance.profit(routes)


def test_the_table_takes_the_best_variant_and_the_mean_of_seeds():
    def row(who, variant, seed, profit):
        return {
            "instance": "a",
            "best_known": "200",
            "who": who,
            "variant": variant,
            "seconds": "60",
            "seed": seed,
            "profit": profit,
        }

    rows = [row("ours", "plan", 1, 200), row("ours", "plan", 2, 190)]
    rows += [row("pyvrp", "100", 1, 150), row("pyvrp", "500", 1, 180)]
    lines = table(rows, "60")
    assert lines[2] == "| a | 200 | 200, 190 (2.50) | 180 (10.00) |"
    assert lines[-1] == "| mean gap | | 2.500 over 1 | 10.000 over 1 |"
