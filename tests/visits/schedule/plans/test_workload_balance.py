from typing import Any

import pytest

from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory
from tests.visits.planned import TUESDAY, draft
from visits.models import Plan
from visits.schedule.plans import plan_page, workload_balance

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


def _plan(**stored: Any) -> Plan:
    one, two = (ShiftFactory(date=TUESDAY, team__name=name) for name in ("Tim Kare", "Tim Dolopo"))
    plan = draft({one: [NeedFactory()], two: [NeedFactory()]})
    teams = [
        {"team": shift.team.code, "days": 2, "available_s": 20_000, "busy_s": busy, "visits": visits}
        for shift, busy, visits in ((one, 18_000, 9), (two, 5_000, 4))
    ]
    held = [{"team": one.team.code, "measure": "visits", "why": why} for why in stored.pop("held", [])]
    plan.summary["balance"] = {"kept": True, "teams": teams, "held": held, "out_of_time": False, **stored}
    plan.save()
    return plan


def test_every_team_has_its_share_of_working_time_and_visits_a_day() -> None:
    plan = _plan()

    found = workload_balance.describe_balance(plan, plan_page.load_plan_shifts(plan))

    assert found is not None
    assert [(row.name, row.percent, row.per_day) for row in found.rows] == [
        ("Tim Kare", 90, 4.5),
        ("Tim Dolopo", 25, 2.0),
    ]
    assert found.finding == "Beban tim seimbang: selisih 65% waktu kerja, 2,5 kunjungan sehari"
    assert found.reasons == []


def test_a_gap_that_stays_says_why() -> None:
    plan = _plan(kept=False, held=["promises", "fewer"], out_of_time=True)

    found = workload_balance.describe_balance(plan, plan_page.load_plan_shifts(plan))

    assert found is not None
    assert found.finding.startswith("Beban tim belum seimbang")
    assert found.reasons == [
        "Tim Kare tidak dapat dikurangi tanpa melayani lebih sedikit warga.",
        "Tim Kare tidak dapat dikurangi tanpa membatalkan janji kepada keluarga.",
        "Waktu menghitung habis sebelum semua tim diseimbangkan.",
    ]


def test_old_plans_and_single_teams_have_no_balance() -> None:
    shift = ShiftFactory(date=TUESDAY)
    plan = draft({shift: [NeedFactory()]})
    assert workload_balance.describe_balance(plan, plan_page.load_plan_shifts(plan)) is None
