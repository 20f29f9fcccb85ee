"""Rows of made-up people and what became of their requests, the same for the same seed but for nonces.

Person number n came to the office n/N of the way through two years. Of ten people three have a need, and one more
asked without getting one. Every fourth need was visited by a team; of the others the newest wait.
"""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from outreach import vault
from outreach.lib import crypto, names, reference
from tests.bench.names.people import FIRST, MEN, WOMEN

LABEL = "(contoh)"
DAYS = 730
OPEN_SHARE = 17_000 / 300_000  # of all needs: those that wait, from the last weeks
OLD_OPEN = 75  # and one of so many older ones, too
RECEIVED_SHARE = 0.05  # of those who asked without getting a need
STOPS = 8  # homes of a team's day
Row = tuple[Any, ...]
Rows = dict[str, list[Row]]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How many people, how many teams, and when it is now."""

    people: int
    seed: int
    now: datetime
    villages: tuple[tuple[str, float, float], ...]
    weights: tuple[float, ...]
    shifts: dict[tuple[int, int], tuple[int, date]] = field(default_factory=dict)  # (team, day) -> id, date
    plans: dict[int, uuid.UUID] = field(default_factory=dict)  # by day
    devices: tuple[uuid.UUID, ...] = ()
    officers: tuple[int, ...] = ()

    @property
    def needs(self) -> int:
        return self.people // 10 * 3

    @property
    def visits(self) -> int:
        return self.needs // 4

    @property
    def teams(self) -> int:
        return max(2, round(self.people / 50_000))

    @property
    def days(self) -> int:
        """Working days on which teams went out, or will."""
        return -(-self.visits // (self.teams * STOPS))

    def moment(self, number: float) -> datetime:
        """When person `number` came."""
        return self.now - timedelta(days=DAYS) * (1 - number / self.people)

    def place(self, visit: int) -> tuple[int, int, int]:
        """Team, day and sequence of a visit, each from 0."""
        return visit // STOPS % self.teams, visit // (STOPS * self.teams), visit % STOPS


def make_id(kind: str, number: int, at: datetime) -> uuid.UUID:
    """A version-7 id that is known beforehand, ordered in time as the product's."""
    tail = uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}:{number}").int & ((1 << 76) - 1)
    value = int(at.timestamp() * 1000) << 80 | 0x7 << 76 | tail
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def visit_ids(scale: Scale, visit: int) -> tuple[uuid.UUID, uuid.UUID]:
    """The ids of a visit and of its need."""
    person = person_of_need(visit * 4)
    at = scale.moment(person)
    return make_id("visit", visit, at), make_id("need", visit * 4, at)


def person_of_need(need: int) -> int:
    return need // 3 * 10 + need % 3


@lru_cache(maxsize=200_000)
def _fold(name: str) -> str:
    return names.fold_name(name)[:120]


def _draw_name(rng: random.Random, sex: str) -> str:
    pool = WOMEN if sex == "female" else MEN
    words = [rng.choice(pool)]
    if rng.random() < 0.6:
        words.append(rng.choice(pool))
    if rng.random() < 0.3:
        words.insert(0, rng.choice(FIRST[sex[0]]))
    return f"{' '.join(words)} {LABEL}"


def _seal(key: bytes, table: str, name: str, pk: uuid.UUID, text: str) -> bytes | None:
    return crypto.encrypt_field(text.encode(), key=key, place=f"{table}.{name}.{pk}") if text else None


