"""Doors of plans: computed, published, changed by hand, thrown away; places taken; the rest of a day planned again."""

from contextlib import suppress
from datetime import date, timedelta

from outreach.enums import NeedState
from outreach.models import Need
from outreach.services.transitions import transition
from tests.support import clock
from tests.support.walks.office import WalkOffice
from tests.support.walks.refusals import REFUSALS
from visits.appointments import call_offs, placement, promises
from visits.enums import (
    ACTIVE_RUNS,
    PlanState,
    ReleaseReason,
    RunKind,
    RunState,
    VisitState,
)
from visits.models import Plan, PlanRun, PlanStop, PlanUnserved, Shift, Visit
from visits.ops import job_kinds
from visits.ops.job_kinds import PLAN_RUN
from visits.planning.day.replan import replan_day
from visits.planning.fair.fairness import plan_fairly
from visits.planning.groups import stop_groups
from visits.schedule.dispatch import called_off_visits, day_actions
from visits.schedule.plans import (
    booking,
    draft_moves,
    families_to_tell,
    plan_changes,
    publishing,
    slot_offers,
    taking_out,
    version_marks,
)
from visits.schedule.plans.draft_move_routes import MoveRefusedError
from visits.schedule.problem import problem_builder, reoptimise
from visits.schedule.runs import engine, plan_runs, reoptimised_draft, run_results, true_hours
from visits.workforce import calendar

TRIES = 3  # of a change by hand that may be refused


def work_on(office: WalkOffice, run: PlanRun) -> str:
    """As the worker does (visits/schedule/runs/plan_runs.py), with iterations instead of seconds."""
    token = plan_runs.claim_run(run_id=str(run.pk))
    if token is None:
        return "not claimed"
    row = PlanRun.objects.get(pk=run.pk)
    engine.warm_engine()
    try:
        if row.kind == RunKind.TODAY:
            _plan_rest_of_day(office, row, token)
            office.counts["re-plans"] += 1
        else:
            _plan_ahead(office, row, token)
            office.counts["drafts"] += 1
    except problem_builder.NothingToPlanError as nothing:
        transition(
            row=row,
            to=RunState.FAILED,
            actor="system",
            among=job_kinds.find_held(PLAN_RUN, pk=row.pk, token=token),
            finished_at=clock.now(),
            lease_until=None,
            message=str(nothing),
        )
        return f"nothing to plan: {nothing}"
    return ""


def _plan_ahead(office: WalkOffice, row: PlanRun, token: str) -> None:
    built = problem_builder.build_problem(run=row)
    found, balance = plan_fairly(
        built.merged,
        tolerance=engine.fairness_tolerance(),
        iterations=office.iterations,
        seed=row.seed,
        start=built.start,
        workers=1,
    )
    plan = stop_groups.expand_groups(built.problem, built.groups, found)
    plan, simulated = true_hours.simulate_true_plan(built=built, plan=plan)
    assert run_results.write_draft(
        run=row, token=token, built=built, plan=plan, simulated=simulated, balance=balance
    )


def _plan_rest_of_day(office: WalkOffice, row: PlanRun, token: str) -> None:
    day = reoptimise.build_day_problem(run=row)
    result = replan_day(
        day.problem,
        day.published,
        day.facts,
        stops=day.stops,
        iterations=office.iterations,
        seed=row.seed,
    )
    assert reoptimised_draft.write_reoptimised_draft(run=row, token=token, day=day, result=result)
    office.counts["re-plans with a silent team"] += any(team.silent and not team.fails for team in day.teams)
    office.counts["re-plans with a failed team"] += bool(day.facts.failed)
    office.counts["re-plans with somebody urgent"] += bool(day.facts.urgent)


def plan_ahead(office: WalkOffice) -> str:
    (first,) = calendar.next_working_days(after=clock.today(), count=1)
    if office.rng.random() < 0.4:
        first = clock.today()
    return _plan_from(office, first)


def _plan_from(office: WalkOffice, first: date) -> str:
    run = plan_runs.start_run(
        first=first,
        last=first + timedelta(days=office.rng.choice([0, 1, 2, 3])),
        seconds=1,
        seed=office.rng.randint(1, 99),
        asked_by=office.user,
        keep_published=office.rng.random() < 0.4,
    )
    return work_on(office, run)


def replan_today(office: WalkOffice) -> str:
    if not Visit.objects.filter(shift__date=clock.today(), state=VisitState.PUBLISHED).exists():
        return plan_ahead(office)
    return work_on(office, day_actions.replan_today(user=office.user))


def add_urgent(office: WalkOffice) -> str:
    need = office.pick(Need.objects.filter(state=NeedState.OPEN).order_by("pk"))
    if need is None:
        return "nobody waits"
    run = day_actions.add_urgent(need=need, user=office.user)
    return work_on(office, run) if run.state in ACTIVE_RUNS else "in the draft"


