"""Random moves of drafts: whatever is moved, or refused, the draft's rows stay true."""

import random
from datetime import timedelta

import pytest

from tests.factories.visits import ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from tests.visits.schedule.plans.moved_drafts import check_rows, make_needs, move_at_random, read_routes
from visits.models import Shift, Visit
from visits.planning.priority import points_on
from visits.schedule.plans.draft_routes import DraftRoutes
from visits.schedule.plans.publishing import publish_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday_noon(settings, clock):
    settings.REPLAYS = 20
    clock.move_to(NOW, tick=False)


def _count_points(routes: DraftRoutes) -> float:
    problem = routes.free
    return sum(
        points_on(problem, problem.visit_by_id[need], problem.shift_by_id[shift].date)
        for shift, order in routes.orders.items()
        for need in routes.each(order)
    )


@pytest.mark.parametrize("seed", range(6))
def test_rows_stay_true_whatever_is_moved(seed: int) -> None:
    rng = random.Random(seed)
    shifts: list[Shift] = [
        ShiftFactory(date=TUESDAY + timedelta(days=day), max_visits=most)
        for day, most in ((0, 2), (0, 8), (1, 8))
    ]
    needs = make_needs(rng, 8)
    first = draft({shift: [] for shift in shifts}, left=needs)
    codes = {move_at_random(rng, first, needs, shifts) for _ in range(12)}
    publish_plan(plan=first, user=None, now=NOW)
    for visit in Visit.objects.filter(pk__in=[v.pk for v in Visit.objects.all() if rng.random() < 0.4]):
        Visit.objects.filter(pk=visit.pk).update(promised=True)
    plan = draft({shift: [] for shift in shifts}, left=needs)
    for _ in range(15):
        codes.add(move_at_random(rng, plan, needs, shifts))
        check_rows(plan, needs)
    print("CODES", seed, codes)
    assert "" in codes
    assert plan.summary["points"] == pytest.approx(100 + _count_points(read_routes(plan)), abs=1)
