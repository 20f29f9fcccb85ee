"""Possible duplicates: the same NIK, or a similar name with enough that speaks for one person: birth date, village,
phone.

Only proposals; the coordinator decides. `python -m tests.bench.names` measures them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from outreach.enums import UNFINISHED_NEEDS, RequestState
from outreach.lib.births import DAY_KNOWN, birth_range
from outreach.lib.names import ALIKE, count_telling_words, name_likeness
from outreach.models import Need, Resident, VisitRequest

ResidentOrRequest = Resident | VisitRequest
MOST = 10
CODES = ("nik", "name", "birth_date", "village", "phone")
CERTAIN, ENOUGH = 50.0, 6.5  # bits of evidence
YEAR_ONLY = {(1, 1), (12, 31)}
NEARLY = 0.6  # names less alike than this are two persons' names


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


def _dates_alike(one: date, other: date) -> bool:
    """Whether the dates are equal, differ in one part only, have day and month swapped, or one is no more than the
    year (1 January or 31 December, as registers write it)."""
    if one.year == other.year and {(one.month, one.day), (other.month, other.day)} & YEAR_ONLY:
        return True
    same = (one.day == other.day) + (one.month == other.month) + (one.year == other.year)
    swapped = (one.day, one.month, one.year) == (other.month, other.day, other.year)
    return same >= 2 or swapped


def _weigh_births(asked: VisitRequest, person: ResidentOrRequest) -> float:
    """Evidence of the birth dates, in bits. A date of which only the year or the month is known agrees with every
    day that it leaves open."""
    if asked.birth_date is None or person.birth_date is None:
        return 0.0
    if asked.birth_basis in DAY_KNOWN and person.birth_basis in DAY_KNOWN:
        same, alike = asked.birth_date == person.birth_date, _dates_alike(asked.birth_date, person.birth_date)
    else:
        first, last = birth_range(asked.birth_date, asked.birth_basis)
        begin, end = birth_range(person.birth_date, person.birth_basis)
        same, alike = False, first <= end and begin <= last
    near = abs(asked.birth_date.year - person.birth_date.year) < 2
    return 8.0 if same else 4.0 if alike else -3.0 if near else -7.0  # registers differ by a year easily


def _weigh_names(one: str, other: str, alike: float) -> float:
    """Evidence of the names, in bits: the more words agree that tell people apart, the more it is."""
    telling = min(count_telling_words(one), count_telling_words(other))
    agree = 7.0 if alike >= 0.97 else 5.5 if alike >= 0.9 else 4.0 if alike >= ALIKE else 1.0
    return agree + (-3.0, -1.0, 1.0, 2.5)[min(telling, 3)]


def _weigh_facts(asked: VisitRequest, person: ResidentOrRequest) -> dict[str, float]:
    """Evidence in bits for and against the same person, by code. What one of them lacks says nothing.

    About log2 of how much oftener a fact agrees (or differs) among pairs of one person, with slips of the pen,
    than among neighbours and relatives, who share villages and phones.
    """
    found: dict[str, float] = {"village": 4.0 if asked.village_id == person.village_id else -3.0}
    found["birth_date"] = _weigh_births(asked, person)
    if asked.phone_index and person.phone_index:
        found["phone"] = 4.0 if asked.phone_index == person.phone_index else -1.5
    if asked.nik_index and person.nik_index:
        found["nik"] = CERTAIN if asked.nik_index == person.nik_index else -6.0
    return found


def compare_person(asked: VisitRequest, person: ResidentOrRequest) -> DuplicateCandidate | None:
    """`person` as a candidate for the request; None if too little speaks for it.

    The same NIK is enough. Else the names must be alike, or nearly, and the evidence of all facts must reach
    `ENOUGH`.
    """
    alike = name_likeness(asked.name, person.name)
    facts = _weigh_facts(asked, person)
    score = _weigh_names(asked.name, person.name, alike) + sum(facts.values())
    agreeing = {code for code, bits in facts.items() if bits > 0} | ({"name"} if alike >= ALIKE else set())
    if "nik" not in agreeing and (alike < NEARLY or score < ENOUGH):
        return None
    return DuplicateCandidate(
        person=person, why=tuple(code for code in CODES if code in agreeing), score=score
    )


def _filter_comparable(asked: Iterable[VisitRequest], *, wide: bool) -> Q:
    """Filter for rows worth comparing. `wide` also includes whole villages: for one request at a time. Else of
    the village those whose birth date is alike or unknown."""
    rows = list(asked)
    near = Q(nik_index__in=[row.nik_index for row in rows if row.nik_index])
    near |= Q(birth_date__in=[row.birth_date for row in rows if row.birth_date])
    near |= Q(phone_index__in=[row.phone_index for row in rows if row.phone_index])
    near |= Q(name_key__in=[row.name_key for row in rows if row.name_key])
    if wide:
        return near | Q(village__in=[row.village_id for row in rows])
    for row in rows:
        near |= Q(village=row.village_id) & _filter_births_alike(row.birth_date)
    return near


def _filter_births_alike(born: date | None) -> Q:
    """Filter for birth dates that may be alike: of the same year, of the same day in another year, or unknown."""
    if born is None:
        return Q()
    return (
        Q(birth_date__isnull=True)
        | Q(birth_date__range=(date(born.year, 1, 1), date(born.year, 12, 31)))
        | Q(birth_date__month=born.month, birth_date__day=born.day)
    )


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
    fields = ("name", "name_key", "birth_date", "birth_basis", "village_id", "nik_index", "phone_index")
    people: list[ResidentOrRequest] = [
        *Resident.objects.filter(near).only(*fields),
        *_waiting_requests().filter(near).only(*fields),
    ]
    return {
        row.pk
        for row in asked
        if any(person.pk != row.pk and compare_person(row, person) for person in people)
    }