def break_down(office: WalkOffice) -> str:
    shift = office.pick(Shift.objects.filter(date=clock.today(), is_cancelled=False).order_by("pk"))
    if shift is None:
        return "nobody works"
    return work_on(office, day_actions.report_breakdown(shift=shift, user=office.user))


def resume(office: WalkOffice) -> str:
    shift = office.pick(Shift.objects.filter(date=clock.today(), is_cancelled=True).order_by("pk"))
    return "" if shift and day_actions.resume_shift(shift=shift, user=office.user) else "nobody stands still"


def _pick_draft(office: WalkOffice, *, newest: float = 0.8) -> Plan | None:
    rows = list(Plan.objects.filter(state=PlanState.DRAFT).select_related("run").order_by("-made_at", "pk"))
    if rows and office.rng.random() < newest:
        return rows[0]
    found: Plan | None = office.pick(rows)
    return found


def _pick_ahead(office: WalkOffice) -> Plan | None:
    """A draft of days ahead that nothing stands in the way of, made now where there is none."""
    for _ in range(2):
        for plan in Plan.objects.filter(state=PlanState.DRAFT).order_by("-made_at", "pk")[:4]:
            with suppress(MoveRefusedError):
                draft_moves.read_draft(plan, clock.now(), lock=False)
                return plan
        _plan_from(office, clock.today() + timedelta(days=1))
    return None


def publish(office: WalkOffice) -> str:
    """As the page does: who is to be told is shown, promises are released with a reason, then it is confirmed."""
    plan = _pick_draft(office)
    if plan is None:
        return "no draft"
    found = plan_changes.find_changes(plan=plan)
    if office.rng.random() < 0.7:
        for visit in found.unreleased:
            promises.release_promise(visit=visit.pk, reason=ReleaseReason.FAMILY, actor=office.actor)
        found = plan_changes.find_changes(plan=plan)
    shown = _list_news(families_to_tell.list_news_before(found))
    mark = version_marks.mark_changes(found)
    if office.rng.random() < 0.2:
        _disturb(office)
    publishing.publish_plan(plan=plan, user=office.user, shown=mark)
    plan.refresh_from_db()
    if shown != _list_news(families_to_tell.list_news_after(plan)):
        office.said.append("shown: the families shown before publishing are not those listed after")
    office.counts["published"] += 1
    return ""


def _list_news(rows: list[families_to_tell.FamilyNews]) -> list[tuple[str, ...]]:
    return sorted((row.need, row.what, row.was, row.now, row.was_team, row.now_team) for row in rows)


def _disturb(office: WalkOffice) -> None:
    """What somebody else does while a page is open."""
    door = office.rng.choice([move_by_hand, move_by_hand, take_out, promise, take_place])
    with suppress(*REFUSALS):
        door(office)


def discard(office: WalkOffice) -> str:
    plan = _pick_draft(office, newest=0.2)
    if plan is None:
        return "no draft"
    return "" if publishing.discard_plan(plan=plan, actor=office.actor) else "not done"


def move_by_hand(office: WalkOffice) -> str:
    """A need of a draft goes to another team-day, or waits; where that is refused, another one is tried."""
    plan = _pick_ahead(office)
    if plan is None:
        return "no draft"
    there = list(PlanStop.objects.filter(plan=plan).order_by("pk").values_list("need", flat=True))
    left = list(PlanUnserved.objects.filter(plan=plan).order_by("pk").values_list("need", flat=True))
    for _ in range(TRIES):
        need = office.pick([*there, *left])
        shift = office.pick([*(int(pk) for pk in sorted(plan.based_on)), None])
        position = office.rng.choice([None, None, 0, 1, 2])
        if need is None:
            return "an empty draft"
        with suppress(MoveRefusedError):
            price = draft_moves.price_move(plan=plan, need=str(need), shift=shift, position=position)
            draft_moves.move_need(
                plan=plan, need=str(need), shift=shift, position=position, shown=price, user=office.user
            )
            return ""
    return "all refused"


def put_back(office: WalkOffice) -> str:
    """A need that a draft moves goes back to where it is published; where that costs others, another one."""
    plan = _pick_ahead(office)
    if plan is None:
        return "no draft"
    found = plan_changes.find_changes(plan=plan)
    moving = [
        str(row.stop.need_id) for row in found.stops if row.visit and row.what != plan_changes.ChangeKind.SAME
    ]
    moving += [str(visit.need_id) for visit in found.cancelled]
    mark = version_marks.mark_changes(found)
    for need in office.rng.sample(moving, min(TRIES, len(moving))):
        with suppress(draft_moves.CannotKeepError):
            draft_moves.put_back(plan=plan, need=need, user=office.user, shown=mark)
            return ""
    return "all refused" if moving else "nothing to put back"


