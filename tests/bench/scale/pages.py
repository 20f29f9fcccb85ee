"""What is asked of the filled office: every list of the admin with its filters and searches, open object pages, and the
public pages. Each page comes with several requests, so that no answer is warm for a row that was just read."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Max
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from outreach import models as outreach
from outreach import vault
from outreach.enums import NeedState, RequestState
from tests.bench.names.people import FIRST, MEN, WOMEN
from visits import models as visits


@dataclass(frozen=True)
class Page:
    """A page by name; `ask` sends one request for a draw of chance. `public`: no member of staff asks."""

    name: str
    ask: Callable[[Client, random.Random], Any]
    public: bool = False


def _get(address: str) -> Callable[[Client, random.Random], Any]:
    return lambda client, rng: client.get(address)


def _behind(address: str, rows: Any) -> Callable[[Client, random.Random], Any]:
    """A page of the list somewhere in the middle."""
    ids = _sample(rows)
    return lambda client, rng: client.get(f"{address}&sesudah={rng.choice(ids)}")


def _search(address: str, draw: Callable[[random.Random], str]) -> Callable[[Client, random.Random], Any]:
    return lambda client, rng: client.post(address, {"cari": draw(rng)})


def _draw_word(rng: random.Random) -> str:
    return rng.choice((*WOMEN, *MEN)).lower()


def _draw_name(rng: random.Random) -> str:
    return f"{rng.choice((*FIRST['f'], *FIRST['m']))} {_draw_word(rng)}"


def _sample(rows: Any, count: int = 30, seed: int = 1) -> list[Any]:
    """Ids spread over a table, without sorting it: those behind random ids."""
    found = list(rows.order_by("pk").values_list("pk", flat=True)[:2000])
    newest = list(rows.order_by("-pk").values_list("pk", flat=True)[:2000])
    pool = found + newest
    return random.Random(seed).sample(pool, min(count, len(pool))) if pool else []


def _open(name: str, ids: list[Any]) -> Callable[[Client, random.Random], Any]:
    return lambda client, rng: client.get(reverse(name, args=[rng.choice(ids)]))


def _list_lists() -> Iterator[Page]:
    """The first page of every model's list in the admin, and a far one."""
    for model in admin.site._registry:
        meta = model._meta
        try:
            address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
        except NoReverseMatch:
            continue
        yield Page(f"{meta.app_label} {meta.model_name}", _get(address))


def _list_outreach() -> Iterator[Page]:
    requests, needs, residents, log = (
        reverse(f"admin:outreach_{name}_changelist")
        for name in ("visitrequest", "need", "resident", "logentry")
    )
    district = outreach.District.objects.order_by("code").values_list("pk", flat=True)[3]
    for state in RequestState.values:
        yield Page(f"requests {state}", _get(f"{requests}?keadaan={state}"))
        yield Page(f"requests {state}, district", _get(f"{requests}?keadaan={state}&kecamatan={district}"))
    yield Page(
        "requests received, far on",
        _behind(f"{requests}?keadaan=received", outreach.VisitRequest.objects.filter(state="received")),
    )
    yield Page(
        "requests accepted, far on",
        _behind(f"{requests}?keadaan=accepted", outreach.VisitRequest.objects.filter(state="accepted")),
    )
    for state in NeedState.values:
        yield Page(f"needs {state}", _get(f"{needs}?keadaan={state}"))
        yield Page(f"needs {state}, district", _get(f"{needs}?keadaan={state}&kecamatan={district}"))
    yield Page(
        "needs open, far on", _behind(f"{needs}?keadaan=open", outreach.Need.objects.filter(state="open"))
    )
    yield Page(
        "needs closed, far on",
        _behind(f"{needs}?keadaan=closed", outreach.Need.objects.filter(state="closed")),
    )
    yield Page("residents, district", _get(f"{residents}?kecamatan={district}"))
    yield Page("residents, far on", _behind(f"{residents}?", outreach.Resident.objects))
    sample = list(
        outreach.VisitRequest.objects.filter(pk__in=_sample(outreach.VisitRequest.objects)).select_related(
            "key"
        )
    )
    niks = [nik for row in sample if (nik := vault.unseal_field(row, "nik"))]
    phones = [number for row in sample if (number := vault.unseal_field(row, "phone"))]
    draws: dict[str, Callable[[random.Random], str]] = {
        "word": _draw_word,
        "name": _draw_name,
        "rare": lambda rng: "Zulkarnain Bagaskara",
        "NIK": lambda rng: rng.choice(niks),
        "phone": lambda rng: rng.choice(phones),
        "reference": lambda rng: rng.choice(sample).reference,
    }
    for kind, draw in draws.items():
        for name, address in (("requests", requests), ("needs", needs), ("residents", residents)):
            yield Page(f"{name} by {kind}", _search(address, draw))
    yield Page("log, an action", _get(f"{log}?tindakan=need_moved"))
    yield Page("log, a seldom action", _get(f"{log}?tindakan=region_loaded"))
    yield Page("log, far on", _behind(f"{log}?", outreach.LogEntry.objects))
    day = timezone.localdate() - timedelta(days=200)
    yield Page("log, until a day", _get(f"{log}?sampai={day}"))
    yield Page("log, an action until a day", _get(f"{log}?tindakan=need_moved&sampai={day}"))


