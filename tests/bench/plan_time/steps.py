"""One step of the bench in a process of its own: `python -m tests.bench.plan_time.steps STEP '{"seconds": 20}'`. Prints
its rows as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from tests.bench.plan_time.__main__ import begin_process

PHASES = {  # what a run spends its time on; those within others are indented
    "read": ("visits.schedule.problem.problem_builder", "build_problem"),
    " model": ("visits.planning.engine.search", "build_model"),
    " first plan": ("visits.planning.engine.parallel.WorkerPool", "load_start"),
    " search": ("visits.planning.engine.search", "anneal_rounds"),
    " finish": ("visits.planning.engine.parallel.WorkerPool", "finish_champion"),
    " explain": ("visits.planning.engine.explaining", "explain_orders"),
    " explain one by one": ("visits.planning.planner.explain", "explain_unserved"),
    "engine": ("visits.schedule.runs.engine", "compute_plan"),
    "expand": ("visits.planning.groups.stop_groups", "expand_groups"),
    "told hours": ("visits.schedule.runs.true_hours", "simulate_true_plan"),
    "write": ("visits.schedule.runs.run_results", "write_draft"),
}


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def measured(what: str) -> Iterator[dict[str, Any]]:
    """Prints the row of what is done in the block; the block may add to it."""
    from django.db import connection

    row: dict[str, Any] = {"what": what, "more": {}}
    count = 0

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    wall, cpu = time.monotonic(), time.process_time()
    with connection.execute_wrapper(counting):
        yield row
    row |= {"wall_s": time.monotonic() - wall, "cpu_s": time.process_time() - cpu}
    print(json.dumps(row | {"queries": count, "peak_mb": peak_mb()}), flush=True)


def time_phases() -> dict[str, float]:
    """Seconds by phase, from now on."""
    from pkgutil import resolve_name

    spent: dict[str, float] = {}
    for phase, (place, name) in PHASES.items():
        owner = resolve_name(place)
        setattr(owner, name, _timed(getattr(owner, name), phase, spent))
    return spent


def _timed(work: Callable[..., Any], phase: str, spent: dict[str, float]) -> Callable[..., Any]:
    @wraps(work)
    def timed(*args: Any, **more: Any) -> Any:
        began = time.monotonic()
        spent.setdefault(phase, 0.0)
        try:
            return work(*args, **more)
        finally:
            spent[phase] += time.monotonic() - began

    return timed


def fill(*, needs: int, late: int, teams: int, days: int, seed: int) -> None:
    from tests.bench.plan_time import filling

    with measured("filled"):
        filling.fill_office(needs=needs, late=late, teams=teams, days=days, seed=seed)


def plan(*, seconds: int, seed: int) -> None:
    """A run, asked for and worked on as the worker does; the engine is compiled before."""
    from visits import planning
    from visits.models import Shift
    from visits.schedule.runs import engine, plan_runs

    engine.warm_engine()
    planning.warm()
    spent = time_phases()
    before_mb = peak_mb()
    dates = list(Shift.objects.order_by("date").values_list("date", flat=True).distinct())
    run = plan_runs.start_run(first=dates[0], last=dates[-1], seconds=seconds, seed=seed)
    with measured(f"plan of {seconds} s") as row:
        row["more"]["done"] = plan_runs.work_on_run(run_id=str(run.pk))
    run.refresh_from_db()
    figures = run.plan.figures if run.state == "done" else None
    more = {"before_mb": round(before_mb), "state": run.state, "error": run.error}
    if figures is not None:
        more |= {name: getattr(figures, name) for name in ("iterations", "served", "unserved", "points")}
    print(
        json.dumps(
            {"what": "  phases", "wall_s": 0, "cpu_s": 0, "peak_mb": peak_mb(), "within": spent, "more": more}
        )
    )


def _client() -> Any:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    from datetime import date

    settings.STAFF_TWO_FACTOR_FROM = date.max
    user, _made = get_user_model().objects.get_or_create(username="bench", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(user)
    return client


def _look(client: Any, what: str, address: str, **data: Any) -> None:
    with measured(what) as row:
        answer = client.post(address, data) if data else client.get(address)
        row["more"] |= {"status": answer.status_code, "KB": round(len(answer.content) / 1000)}


def pages(*, seconds: int, seed: int) -> None:
    """The pages of the newest draft."""
    from visits.models import Plan

    client, plan = _client(), Plan.objects.order_by("-made_at").defer("summary").first()
    client.get("/admin/")
    assert plan is not None
    _look(client, "list of plans", "/admin/visits/plan/")
    _look(client, "page of the plan", f"/admin/visits/plan/{plan.pk}/change/")
    _look(client, "who is left", f"/admin/visits/plan/{plan.pk}/belum/")
    _look(client, "page to publish", f"/admin/visits/plan/{plan.pk}/terbitkan/")


def publish(*, seconds: int, seed: int) -> None:
    from visits.models import Plan
    from visits.schedule.plans import publishing

    plan = Plan.objects.filter(state="draft").order_by("-made_at").first()
    assert plan is not None
    with measured("publishing") as row:
        row["more"] |= vars(publishing.publish_plan(plan=plan, user=None))


def published(*, seconds: int, seed: int) -> None:
    """The pages of the published plan, and a second plan over what is published."""
    from visits.models import Plan

    client, plan = _client(), Plan.objects.filter(state="published").order_by("-made_at").first()
    client.get("/admin/")
    assert plan is not None
    _look(client, "page of the plan", f"/admin/visits/plan/{plan.pk}/change/")
    _look(client, "whom to tell", f"/admin/visits/plan/{plan.pk}/kabar/")


if __name__ == "__main__":
    begin_process()
    {"fill": fill, "plan": plan, "pages": pages, "publish": publish, "published": published}[sys.argv[1]](
        **json.loads(sys.argv[2])
    )