def _draw_birth(number: int, today: date) -> date:
    """No two people whose NIK has the same district and serial are born on one day."""
    youngest = 17 if number % 5 == 0 else 60
    return today - timedelta(days=youngest * 365 + (number // 10_000 * 241 + number % 10_000 * 53) % 12_000)


def _make_nik(number: int, born: date, sex: str) -> str:
    day = born.day + (40 if sex == "female" else 0)
    return f"3519{90 + number // 1000 % 10}{day:02d}{born:%m%y}{9000 + number % 1000}"


class Maker:
    """Makes the rows of a range of people."""

    def __init__(self, scale: Scale, first: int, last: int) -> None:
        self.scale, self.first, self.last = scale, first, last
        self._rng = random.Random(f"{scale.seed}:{first}")
        self._ring = vault.load_key_ring()
        self.rows: Rows = {}

    def make(self) -> Rows:
        for number in range(self.first, self.last):
            self._make_person(number)
        return self.rows

    def _add(self, table: str, *row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def _log(self, at: datetime, actor: str, action: str, subject: str, pk: Any, was: str, now: str) -> None:
        self._add("log", at, actor, action, subject, str(pk), was, now)

    def _make_key(self, number: int, kind: str, at: datetime) -> tuple[uuid.UUID, bytes]:
        pk, key = make_id(f"key-{kind}", number, at), crypto.new_aes_key()
        self._add("key", pk, self._ring.wrap(key, place=f"person:{pk}"), at)
        return pk, key

    def _make_person(self, number: int) -> None:
        rng, scale = self._rng, self.scale
        at, kind = scale.moment(number), number % 10
        sex = rng.choice(("female", "male"))
        ((code, latitude, longitude),) = rng.choices(scale.villages, scale.weights)
        born, name = _draw_birth(number, scale.now.date()), _draw_name(rng, sex)
        person = {
            "name": name,
            "born": born,
            "sex": sex,
            "kind": rng.choices(("elderly", "sick", "disabled", "mental_disorder"), (55, 20, 18, 7))[0],
            "village": code,
            "nik": _make_nik(number, born, sex) if rng.random() < 0.9 else "",
            "phone": f"0890{number:08d}" if rng.random() < 0.85 else "",
            "rt": f"{rng.randrange(1, 13):03d}",
            "rw": f"{rng.randrange(1, 6):03d}",
        }
        pk = make_id("resident", number, at)
        key = self._make_key(number, "resident", at)
        self._make_resident(pk, key, person, at, latitude, longitude)
        if kind < 3:
            self._make_need(number // 10 * 3 + kind, number, pk, key, person, at)
        elif kind == 3:
            self._make_other_request(number, person, at)

    def _make_resident(
        self, pk: uuid.UUID, key: tuple[uuid.UUID, bytes], person: dict[str, Any], at: datetime, *point: float
    ) -> None:
        rng, secret = self._rng, key[1]
        located = rng.random() < 0.6
        self._add(
            "resident",
            pk,
            key[0],
            person["name"],
            _fold(person["name"]),
            person["born"],
            person["sex"],
            person["kind"],
            person["kind"] == "sick" and rng.random() < 0.2,
            person["village"],
            f"Dusun Contoh {rng.randrange(1, 6)}",
            person["rt"],
            person["rw"],
            point[0] + rng.gauss(0, 0.004) * located,
            point[1] + rng.gauss(0, 0.004) * located,
            "pin" if located else "village",
            _seal(secret, "outreach_resident", "nik", pk, person["nik"]),
            self._ring.blind("nik", person["nik"]) if person["nik"] else None,
            _seal(secret, "outreach_resident", "phone", pk, person["phone"]),
            self._ring.blind("phone", person["phone"]) if person["phone"] else "",
            _seal(secret, "outreach_resident", "health", pk, "contoh, sulit berjalan"),
            rng.random() < 0.01,
            at,
            at,
        )

    def _make_request(
        self,
        number: int,
        key: tuple[uuid.UUID, bytes],
        person: dict[str, Any],
        at: datetime,
        *,
        state: str,
        resident: uuid.UUID | None = None,
        need: uuid.UUID | None = None,
    ) -> uuid.UUID:
        rng, secret, pk = self._rng, key[1], make_id("request", number, at)
        text = "".join(rng.choices(reference.ALPHABET, k=9))
        text += reference.check_character(text)
        decided = at + timedelta(hours=rng.randrange(2, 60))
        if decided > self.scale.now:
            decided = at
        by_whom = rng.choice(("self", "family", "neighbour", "village_officer"))
        phone = person["phone"]
        waits = state == "received"
        self._add(
            "request",
            pk,
            f"JB-{text[:5]}-{text[5:]}",
            f"contoh-besar-{number}",
            state,
            at,
            None if waits else decided,
            "contoh: bukan warga kabupaten ini" if state == "refused" else "",
            key[0],
            by_whom,
            person["name"],
            _fold(person["name"]),
            person["born"],
            person["sex"],
            person["kind"],
            person["village"],
            person["rt"],
            person["rw"],
            _seal(secret, "outreach_visitrequest", "nik", pk, person["nik"]),
            self._ring.blind("nik", person["nik"]) if person["nik"] else "",
            _seal(secret, "outreach_visitrequest", "phone", pk, phone),
            self._ring.blind("phone", phone) if phone else "",
            self._ring.blind("phone_tail", f"{pk}:{phone[-4:]}") if phone else "",
            "" if phone else self._ring.blind("code", _status_code(self._ring, pk)),
            _seal(secret, "outreach_visitrequest", "health", pk, "contoh, sulit berjalan"),
            resident,
            need,
            decided if need and state == "accepted" else None,
            self.scale.now.date() + timedelta(days=rng.randrange(3, 40))
            if waits and rng.random() < 0.1
            else None,
        )
        self._add("consent", pk, "2026-11", "0" * 64, by_whom, at)
        self._log(at, "public", "request_received", "outreach.visitrequest", pk, "", "received")
        if not waits:
            self._log(decided, "user:2", "request_moved", "outreach.visitrequest", pk, "received", state)
        return pk

    def _make_other_request(self, number: int, person: dict[str, Any], at: datetime) -> None:
        """A request that waits, was refused or cancelled, or was merged into the need of the person before."""
        rng = self._rng
        if number > self.scale.people * (1 - RECEIVED_SHARE):
            twin = rng.random() < 0.2  # of the resident that was just made
            asks = (
                person if twin else {**person, "nik": "", "phone": "", "name": _draw_name(rng, person["sex"])}
            )
            self._make_request(number, self._make_key(number, "request", at), asks, at, state="received")
            return
        state = rng.choices(("merged", "refused", "cancelled"), (50, 45, 5))[0]
        more: dict[str, Any] = {}
        if state == "merged":
            before = number - 1
            then = self.scale.moment(before)
            more = {
                "resident": make_id("resident", before, then),
                "need": make_id("need", before // 10 * 3 + before % 10, then),
            }
        self._make_request(number, self._make_key(number, "request", at), person, at, state=state, **more)

    def _make_need(
        self,
        need: int,
        number: int,
        resident: uuid.UUID,
        key: tuple[uuid.UUID, bytes],
        person: dict[str, Any],
        at: datetime,
    ) -> None:
        rng, scale, pk = self._rng, self.scale, make_id("need", need, at)
        request = self._make_request(number, key, person, at, state="accepted", resident=resident, need=pk)
        taken = min(scale.now, at + timedelta(hours=30))
        visit, state, reason = need // 4 if need % 4 == 0 else None, "closed", ""
        if visit is not None and visit < scale.visits:
            state, reason = self._make_visit(visit, pk, taken)
        elif need > scale.needs * (1 - OPEN_SHARE / 0.75) or need % OLD_OPEN == 1:
            state = "open"
        else:
            reason = rng.choice(("recorded_elsewhere", "moved", "deceased", "cancelled"))
        self._add(
            "need",
            pk,
            resident,
            "recording",
            state,
            rng.choices(("normal", "high", "hospital"), (78, 17, 5))[0],
            rng.choices(([], ["iris"], ["ramp"], ["woman_officer"]), (80, 10, 5, 5))[0],
            rng.choices(([], [["07:30", "11:00"]], [["13:00", "15:30"]]), (70, 20, 10))[0],
            scale.now.date() + timedelta(days=rng.randrange(3, 40))
            if state == "open" and rng.random() < 0.08
            else None,
            reason,
            at,
            taken,
        )
        self._add("progress", pk, "accepted", taken, None, None, f"request:{request}")
        self._log(taken, "user:2", "resident_made", "outreach.resident", resident, "", "")
        self._log(taken, "user:2", "need_made", "outreach.need", pk, "", "open")
        if state == "closed" and visit is None:
            end = min(scale.now, taken + timedelta(days=rng.randrange(5, 60)))
            self._add("progress", pk, "closed", end, None, None, f"need:{pk}")
            for was, now in (
                ("open", "planned"),
                ("planned", "open"),
                ("open", "review"),
                ("review", "open"),
            ):
                self._log(taken, "user:2", "need_moved", "outreach.need", pk, was, now)
            self._log(end, "user:2", "need_moved", "outreach.need", pk, "open", "closed")

    def _make_visit(self, visit: int, need: uuid.UUID, taken: datetime) -> tuple[str, str]:
        """The visit, what the tablet reported of it, its record; the need's state and why it was closed."""
        scale, rng = self.scale, self._rng
        team, day, sequence = scale.place(visit)
        shift, on = scale.shifts[team, day]
        pk = visit_ids(scale, visit)[0]
        begin = datetime.combine(on, datetime.min.time(), tzinfo=scale.now.tzinfo) + timedelta(
            minutes=480 + 50 * sequence
        )
        came = begin + timedelta(minutes=rng.randrange(-5, 15))
        over, today = on < scale.now.date(), scale.now.date()
        told = (begin - timedelta(minutes=15), begin + timedelta(minutes=30))
        self._add(
            "visit",
            pk,
            need,
            shift,
            "finished" if over else "published",
            1,
            sequence + 1,
            begin,
            begin,
            begin + timedelta(minutes=30),
            *told,
            came if over else None,
            "recorded" if over else "",
            came + timedelta(minutes=25) if over else None,
        )
        self._add(
            "progress",
            need,
            "planned",
            min(scale.now, begin - timedelta(days=3)),
            *told,
            f"plan:{scale.plans[day]}",
        )
        self._log(taken, "user:2", "need_moved", "outreach.need", need, "open", "planned")
        if not over:
            return "planned", ""
        device = scale.devices[team]
        actor = f"device:{device}"
        self._make_reports(visit, pk, team, came)
        for was, now in (("published", "arrived"), ("arrived", "finished")):
            self._log(came, actor, "visit_moved", "visits.visit", pk, was, now)
        self._log(came, actor, "need_moved", "outreach.need", need, "planned", "captured")
        end = came + timedelta(minutes=25)
        steps = [("arrived", came), ("captured", end), ("recorded", end + timedelta(days=1))]
        state, reason = "recorded", ""
        if (today - on).days < 2:
            state, steps = "captured", steps[:2]
        elif rng.random() < 0.004:
            state = "review"
        elif (today - on).days > 40:
            state, reason = "closed", "delivered"
            steps += [("card_printed", end + timedelta(days=20)), ("delivered", end + timedelta(days=30))]
        self._log(end, "system", "need_moved", "outreach.need", need, "captured", state)
        for milestone, at in steps:
            self._add("progress", need, milestone, at, None, None, f"visit:{pk}")
        return state, reason

    def _make_reports(self, visit: int, pk: uuid.UUID, team: int, came: datetime) -> None:
        """Two events and a record, each with a key of nobody (their content is not looked at here)."""
        device, officer = self.scale.devices[team], self.scale.officers[team]
        number = visit // (STOPS * self.scale.teams) * STOPS + visit % STOPS
        key, secret = self._make_key(visit, "visit", came)
        for step, kind in enumerate(("arrived", "outcome")):
            event = make_id(f"event-{kind}", visit, came)
            sealed = crypto.encrypt_field(b"{}", key=secret, place=f"visits_event.sealed.{event}")
            self._add(
                "event",
                event,
                device,
                2 * number + step + 1,
                kind,
                pk,
                pk,
                officer,
                came,
                "recorded" if step else "",
                key,
                sealed,
                "0" * 64,
                came,
            )
            looked = step and visit % 400 == 0
            self._add("event_status", event, "review" if looked else "applied", "contact" if looked else "")
        record = make_id("capture", visit, came)
        sealed = crypto.encrypt_field(b"contoh", key=secret, place=f"visits_capture.manifest.{record}")
        self._add(
            "capture",
            record,
            device,
            pk,
            pk,
            officer,
            officer,
            came.date(),
            "0" * 64,
            1,
            1,
            "contoh",
            1_300_000,
            key,
            sealed,
            "0" * 64,
            came,
        )
        stage = "review" if visit % 300 == 0 else "accepted"
        self._add("capture_state", record, stage, ["day_over"] if stage == "review" else [], came, came)
        for kind in ("stored", "verified"):
            self._add("receipt", record, kind, "contoh.contoh.contoh", came)
        if stage == "accepted":
            self._add("outbox", make_id("outbox", visit, came), record, f"CONTOH-{visit}", "queued", came)


def _status_code(ring: crypto.KeyRing, pk: uuid.UUID) -> str:
    return reference.derive_code(bytes.fromhex(ring.blind("status_code", str(pk))))


def list_chunks(people: int, size: int = 10_000) -> Iterator[tuple[int, int]]:
    for first in range(0, people, size):
        yield first, min(people, first + size)
