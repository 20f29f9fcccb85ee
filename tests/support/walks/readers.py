"""What the office's page, the family's page and the team's tablet say of a visit: one interval, or it is a breach."""

import re
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.utils import timezone

from outreach import vault
from outreach.models import VisitRequest
from outreach.selectors.status import describe_status
from tests.support import clock
from tests.support.walks.books import Books
from tests.support.walks.office import WalkOffice
from visits.api import throttles
from visits.models import Device, Shift, TeamDay, Visit
from visits.schedule.dispatch import called_off_visits, home_board, published_days
from visits.sync import days

CLOCKS = re.compile(r"(\d\d)[.:](\d\d)(?:\s*[–-]\s*|\s+dan\s+)(\d\d)[.:](\d\d)")
AHEAD = ("now", "waiting")


def _clock_words(told: Any) -> str:
    return "-".join(f"{timezone.localtime(at):%H.%M}" for at in told)


def _read_clocks(text: str) -> set[str]:
    return {f"{a}.{b}-{c}.{d}" for a, b, c, d in CLOCKS.findall(text)}


def check_pages(after: Books, *, changed: set[Any], more: int, office: WalkOffice) -> Iterator[str]:
    """Of the visits that changed, and some others: what the readers of all three pages say."""
    today = clock.today()
    coming = {row.pk: row for row in Shift.objects.filter(date__gte=today).select_related("team")}
    rows = {pk: row for pk, row in after.visits.items() if row.shift in coming and row.state == "published"}
    asked = office.rng.sample(
        found := sorted((pk for pk in rows if pk in changed), key=str), min(2, len(found))
    )
    asked += office.rng.sample(sorted(rows, key=str), min(more, len(rows)))
    for pk in dict.fromkeys(asked):
        row, shift = rows[pk], coming[rows[pk].shift]
        wanted = {_clock_words(row.told)} if row.stands else set()
        for page, said in (
            ("office", _ask_office(shift, pk, stands=row.stands)),
            ("family", _ask_family(row.need)),
            ("tablet", _ask_tablet(shift, pk)),
        ):
            if said is not None and said != wanted:
                yield f"pages: the {page} reads {sorted(said)} of visit {pk}, told {sorted(wanted)}"


def check_called_off(after: Books) -> Iterator[str]:
    """Every family that was called off is counted on the home page's card, and stands in the list of whom to call."""
    wanted = {pk for pk, row in after.visits.items() if row.state == "published" and row.called_off}
    if not wanted:
        return
    card = home_board.count_work().called_off
    if card < len(wanted):
        yield f"card: the home page counts {card} families called off, there are {len(wanted)}"
    days = called_off_visits.list_called_off(phones=False)
    listed = {family.visit.pk for day in days for family in day.families}
    if listed != wanted:
        yield f"card: {len(listed)} families called off are listed, there are {len(wanted)}"


def _ask_office(shift: Shift, pk: Any, *, stands: bool) -> set[str] | None:
    """The page of the team's day."""
    live = TeamDay.objects.filter(team=shift.team, date=shift.date).select_related("live").first()
    if live is None:
        return {"no version"}
    stops = [stop for stop in published_days.list_stops(live.live) if stop.visit and stop.visit.pk == pk]
    if not stops:
        return {"not in the version"} if stands else None
    if not stands:
        return None if stops[0].tag == "failed" else {"stands"}
    return _read_clocks(stops[0].told)


def _ask_family(need: Any) -> set[str] | None:
    """What the status page says is ahead, where somebody may read it."""
    rows = VisitRequest.objects.filter(need=need, family_confirmed_at__isnull=False)
    row = rows.select_related("need__resident", "village").order_by("pk").first()
    if row is None:
        return None
    steps = describe_status(row).steps
    return set[str]().union(*(_read_clocks(step.when) for step in steps if step.look in AHEAD))


def _ask_tablet(shift: Shift, pk: Any) -> set[str] | None:
    """The day that the team's tablet fetches; days further ahead have no hours there."""
    today = clock.today()
    if not 0 <= (shift.date - today).days <= 1:
        return None
    device = Device.objects.filter(team=shift.team).order_by("pk").first()
    day = days.load_day(device=device, wanted=shift.date, today=today) if device else None
    if day is None:
        return None
    return _read_stops(day["content"]["stops"], str(pk))


def _read_stops(stops: list[dict[str, Any]], pk: str) -> set[str]:
    return {
        "-".join(at[11:16].replace(":", ".") for at in stop["told"]) for stop in stops if stop["visit"] == pk
    }


# --- the same over the addresses that browsers and tablets ask


def check_addresses(office: WalkOffice) -> Iterator[str]:
    """One standing visit of today or tomorrow, as the three pages send it."""
    throttles.reset_counts()
    today = clock.today()
    rows = Visit.objects.filter(state="published", called_off="", shift__date__gte=today)
    visit = office.pick(
        row
        for row in rows.select_related("shift", "need__resident").order_by("pk")
        if (row.shift.date - today).days <= 1
    )
    if visit is None:
        return
    day, wanted = visit.shift.date.isoformat(), _clock_words((visit.told_from, visit.told_until))
    office.admin.force_login(office.user)  # a night may have passed
    page = office.admin.get(f"/admin/visits/teamday/{visit.shift.team_id}/{day}/").content.decode()
    name = visit.need.resident.name
    row = " ".join(row for row in page.split("<tr") if re.search(rf"{re.escape(name)}\b", row))
    said = {"office": _read_clocks(row)}
    tablet = office.tablets[visit.shift.team_id].tablet
    answer = tablet.call("GET", f"/days/{day}")
    if answer.status == 401:  # more than a week may have passed
        tablet.renew_token()
        answer = tablet.call("GET", f"/days/{day}")
    said["tablet"] = _read_stops(answer.json["content"]["stops"], str(visit.pk))
    request = VisitRequest.objects.filter(need=visit.need, family_confirmed_at__isnull=False).first()
    if request is not None:
        phone = vault.unseal_field(request, "phone")
        data = {"reference": request.reference, "secret": phone[-4:]}
        text = Client().post("/status/", data, follow=True).content.decode()
        said["family"] = _read_clocks(text)
    for who, told in said.items():
        if wanted not in told:
            yield f"addresses: the {who} reads {sorted(told)} of visit {visit.pk}, told {wanted}"
