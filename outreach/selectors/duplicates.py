"""Possible duplicates: the same NIK, or a similar name with enough that speaks for one person: birth date, village,
phone.

Only proposals; the coordinator decides. `python -m tests.bench.names` measures them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, reduce
from operator import and_
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Model, Prefetch, Q, QuerySet
from rapidfuzz.distance import LCSseq

from outreach.enums import UNFINISHED_NEEDS, RequestState
from outreach.lib.births import DAY_KNOWN, birth_range
from outreach.lib.names import ALIKE, count_telling_words, fold_search, name_likeness
from outreach.models import Need, Resident, VisitRequest

ResidentOrRequest = Resident | VisitRequest
MOST = 10
CODES = ("nik", "name", "birth_date", "village", "phone")
CERTAIN, ENOUGH = 50.0, 6.5  # bits of evidence
YEAR_ONLY = {(1, 1), (12, 31)}
BEST_NAME = 9.5  # the most that names can say (`_weigh_names`)
BEST_NEARLY = 3.5  # the most that names can say which are not `ALIKE`
SHARED, SHARED_ALIKE = 0.6, 0.7  # of the letters that nearly like, and like, names have in common
_INITIAL = re.compile(r"\b[^\W\d_]\b")
NEARLY = 0.6  # names less alike than this are two persons' names


class FactRow(Protocol):
    """What is compared of a person."""

    pk: Any
    name: Any
    name_key: Any
    birth_date: Any
    birth_basis: Any
    village_id: Any
    nik_index: Any
    phone_index: Any


Facts = ResidentOrRequest | FactRow


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


def _weigh_births(asked: VisitRequest, person: Facts) -> float:
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


def _weigh_facts(asked: VisitRequest, person: Facts) -> dict[str, float]:
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


def weigh_evidence(asked: VisitRequest, person: Facts) -> tuple[float, tuple[str, ...]] | None:
    """The score of a person and why; None if too little speaks for it.

    The same NIK is enough. Else the names must be alike, or nearly, and the evidence of all facts must reach
    `ENOUGH`. What names could add at most is looked at first, and whether they share their letters: both cost little.
    """
    facts = _weigh_facts(asked, person)
    same_nik, bits = facts.get("nik", 0) == CERTAIN, sum(facts.values())
    if not same_nik:
        shared = SHARED if bits + BEST_NEARLY >= ENOUGH else SHARED_ALIKE
        if bits + BEST_NAME < ENOUGH:
            return None
        short = _INITIAL.search(asked.name) or _INITIAL.search(
            person.name
        )  # stands for letters that are not there
        if not short and _share_letters(asked.name_key, person.name_key) < shared:
            return None
    alike = name_likeness(asked.name, person.name)
    score = _weigh_names(asked.name, person.name, alike) + bits
    if not same_nik and (alike < NEARLY or score < ENOUGH):
        return None
    agreeing = {code for code, found in facts.items() if found > 0} | ({"name"} if alike >= ALIKE else set())
    return score, tuple(code for code in CODES if code in agreeing)


def _share_letters(one: str, other: str) -> float:
    """Which share of the letters of the shorter folded name is in the longer one, in whatever order."""
    return LCSseq.similarity(_sort_letters(one), _sort_letters(other)) / max(1, min(len(one), len(other)))


@lru_cache(maxsize=8192)
def _sort_letters(key: str) -> str:
    return "".join(sorted(key))


COMPARED = ("pk", "name", "name_key", "birth_date", "birth_basis", "village_id", "nik_index", "phone_index")


def _filter_comparable(asked: Iterable[VisitRequest], *, years: int) -> Q:
    """Filter for rows that may be the person of one of these requests: nearly all for which `weigh_evidence` can find
    enough evidence, in as few rows as can be said by indexes.

    `years`: by how many years apart birth dates in one village may be. A name alone is enough for nobody whose birth
    date is known to be another, but in the same village, where all words of a telling name must be the same.
    """
    rows = list(asked)
    near = Q(nik_index__in=[row.nik_index for row in rows if row.nik_index])
    near |= Q(birth_date__in=[row.birth_date for row in rows if row.birth_date])
    near |= Q(phone_index__in=[row.phone_index for row in rows if row.phone_index])
    for row in rows:
        alike = _filter_births_alike(row.birth_date, years)
        near |= Q(village=row.village_id) & alike
        if row.birth_date and count_telling_words(row.name) >= 3:
            near |= Q(village=row.village_id) & _filter_same_words(row)
        if row.name_key:
            near |= Q(name_key=row.name_key) & _filter_births_alike(row.birth_date, 1)
    return near


def _filter_births_alike(born: date | None, years: int) -> Q:
    """Filter for birth dates that may be alike or a slip of the pen apart: of the same year or so many `years` beside
    it, of the same day in another year, or unknown."""
    if born is None:
        return Q()
    return (
        Q(birth_date__isnull=True)
        | Q(birth_date__range=(date(born.year - years, 1, 1), date(born.year + years, 12, 31)))
        | Q(birth_date__in=_list_birthdays(born))
    )


def _list_birthdays(born: date) -> list[date]:
    """The same day of the years that a slip of the pen makes of one: some years off, another decade or century, or
    two digits swapped. An index finds them."""
    found = []
    for years in {*range(-9, 10), *range(-100, 110, 10), *range(-81, 90, 9)}:
        with suppress(ValueError):  # 29 February
            found.append(born.replace(year=born.year + years))
    return found


def _filter_same_words(asked: VisitRequest) -> Q:
    """Filter for names with the same words in any order."""
    return reduce(and_, (Q(name_key__contains=word) for word in fold_search(asked.name)))


def _waiting_requests() -> QuerySet[VisitRequest]:
    return VisitRequest.objects.filter(state=RequestState.RECEIVED)


def find_duplicates(asked: VisitRequest) -> list[DuplicateCandidate]:
    """Residents (with their unfinished needs loaded) and waiting requests that may be the same person, best
    first."""
    near = _filter_comparable([asked], years=1)
    near_requests = _waiting_requests().filter(near).exclude(pk=asked.pk)
    found = [
        (*evidence, kind, person.pk)
        for kind, rows in ((Resident, Resident.objects.filter(near)), (VisitRequest, near_requests))
        for person in _read_facts(rows)
        if (evidence := weigh_evidence(asked, person))
    ]
    return _load_shown(sorted(found, key=lambda one: -one[0])[:MOST])


def _read_facts(rows: QuerySet[Any]) -> Iterator[Facts]:
    """What is compared of each row, without the row."""
    return rows.order_by().values_list(*COMPARED, named=True).iterator(chunk_size=2000)


def _load_shown(
    found: Sequence[tuple[float, tuple[str, ...], type[Model], UUID]],
) -> list[DuplicateCandidate]:
    """The candidates with whole rows, villages and unfinished needs."""
    unfinished = Need.objects.filter(state__in=UNFINISHED_NEEDS)
    residents = Resident.objects.select_related("village").defer("village__boundary")
    residents = residents.prefetch_related(Prefetch("needs", queryset=unfinished, to_attr="unfinished"))
    requests = VisitRequest.objects.select_related("village").defer("village__boundary")
    rows: dict[UUID, ResidentOrRequest] = {
        **residents.in_bulk([pk for _score, _why, kind, pk in found if kind is Resident]),
        **requests.in_bulk([pk for _score, _why, kind, pk in found if kind is VisitRequest]),
    }
    return [DuplicateCandidate(person=rows[pk], why=why, score=score) for score, why, _kind, pk in found]


def find_marked_ids(asked: Sequence[VisitRequest]) -> set[object]:
    """The ids of the requests that may be duplicates, in two queries for a whole list."""
    near = _filter_comparable(asked, years=0)
    beside: dict[tuple[str, object], list[Facts]] = {}
    for rows in (Resident.objects.filter(near), _waiting_requests().filter(near)):
        for person in _read_facts(rows):
            for fact in _list_facts(person):
                beside.setdefault(fact, []).append(person)
    return {
        row.pk
        for row in asked
        if any(
            person.pk != row.pk and weigh_evidence(row, person)
            for fact in _list_facts(row)
            for person in beside.get(fact, ())
        )
    }


def _list_facts(person: Facts) -> list[tuple[str, object]]:
    """What leads from one person to another: what both have."""
    names = ("village_id", "birth_date", "nik_index", "phone_index", "name_key")
    return [(name, value) for name in names if (value := getattr(person, name))]
