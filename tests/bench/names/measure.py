"""What triage would propose of made pairs, with its own rules and its own choice of rows to compare."""

from collections import Counter
from dataclasses import dataclass, field

from outreach.lib.names import fold_name, fold_search
from outreach.models import Resident, VisitRequest
from outreach.selectors.duplicates import weigh_evidence
from tests.bench.names.people import Pair, Record


def _facts(record: Record) -> dict[str, object]:
    # an index says only whether two numbers are the same, so the number itself may stand for it
    return {
        "name": record.name,
        "name_key": fold_name(record.name),
        "birth_date": record.born,
        "village_id": record.village,
        "nik_index": record.nik,
        "phone_index": record.phone,
    }


def is_compared(asked: VisitRequest, person: Resident) -> bool:
    """Whether triage would look at the person at all: a common NIK, date or phone, or a common folded name or village
    where the birth dates may be one; in the village also the same words."""

    def same(*keys: str) -> bool:
        return any(getattr(asked, key) and getattr(asked, key) == getattr(person, key) for key in keys)

    one, other = asked.birth_date, person.birth_date
    alike = (
        one is None
        or other is None
        or abs(one.year - other.year) < 2
        or (one.month, one.day) == (other.month, other.day)
    )
    words = all(word in person.name_key for word in fold_search(asked.name))
    return same("nik_index", "birth_date", "phone_index") or (
        same("name_key", "village_id") and (alike or (words and same("village_id")))
    )


def is_proposed(pair: Pair) -> bool:
    asked, person = VisitRequest(**_facts(pair.first)), Resident(**_facts(pair.second))
    return is_compared(asked, person) and weigh_evidence(asked, person) is not None


@dataclass
class Measured:
    """Counts of proposals among the pairs of one person and of two people."""

    found: int = 0
    missed: list[Pair] = field(default_factory=list)
    wrong: list[Pair] = field(default_factory=list)
    different: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        return self.found / (self.found + len(self.missed))

    @property
    def precision(self) -> float:
        return self.found / (self.found + len(self.wrong))


def measure_pairs(pairs: list[Pair]) -> Measured:
    measured = Measured()
    for pair in pairs:
        proposed = is_proposed(pair)
        if pair.same and proposed:
            measured.found += 1
        elif pair.same:
            measured.missed.append(pair)
        else:
            measured.different[pair.kind] += 1
            if proposed:
                measured.wrong.append(pair)
    return measured