def _list_objects() -> Iterator[Page]:
    requests, needs = outreach.VisitRequest.objects, outreach.Need.objects
    for state in RequestState.values:
        if ids := _sample(requests.filter(state=state)):
            yield Page(f"request {state}", _open("admin:outreach_visitrequest_change", ids))
    for state in NeedState.values:
        if ids := _sample(needs.filter(state=state)):
            yield Page(f"need {state}", _open("admin:outreach_need_change", ids))
    ids = _sample(outreach.Resident.objects)
    yield Page("resident", _open("admin:outreach_resident_change", ids))
    yield Page("resident, correct", _open("admin:outreach_resident_correct", ids))
    newest: date = visits.TeamDay.objects.aggregate(at=Max("date"))["at"]
    days = visits.TeamDay.objects.filter(date__lte=newest).order_by("-date").values_list("team", "date")[:30]
    listed = list(days)
    yield Page("a team's day", lambda client, rng: client.get(_day_address(*rng.choice(listed))))
    yield Page("today", _get(reverse("admin:visits_today")))
    for stage in ("accepted", "review"):
        captures = reverse("admin:visits_capture_changelist")
        yield Page(f"records {stage}", _get(f"{captures}?keadaan={stage}"))
    shifts = _sample(visits.Shift.objects)
    yield Page("a shift", _open("admin:visits_shift_change", shifts))


def _day_address(team: int, on: date) -> str:
    return reverse("admin:visits_teamday_page", args=[team, on.isoformat()])


def _list_public() -> Iterator[Page]:
    yield Page("public home", _get(reverse("outreach:home")), public=True)
    yield Page(
        "form, begin", lambda client, rng: client.post(reverse("outreach:begin"), follow=True), public=True
    )
    yield Page("status, form", _get(reverse("outreach:status")), public=True)
    phones = outreach.VisitRequest.objects.exclude(phone_index="")
    rows = list(phones.filter(pk__in=_sample(phones)).select_related("key"))
    tails = {row.reference: vault.unseal_field(row, "phone")[-4:] for row in rows}

    def post(client: Client, rng: random.Random) -> Any:
        name = rng.choice(list(tails))
        return client.post(reverse("outreach:status"), {"reference": name, "secret": tails[name]})

    yield Page("status, post", post, public=True)
    yield Page("status, shown", _get(reverse("outreach:status_show")), public=True)


def list_pages() -> list[Page]:
    """The bare view first."""
    home = Page("home", _get(reverse("admin:index")))
    return [
        Page("bare view", _get("/polos/")),
        home,
        *_list_lists(),
        *_list_outreach(),
        *_list_objects(),
        *_list_public(),
    ]
