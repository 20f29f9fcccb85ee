"""A decree's table of old and new codes: who lives in a renumbered, merged or split village moves with it.

Each pair is carried out once, however often the table is given: a chain (A becomes B while B becomes C) moves
nobody twice.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.utils import timezone

from outreach.enums import LocationSource
from outreach.lib import geo
from outreach.lib.region_tables import decode_text, read_pairs
from outreach.lib.regionfiles import VILLAGES, RegionError, RegionFiles
from outreach.models import LogEntry, Resident, Village, VisitRequest
from outreach.services import log

AT_ONCE = 500
Pair = tuple[str, str]


@dataclass
class MovedVillage:
    """What one pair moved. `guessed` of the residents and requests have no point of their own that says in which
    part of a split village they live; they went to the pair that stands first."""

    old: str
    new: str
    residents: int = 0
    requests: int = 0
    guessed: int = 0


@dataclass
class Renumbering:
    """The pairs of a table that are still to be done, in its order, and those that were done before."""

    pairs: list[Pair] = field(default_factory=list)
    done: list[Pair] = field(default_factory=list)
    sha256: str = ""

    def targets(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for old, new in self.pairs:
            found.setdefault(old, []).append(new)
        return found


def _expand_districts(pairs: Iterable[Pair]) -> list[Pair]:
    """Pairs of villages: a pair of districts stands for their villages, which keep their last digits."""
    listed = list(pairs)
    named = {old for old, _new in listed}
    found = []
    for old, new in listed:
        if len(old) == len(new) == 8:
            villages = Village.objects.filter(code__startswith=f"{old}.").exclude(code__in=named)
            codes = villages.order_by("code").values_list("code", flat=True)
            found += [(code, f"{new}{code[8:]}") for code in codes]
        else:
            found.append((old, new))
    return found


def _list_done() -> set[Pair]:
    rows = LogEntry.objects.filter(action="village_renumbered").values_list("detail", flat=True)
    return {(detail["old"], detail["new"]) for detail in rows}


def read_renumbering(path: Path, *, region: RegionFiles) -> Renumbering:
    """The table of old and new codes. Raises `RegionError` for pairs that fit neither the files nor the database."""
    if not path.is_file():
        raise RegionError([f"Berkas {path.name} tidak ada. Periksa namanya."])
    content = path.read_bytes()
    pairs, problems = read_pairs(decode_text(content) or "", file=path.name)
    known, done = set(Village.objects.values_list("code", flat=True)), _list_done()
    found = Renumbering(sha256=hashlib.sha256(content).hexdigest())
    for old, new in _expand_districts(pairs):
        if (old, new) in done:
            found.done.append((old, new))
        elif new not in region.villages:
            problems.append(f"{path.name}: kode baru {new} tidak ada di {VILLAGES}.")
        elif old not in known:
            problems.append(f"{path.name}: kode lama {old} tidak ada di basis data.")
        elif old != new or sum(one == old for one, _other in pairs) > 1:
            found.pairs.append((old, new))
    if problems:
        raise RegionError(problems)
    return found


def _choose_part(targets: list[str], region: RegionFiles, *, latitude: float, longitude: float) -> str | None:
    """The part of a split village that holds a point; None if none of them does."""
    for code in targets:
        boundary = region.villages[code]["boundary"]
        if boundary and geo.contains_point(boundary, latitude=latitude, longitude=longitude):
            return code
    return None


class _Moves:
    """Where each row goes, worked out before any is moved."""

    def __init__(self, renumbering: Renumbering) -> None:
        self.counts = {pair: MovedVillage(*pair) for pair in renumbering.pairs}
        self.residents: dict[Pair, list[UUID]] = {pair: [] for pair in renumbering.pairs}
        self.requests: dict[Pair, list[UUID]] = {pair: [] for pair in renumbering.pairs}

    def add(self, rows: dict[Pair, list[UUID]], pair: Pair, pk: UUID, *, guessed: bool) -> None:
        rows[pair].append(pk)
        self.counts[pair].guessed += guessed


def _plan_moves(renumbering: Renumbering, region: RegionFiles) -> _Moves:
    moves, homes = _Moves(renumbering), {}
    targets = renumbering.targets()
    residents = Resident.objects.select_for_update().filter(village__in=targets).order_by("pk")
    fields = ("pk", "village_id", "location_source", "latitude", "longitude")
    for pk, old, source, latitude, longitude in residents.values_list(*fields):
        parts = targets[old]
        part = None
        if len(parts) > 1 and source != LocationSource.VILLAGE:
            part = _choose_part(parts, region, latitude=latitude, longitude=longitude)
        homes[pk] = part or parts[0]
        moves.add(moves.residents, (old, homes[pk]), pk, guessed=len(parts) > 1 and part is None)
    requests = VisitRequest.objects.select_for_update().filter(village__in=targets).order_by("pk")
    for pk, old, resident in requests.values_list("pk", "village_id", "resident_id"):
        parts = targets[old]
        part = homes.get(resident)
        moves.add(
            moves.requests,
            (old, part if part in parts else parts[0]),
            pk,
            guessed=len(parts) > 1 and part is None,
        )
    return moves


def _carry_sessions(*, old: str, village: Village, actor: str) -> None:
    """Village sessions to come, which stand in the log alone, are held in the new village; cancelled ones are not."""
    rows = LogEntry.objects.filter(
        action__in=("session_accepted", "session_cancelled"),
        subject_type=Village._meta.label_lower,
        subject_id=old,
        detail__date__gte=timezone.localdate().isoformat(),
    )
    for action, detail in rows.order_by("id").values_list("action", "detail"):
        log.write_log(actor=actor, action=action, subject=village, detail=detail | {"from": old})


def move_people(renumbering: Renumbering, *, region: RegionFiles, actor: str) -> list[MovedVillage]:
    """Move residents and requests to the new codes; needs, visits and plans go with their residents.

    Call in the transaction that loads the region, once the new villages are stored and before the old ones go. A
    resident without a located home gets the new village's point.
    """
    moves = _plan_moves(renumbering, region)
    for pair, moved in moves.counts.items():
        village = Village.objects.only("code", "latitude", "longitude").get(code=pair[1])
        for model, pks in ((Resident, moves.residents[pair]), (VisitRequest, moves.requests[pair])):
            for start in range(0, len(pks), AT_ONCE):
                model._default_manager.filter(pk__in=pks[start : start + AT_ONCE]).update(village=village)
        for start in range(0, len(moves.residents[pair]), AT_ONCE):
            Resident.objects.filter(
                pk__in=moves.residents[pair][start : start + AT_ONCE], location_source=LocationSource.VILLAGE
            ).update(latitude=village.latitude, longitude=village.longitude)
        moved.residents, moved.requests = len(moves.residents[pair]), len(moves.requests[pair])
        detail = {
            "old": pair[0],
            "new": pair[1],
            "residents": moved.residents,
            "requests": moved.requests,
            "guessed": moved.guessed,
            "file_sha256": renumbering.sha256,
        }
        log.write_log(actor=actor, action="village_renumbered", subject=village, detail=detail)
        _carry_sessions(old=pair[0], village=village, actor=actor)
    return list(moves.counts.values())
