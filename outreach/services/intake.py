"""Intake: a filled form becomes a request exactly once, also if it is sent twice, reloaded or sent in
parallel.

Every request enters the queue. Duplicates are for the coordinator to see, never a reason to refuse.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from outreach import vault
from outreach.enums import Relation, RequestState, ResidentKind, Sex, Skill
from outreach.lib import reference
from outreach.lib.nik import NumberError, parse_family_card, parse_nik
from outreach.lib.phone import PhoneError, parse_phone
from outreach.lib.times import Window, WindowError, age_on, merge_windows
from outreach.models import ConsentRecord, Village, VisitRequest
from outreach.services import log

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


def is_too_young(born: date | None, *, married: bool, today: date) -> bool:
    """Whether the person is too young to be recorded."""
    return born is not None and not married and age_on(born, today) < MINIMUM_AGE


def list_problems(data: Intake, *, today: date) -> dict[str, str]:
    """The errors of the data, {field: code}; empty if it is valid."""
    found: dict[str, str] = {}
    if not data.name.strip():
        found["name"] = "missing"
    if data.birth_date and (data.birth_date > today or age_on(data.birth_date, today) > 130):
        found["birth_date"] = "impossible"
    elif is_too_young(data.birth_date, married=data.married, today=today):
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


def _new_request(form_token: str, data: Intake, today: date) -> VisitRequest:
    nik = parse_nik(data.nik, today=today).text if data.nik else ""
    phone = parse_phone(data.phone) if data.phone else ""
    row = VisitRequest(
        reference=reference.new_reference(),
        form_token=form_token,
        key=vault.create_person_key(),
        relation=data.relation,
        name=" ".join(data.name.split()),
        birth_date=data.birth_date,
        sex=data.sex or "",
        kind=data.kind,
        married=data.married,
        village=data.village,
        address=data.address.strip(),
        rt=data.rt,
        rw=data.rw,
        infectious=data.infectious,
        windows=merge_windows(data.windows),
        weekdays=sorted(set(data.weekdays)),
        not_before=data.not_before if data.not_before and data.not_before > today else None,
        deadline=data.deadline,
        skills=sorted({str(skill) for skill in data.skills}),
        nik_index=vault.blind_index("nik", nik),
        phone_index=vault.blind_index("phone", phone),
        made_up=data.made_up,
    )
    for name, text in (
        ("nik", nik),
        ("family_card", parse_family_card(data.family_card) if data.family_card else ""),
        ("phone", phone),
        ("applicant_name", data.applicant_name.strip()),
        ("health", data.health.strip()),
    ):
        vault.seal_field(row, name, text)
    if phone:
        row.phone_tail_index = vault.blind_index("phone_tail", f"{row.pk}:{phone[-4:]}")
    else:
        row.code_index = vault.blind_index("code", vault.status_code(row))
    row.save(force_insert=True)
    return row


def submit_request(*, form_token: str, data: Intake, consent: Consent) -> SubmittedRequest:
    """Store the request with its consent and log row. The same `form_token` again returns the first request.

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
            row = _new_request(form_token, data, today)
            ConsentRecord.objects.create(
                request=row,
                text_version=consent.text_version,
                text_sha256=consent.text_sha256,
                given_by=data.relation,
                given_at=timezone.now(),
            )
            log.write_log(
                actor="public", action="request_received", subject=row, to_state=RequestState.RECEIVED
            )
    except IntegrityError:
        # a twin of this very form was quicker; anything else is raised again by `get`
        return SubmittedRequest(VisitRequest.objects.get(form_token=form_token), made=False)
    return SubmittedRequest(row, made=True)
