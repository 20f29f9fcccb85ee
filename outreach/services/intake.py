"""Intake: a filled form becomes a request exactly once, also if it is sent twice, reloaded or sent in
parallel.

Every request enters the queue. Duplicates are for the coordinator to see, never a reason to refuse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from outreach import vault
from outreach.enums import Relation, RequestState, ResidentKind, Sex, Skill, Suspicion
from outreach.lib import reference
from outreach.lib.births import BirthBasis, ages_on
from outreach.lib.nik import NumberError, parse_family_card, parse_nik
from outreach.lib.phone import PhoneError, parse_phone
from outreach.lib.text import clean_line, clean_text
from outreach.lib.times import OLDEST, Window, WindowError, age_on, merge_windows
from outreach.models import ConsentRecord, Village, VisitRequest
from outreach.services import log

MARRIED_AGE = 12
MINIMUM_AGE = 16  # recorded from 16; the card is for those of 17, or married


class IntakeError(ValueError):
    """The data cannot become a request: {field: code}. The form checks the same before."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {code}" for name, code in problems.items()))
        self.problems = problems


@dataclass(frozen=True)
class Intake:
    """The data of a request. Texts as typed; empty `windows` and `weekdays` mean any."""

    relation: Relation
    name: str
    kind: ResidentKind
    village: Village
    birth_date: date | None = None
    birth_basis: BirthBasis = BirthBasis.EXACT
    sex: Sex | None = None
    married: bool = False
    nik: str = ""
    family_card: str = ""
    phone: str = ""
    applicant_name: str = ""
    address: str = ""
    rt: str = ""
    rw: str = ""
    health: str = ""
    infectious: bool = False
    windows: list[Window] = field(default_factory=list)
    weekdays: list[int] = field(default_factory=list)
    not_before: date | None = None
    deadline: date | None = None
    skills: list[Skill] = field(default_factory=list)
    made_up: bool = False


@dataclass(frozen=True)
class Consent:
    """The notice that was shown: its version and the hash of its text."""

    text_version: str
    text_sha256: str


@dataclass(frozen=True)
class SubmittedRequest:
    """The stored request; `made` is False if this form had become a request before."""

    request: VisitRequest
    made: bool


def is_too_young(born: date | None, *, basis: str = BirthBasis.EXACT, married: bool, today: date) -> bool:
    """Whether the person is certainly too young to be recorded. Nobody is married under `MARRIED_AGE`: the year
    is mistaken then."""
    least = MARRIED_AGE if married else MINIMUM_AGE
    return born is not None and ages_on(born, basis, today)[1] < least


def list_problems(data: Intake, *, today: date) -> dict[str, str]:
    """The errors of the data, {field: code}; empty if it is valid."""
    found: dict[str, str] = {}
    if not clean_line(data.name):
        found["name"] = "missing"
    if data.birth_date and (data.birth_date > today or age_on(data.birth_date, today) > OLDEST):
        found["birth_date"] = "impossible"
    elif is_too_young(data.birth_date, basis=data.birth_basis, married=data.married, today=today):
        found["birth_date"] = "too_young"
    try:
        if data.nik:
            parse_nik(data.nik, today=today)
    except NumberError as error:
        found["nik"] = error.code
    try:
        if data.family_card:
            parse_family_card(data.family_card)
    except NumberError as error:
        found["family_card"] = error.code
    try:
        if data.phone:
            parse_phone(data.phone)
    except PhoneError:
        found["phone"] = "phone"
    try:
        merge_windows(data.windows)
    except WindowError as error:
        found["windows"] = str(error)
    if any(day not in range(7) for day in data.weekdays):
        found["weekdays"] = "unknown"
    if data.deadline and data.deadline < today:
        found["deadline"] = "past"
    elif data.deadline and data.not_before and data.deadline < data.not_before:
        found["deadline"] = "order"
    return found


def _new_request(form_token: str, data: Intake, today: date, marks: Sequence[Suspicion]) -> VisitRequest:
    nik = parse_nik(data.nik, today=today).text if data.nik else ""
    phone = parse_phone(data.phone) if data.phone else ""
    row = VisitRequest(
        reference=reference.new_reference(),
        form_token=form_token,
        key=vault.create_person_key(),
        relation=data.relation,
        name=clean_line(data.name),
        birth_date=data.birth_date,
        birth_basis=data.birth_basis,
        sex=data.sex or "",
        kind=data.kind,
        married=data.married,
        village=data.village,
        address=clean_line(data.address),
        rt=clean_line(data.rt),
        rw=clean_line(data.rw),
        infectious=data.infectious,
        windows=merge_windows(data.windows),
        weekdays=sorted(set(data.weekdays)),
        not_before=data.not_before if data.not_before and data.not_before > today else None,
        deadline=data.deadline,
        skills=sorted({str(skill) for skill in data.skills}),
        nik_index=vault.blind_index("nik", nik),
        phone_index=vault.blind_index("phone", phone),
        made_up=data.made_up,
        marks=[str(mark) for mark in marks],
    )
    for name, text in (
        ("nik", nik),
        ("family_card", parse_family_card(data.family_card) if data.family_card else ""),
        ("phone", phone),
        ("applicant_name", clean_line(data.applicant_name)),
        ("health", clean_text(data.health)),
    ):
        vault.seal_field(row, name, text)
    vault.set_status_secret(row, phone)
    row.save(force_insert=True)
    return row


def submit_request(
    *,
    form_token: str,
    data: Intake,
    consent: Consent,
    marks: Sequence[Suspicion] = (),
    actor: str = "public",
) -> SubmittedRequest:
    """Store the request with its consent and log row. The same `form_token` again returns the first request.
    `marks`: what the coordinator should look at (request_limits.py). `actor`: who took it down, as the log has it.

    Raises `IntakeError` for data that our forms do not let through.
    """
    today = timezone.localdate()
    wrong = list_problems(data, today=today)
    if wrong:
        raise IntakeError(wrong)
    first = VisitRequest.objects.filter(form_token=form_token).first()
    if first:
        return SubmittedRequest(first, made=False)
    try:
        with transaction.atomic():
            row = _new_request(form_token, data, today, marks)
            ConsentRecord.objects.create(
                request=row,
                text_version=consent.text_version,
                text_sha256=consent.text_sha256,
                given_by=data.relation,
                given_at=timezone.now(),
            )
            log.write_log(actor=actor, action="request_received", subject=row, to_state=RequestState.RECEIVED)
    except IntegrityError:
        # a twin of this very form was quicker; anything else is raised again by `get`
        return SubmittedRequest(VisitRequest.objects.get(form_token=form_token), made=False)
    return SubmittedRequest(row, made=True)
