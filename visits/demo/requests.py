"""Requests of made-up people, submitted and accepted through the real services."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from outreach import notice
from outreach.enums import Relation, RequestState, Urgency
from outreach.models import Progress, Resident, Village, VisitRequest
from outreach.services import intake, log, triage
from visits.demo import people
from visits.demo.people import MadeUpPerson

AT_ONCE = 100  # requests in one transaction: SQLite waits for the disk once
IN_THE_QUEUE = 12
FIRST_IN_THE_QUEUE = 9000  # their numbers among the people, far from those of the others


@dataclass(frozen=True, kw_only=True)
class DemoRequests:
    """How many requests were made by this call (none by a repeat), and how many wait for the coordinator."""

    made: int
    waiting: int


def holds_real_data() -> bool:
    """Whether anybody in this database is not made up."""
    return (
        Resident.objects.filter(made_up=False).exists() or VisitRequest.objects.filter(made_up=False).exists()
    )


def ask_for_visits(*, needs: int, seed: int, user: AbstractBaseUser) -> DemoRequests:
    """`needs` accepted requests, and some in the coordinator's queue. A repeat with the same seed adds
    nobody."""
    today = timezone.localdate()
    villages = list(Village.objects.select_related("district"))
    accepted = people.make_people(villages=villages, count=needs, seed=seed, today=today)
    waiting = _make_queue(accepted, villages, seed, today)
    tokens = set(VisitRequest.objects.filter(made_up=True).values_list("form_token", flat=True))
    fresh = [
        (f"contoh-{seed}-{number}", person)
        for number, person in enumerate(accepted)
        if f"contoh-{seed}-{number}" not in tokens
    ]
    for start in range(0, len(fresh), AT_ONCE):
        with transaction.atomic():
            for token, person in fresh[start : start + AT_ONCE]:
                request = _submit_request(token, person)
                triage.accept_request(
                    request=request, decision=_make_decision(person), actor=log.actor_of(user)
                )
                _decided_soon(request, person)
    with transaction.atomic():
        for number, person in enumerate(waiting):
            _submit_request(f"contoh-{seed}-antre-{number}", person)
    queue = VisitRequest.objects.filter(state=RequestState.RECEIVED).count()
    return DemoRequests(made=len(fresh), waiting=queue)


def _submit_request(token: str, person: MadeUpPerson) -> VisitRequest:
    """Submit one request and backdate it."""
    consent = intake.Consent(text_version=notice.notice_version(), text_sha256=notice.notice_sha256())
    submitted = intake.submit_request(form_token=token, data=person.intake, consent=consent)
    if submitted.made:
        received = submitted.request.received_at - timedelta(days=person.waiting_days)
        VisitRequest.objects.filter(pk=submitted.request.pk).update(received_at=received)
    return submitted.request


def _decided_soon(request: VisitRequest, person: MadeUpPerson) -> None:
    """Backdate the decision, and what the family reads of it, to one to three days after the request."""
    after = timedelta(days=min(person.waiting_days, 1 + person.waiting_days % 3), hours=-2)
    rows = VisitRequest.objects.filter(pk=request.pk)
    rows.update(decided_at=F("received_at") + after)
    decided = rows.values_list("decided_at", flat=True).get()
    Progress.objects.filter(source=f"request:{request.pk}").update(at=decided)


def _make_decision(person: MadeUpPerson) -> triage.Decision:
    data = person.intake
    return triage.Decision(
        kind=data.kind,
        urgency=person.urgency,
        skills=[str(skill) for skill in data.skills],
        not_before=data.not_before,
        deadline=data.deadline,
        point=person.pin,
    )


def _make_queue(
    accepted: Sequence[MadeUpPerson], villages: Sequence[Village], seed: int, today: date
) -> list[MadeUpPerson]:
    """Requests not yet decided: most of them plain, one with the NIK of an accepted neighbour, one for the
    same person without the NIK, one whose NIK and birth date disagree."""
    plain = people.make_people(
        villages=villages, count=IN_THE_QUEUE, seed=seed, today=today, first=FIRST_IN_THE_QUEUE
    )
    queue = [replace(person, waiting_days=person.waiting_days % 5) for person in plain]
    known = next((person for person in accepted if person.intake.nik and person.intake.birth_date), None)
    if known is not None:
        neighbour = replace(
            known.intake, relation=Relation.NEIGHBOUR, applicant_name=f"Tetangga {people.LABEL}"
        )
        queue[0] = replace(known, intake=neighbour, waiting_days=1, urgency=Urgency.NORMAL)
        queue[1] = replace(known, intake=replace(neighbour, nik="", phone=""), waiting_days=0)
    disagreeing = next(person for person in queue[2:] if person.intake.nik and person.intake.birth_date)
    born = disagreeing.intake.birth_date
    assert born is not None
    other = replace(disagreeing.intake, birth_date=born.replace(day=1 if born.day > 1 else 2))
    queue[queue.index(disagreeing)] = replace(disagreeing, intake=other)
    return queue
