"""Doors of teams and families: what tablets report, now and late, and what families ask for, with triage."""

from datetime import timedelta
from typing import Any

from outreach.enums import ClosedReason, NeedState, RequestState, Urgency
from outreach.models import Need, VisitRequest
from outreach.services import triage, undoing
from tests.support import clock
from tests.support.walks.office import Sent, WalkOffice
from visits.api import throttles
from visits.enums import OPEN_VISITS, Outcome, VisitState
from visits.models import Visit
from visits.schedule.plans import taking_out


def _pick_team(office: WalkOffice) -> tuple[int, Sent]:
    team: int = office.rng.choice(sorted(office.tablets))
    throttles.reset_counts()
    return team, office.tablets[team]


def _send(sent: Sent, *events: dict[str, Any]) -> str:
    sent.events.extend(events)
    results = sent.tablet.events(*events)
    return " ".join(sorted({row["result"] for row in results}))


def speak(office: WalkOffice) -> str:
    """A tablet asks for its days: it is heard of."""
    _team, sent = _pick_team(office)
    return str(sent.tablet.call("GET", "/days").status)


def set_out(office: WalkOffice) -> str:
    team, sent = _pick_team(office)
    day = clock.today().isoformat()
    return _send(sent, sent.tablet.event("departed", officer=office.officer_of(team), day=day))


def _next_visit(office: WalkOffice, team: int) -> Visit | None:
    rows = Visit.objects.filter(shift__team=team, shift__date=clock.today(), state__in=OPEN_VISITS).order_by(
        "sequence"
    )
    first = rows.first()
    return first if office.rng.random() < 0.85 else office.pick(rows)


def report(office: WalkOffice) -> str:
    """A team reports the next thing of its day, sometimes that it came an hour ago."""
    team, sent = _pick_team(office)
    visit = _next_visit(office, team)
    if visit is None:
        return "nothing to do"
    officer, name = office.officer_of(team), str(visit.pk)
    late = timedelta(minutes=office.rng.choice([0, 0, 0, 20, 60]))
    if visit.state == VisitState.PUBLISHED and office.rng.random() < 0.5:
        events = [sent.tablet.event("departed", visit=name, officer=officer)]
    elif visit.state in (VisitState.PUBLISHED, VisitState.TRAVELLING):
        events = [sent.tablet.event("arrived", visit=name, officer=officer)]
    else:
        what = office.rng.choice([Outcome.RECORDED, Outcome.RECORDED, *Outcome])
        events = [sent.tablet.event("outcome", visit=name, officer=officer, outcome=str(what))]
    for event in events:
        event["at"] = (clock.now() - late).isoformat(timespec="milliseconds")
    return _send(sent, *events)


def send_again(office: WalkOffice) -> str:
    """What a tablet kept comes again, all of it, as after a restore."""
    _team, sent = _pick_team(office)
    kept = sent.events[-40:]
    return " ".join(sorted({row["result"] for row in sent.tablet.events(*kept)})) if kept else "none"


# --- families


def ask(office: WalkOffice) -> str:
    """Somebody asks; most are accepted, some merged into a known person, some refused."""
    row = office.ask()
    chance = office.rng.random()
    if chance < 0.6:
        office.accept(row)
        return "accepted"
    if chance < 0.9:
        known = Need.objects.filter(state__in=(NeedState.OPEN, NeedState.PLANNED)).select_related("resident")
        need = office.pick(known.order_by("pk"))
        if need is not None:
            triage.merge_request(request=row, resident=need.resident, actor=office.actor)
            return "merged"
    triage.refuse_request(request=row, reason="Contoh", actor=office.actor)
    return "refused"


def undo(office: WalkOffice) -> str:
    states = (RequestState.ACCEPTED, RequestState.MERGED)
    row = office.pick(VisitRequest.objects.filter(state__in=states).order_by("pk"))
    return "" if row and undoing.undo_decision(request=row, actor=office.actor) else "none"


def close(office: WalkOffice) -> str:
    open_states = (NeedState.OPEN, NeedState.PLANNED, NeedState.REVIEW)
    need = office.pick(Need.objects.filter(state__in=open_states).order_by("pk"))
    reasons = (ClosedReason.DECEASED, ClosedReason.MOVED, ClosedReason.CANCELLED)
    if need is None:
        return "none"
    done = taking_out.close_need(need=need, reason=office.rng.choice(reasons), note="", user=office.user)
    return "" if done else "closed already"


def reopen(office: WalkOffice) -> str:
    """A need that was closed waits again; one is closed first where none is."""
    ended = Need.objects.filter(state__in=(NeedState.REVIEW, NeedState.CLOSED)).order_by("pk")
    if not ended.exists():
        close(office)
    need = office.pick(ended.all())
    return "" if need and triage.reopen_need(need=need, actor=office.actor) else "none"


def change_wishes(office: WalkOffice) -> str:
    need = office.pick(Need.objects.filter(state__in=triage.MAY_WISH).order_by("pk"))
    if need is None:
        return "none"
    done = triage.change_conditions(
        need=need,
        urgency=office.rng.choice(list(Urgency)),
        skills=office.rng.choice([[], [], ["iris"]]),
        not_before=None,
        deadline=None,
        weekdays=office.rng.choice([[], [], [1, 3]]),
        windows=office.rng.choice([[], [["08:00", "10:00"]], [["13:00", "15:00"]]]),
        actor=office.actor,
    )
    return "" if done else "not changed"
