"""Possible duplicates: the same NIK, or a similar name with a similar birth date or the same village.

Only proposals; the coordinator decides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from outreach.enums import UNFINISHED_NEEDS, RequestState
from outreach.lib.names import ALIKE, name_likeness
from outreach.models import Need, Resident, VisitRequest

ResidentOrRequest = Resident | VisitRequest
MOST = 10
CERTAIN = 2.0


@dataclass(frozen=True)
class DuplicateCandidate:
    """A resident, or a request in the queue, that may be the same person; `why` = codes, strongest first.

    Codes: "nik", "name", "birth_date", "village", "phone".
    """

    person: ResidentOrRequest
    why: tuple[str, ...]
    score: float

    @property
    def resident(self) -> Resident | None:
        return self.person if isinstance(self.person, Resident) else None

    @property
    def request(self) -> VisitRequest | None:
        return self.person if isinstance(self.person, VisitRequest) else None

    @property
    def same_nik(self) -> bool:
        return "nik" in self.why


def _dates_alike(one: date | None, other: date | None) -> bool:
    """Whether the dates are equal, differ in one part only, or have day and month swapped."""
    if one is None or other is None:
        return False
    same = (one.day == other.day) + (one.month == other.month) + (one.year == other.year)
    swapped = (one.day, one.month, one.year) == (other.month, other.day, other.year)
    return same >= 2 or swapped


def compare_person(asked: VisitRequest, person: ResidentOrRequest) -> DuplicateCandidate | None:
    """`person` as a candidate for the request; None if nothing speaks for it."""
    why: list[str] = []
    if asked.nik_index and asked.nik_index == person.nik_index:
        why.append("nik")
    alike = name_likeness(asked.name, person.name)
    name = alike >= ALIKE
    if name:
        why.append("name")
    if _dates_alike(asked.birth_date, person.birth_date):
        why.append("birth_date")
    if asked.village_id == person.village_id:
        why.append("village")
    if asked.phone_index and asked.phone_index == person.phone_index:
        why.append("phone")
    different_niks = asked.nik_index and person.nik_index and "nik" not in why
    enough = name and len(why) >= (3 if different_niks else 2)
    if not enough and "nik" not in why:
        return None
    score = CERTAIN * ("nik" in why) + alike + 0.5 * ("birth_date" in why) + 0.2 * ("village" in why)
    return DuplicateCandidate(person=person, why=tuple(why), score=score)


def _filter_comparable(asked: Iterable[VisitRequest], *, wide: bool) -> Q:
    """Filter for rows worth comparing. `wide` also includes whole villages: for one request at a time."""
    rows = list(asked)
    near = Q(nik_index__in=[row.nik_index for row in rows if row.nik_index])
    near |= Q(birth_date__in=[row.birth_date for row in rows if row.birth_date])
    if wide:
        near |= Q(village__in=[row.village_id for row in rows])
        near |= Q(phone_index__in=[row.phone_index for row in rows if row.phone_index])
    return near


def _waiting_requests() -> QuerySet[VisitRequest]:
    return VisitRequest.objects.filter(state=RequestState.RECEIVED)


def find_duplicates(asked: VisitRequest) -> list[DuplicateCandidate]:
    """Residents (with their unfinished needs loaded) and waiting requests that may be the same person, best
    first."""
    near = _filter_comparable([asked], wide=True)
    unfinished = Need.objects.filter(state__in=UNFINISHED_NEEDS)
    residents = (
        Resident.objects.filter(near)
        .select_related("village")
        .prefetch_related(Prefetch("needs", queryset=unfinished, to_attr="unfinished"))
    )
    requests = _waiting_requests().filter(near).exclude(pk=asked.pk).select_related("village")
    people: list[ResidentOrRequest] = [*residents, *requests]
    found = [candidate for person in people if (candidate := compare_person(asked, person))]
    return sorted(found, key=lambda candidate: -candidate.score)[:MOST]


def find_marked_ids(asked: Sequence[VisitRequest]) -> set[object]:
    """The ids of the requests that may be duplicates, in two queries for a whole list."""
    near = _filter_comparable(asked, wide=False)
    fields = ("name", "birth_date", "village_id", "nik_index", "phone_index")
    people: list[ResidentOrRequest] = [
        *Resident.objects.filter(near).only(*fields),
        *_waiting_requests().filter(near).only(*fields),
    ]
    return {
        row.pk
        for row in asked
        if any(person.pk != row.pk and compare_person(row, person) for person in people)
    }