def take_place(office: WalkOffice) -> str:
    """A place from the list of places, sometimes of a page opened before another place of the day was taken."""
    states = [NeedState.OPEN, NeedState.OPEN, NeedState.PLANNED]
    need = office.pick(Need.objects.filter(state=office.rng.choice(states)).order_by("pk"))
    if need is None:
        return "nobody waits"
    offer = office.pick(slot_offers.list_slot_offers(need=need, limit=6))
    if offer is None:
        return "no place"
    was = placement.placement_mark(placement.find_open_visit(need))
    if office.rng.random() < 0.2:
        office.go_on(office.rng.choice([10, 40]))
    if office.rng.random() < 0.3:
        with suppress(*REFUSALS):
            _take_another(office, need, offer.shift)
    before = _read_others(need)
    done = _book(office, need, offer, was=was)
    if done:
        office.counts["places"] += 1
        moved = {visit.pk: told for visit, told in offer.moved}
        for pk, there in _read_others(need).items():
            if there != before.get(pk) and there[-1] != moved.get(pk):
                office.said.append("place: a family's hours changed otherwise than it was offered with")
        now = placement.find_open_visit(need)
        if now is None or (now.told_from, now.told_until) != offer.told:
            office.said.append("place: it was taken at other hours than it was offered at")
    return "" if done else "there already"


def _book(office: WalkOffice, need: Need, offer: slot_offers.SlotOffer, *, was: str) -> bool:
    return booking.book_slot(
        need=need,
        shift=offer.shift.pk,
        position=offer.slot.position,
        start_s=offer.slot.start_s,
        shown=was,
        offered=offer.mark,
        user=office.user,
    )


def _take_another(office: WalkOffice, need: Need, shift: Shift) -> None:
    """Somebody else takes a place of the same team-day, whose page is as fresh as can be."""
    other = office.pick(Need.objects.filter(state=NeedState.OPEN).exclude(pk=need.pk).order_by("pk"))
    offers = [] if other is None else slot_offers.list_slot_offers(need=other)
    offer = office.pick(row for row in offers if row.shift.pk == shift.pk)
    if offer is not None:
        _book(office, other, offer, was="")


def _read_others(need: Need) -> dict[object, tuple[object, ...]]:
    """By visit: its state, shift, and what its family was told last."""
    rows = Visit.objects.exclude(need=need).values_list(
        "pk", "state", "shift", "called_off", "told_from", "told_until"
    )
    return {pk: (state, shift, off, (since, until)) for pk, state, shift, off, since, until in rows}


def take_out(office: WalkOffice) -> str:
    need = office.pick(Need.objects.filter(state=NeedState.PLANNED).order_by("pk"))
    if need is None:
        return "nobody"
    taken = taking_out.take_out(need=need, reason=office.rng.choice(list(ReleaseReason)), user=office.user)
    return "" if taken else "not planned"


def take_out_of_draft(office: WalkOffice) -> str:
    plan = _pick_ahead(office)
    stops = PlanStop.objects.filter(plan=plan).select_related("need").order_by("pk")
    stop = office.pick(stops) if plan else None
    if plan is None or stop is None:
        return "no draft"
    taking_out.take_out_of_draft(plan=plan, need=stop.need, user=office.user)
    return ""


def promise(office: WalkOffice) -> str:
    """The families of a team-day were called, some of them or all."""
    awaited = Visit.objects.filter(state=VisitState.PUBLISHED, called_off="", promised=False)
    shift = office.pick(
        Shift.objects.filter(date__gte=clock.today(), pk__in=awaited.values("shift")).order_by("pk")
    )
    rows = list(awaited.filter(shift=shift).order_by("pk"))
    if office.rng.random() < 0.5:
        rows = rows[: office.rng.randint(1, 2)]
    return "" if promises.make_promises(visits=[row.pk for row in rows], actor=office.actor) else "none"


def release(office: WalkOffice) -> str:
    """One who was called takes it back; somebody is called first where nobody was."""
    firm = Visit.objects.filter(promised=True, state=VisitState.PUBLISHED).order_by("pk")
    if not firm.exists():
        promise(office)
    visit, reason = office.pick(firm.all()), office.rng.choice(list(ReleaseReason))
    if visit and promises.release_promise(visit=visit.pk, reason=reason, actor=office.actor):
        return ""
    return "none"


def tell_called_off(office: WalkOffice) -> str:
    visit = office.pick(called_off_visits.called_off_visits().order_by("pk"))
    return "" if visit and call_offs.note_told(visit=visit, actor=office.actor) else "none"


def give_called_off_back(office: WalkOffice) -> str:
    """The page's button "antrean": the visit is cancelled, and its need waits."""
    visit = office.pick(called_off_visits.called_off_visits().select_related("need").order_by("pk"))
    if visit is None:
        return "none"
    taking_out.return_to_queue(visit=visit, actor=office.actor)
    return ""
