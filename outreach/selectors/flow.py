"""How long people wait in this office: counted in calendar days from the day they asked, with everybody who
still waits in it (lib/survival.py), in sentences for families and for the office."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from outreach.enums import UNFINISHED_NEEDS, Milestone, NeedKind, RequestState
from outreach.lib.survival import Wait, estimate_waits
from outreach.models import Need, Progress, StageWait, VisitRequest

LOOK_BACK = timedelta(days=180)
ENOUGH = 20  # fewer waits say nothing
ENOUGH_ENDED = 10
FRESH_S = 600
KEPT_FOR = timedelta(hours=3)


class Stage(StrEnum):
    """What people wait for; the office's targets have the same names (settings.TARGET_DAYS)."""

    DECIDED = "decided"
    PLANNED = "planned"  # from the day of the request to an appointment that was not taken back
    RECORDED = "recorded"
    CARD = "card"
    DELIVERED = "delivered"


_BETWEEN = {
    Stage.RECORDED: (Milestone.CAPTURED, Milestone.RECORDED),
    Stage.CARD: (Milestone.RECORDED, Milestone.CARD_PRINTED),
    Stage.DELIVERED: (Milestone.CARD_PRINTED, Milestone.DELIVERED),
}
Step = tuple[str, datetime]
_VISITED = (Milestone.ARRIVED, Milestone.NOT_MET, Milestone.CAPTURED, Milestone.RECORDED)


@dataclass(frozen=True, slots=True)
class UsualWait:
    """After how many days half of the people, and 8 of 10, wait no more; None where that is later than
    `known_until`. `waiting` of the `counted` still wait."""

    half: int | None
    most: int | None
    known_until: int
    counted: int
    waiting: int


@dataclass(frozen=True, slots=True)
class _Span:
    """A wait: since when, and until when unless it still lasts; `given_up`: it ended by something else."""

    since: datetime
    until: datetime | None
    given_up: datetime | None = None


def find_usual_wait(stage: Stage) -> UsualWait | None:
    """How long people have waited for it in the last half year; None where too few did. As the worker counted it
    within the last hours (`services.waits`); counted here only where it did not."""
    key, now = f"flow:{stage}", timezone.now()
    found: UsualWait | str | None = cache.get(key, "unknown")
    if isinstance(found, str):
        kept = StageWait.objects.filter(name=stage, counted_at__range=(now - KEPT_FOR, now)).first()
        found = _read_kept(kept) if kept else estimate_usual_waits([stage], now=now)[stage]
        cache.set(key, found, FRESH_S)
    return found


def _read_kept(row: StageWait) -> UsualWait | None:
    if row.known_until is None:
        return None
    return UsualWait(
        half=row.half,
        most=row.most,
        known_until=row.known_until,
        counted=row.counted,
        waiting=row.waiting,
    )


def estimate_usual_waits(stages: Iterable[Stage], *, now: datetime) -> dict[Stage, UsualWait | None]:
    """The usual wait for each of the stages, counted from all needs of which something was heard in that time, or that
    are not finished. They are read once."""
    since, needs, found = now - LOOK_BACK, None, {}
    for stage in stages:
        if stage == Stage.DECIDED:
            spans: Iterable[_Span] = _decision_spans(since)
        else:
            needs = _read_needs(since) if needs is None else needs
            spans = _need_spans(stage, needs, since=since, now=now)
        found[stage] = _estimate(spans, since=since, now=now)
    return found


def _estimate(spans: Iterable[_Span], *, since: datetime, now: datetime) -> UsualWait | None:
    waits = [_as_wait(span, since=since, now=now) for span in spans]
    counted = [wait for wait in waits if wait.days >= wait.seen_from]  # not one that ended before it began
    ended = sum(wait.ended for wait in counted)
    if len(counted) < ENOUGH or ended < ENOUGH_ENDED:
        return None
    curve = estimate_waits(counted)
    if curve.known_until is None:
        return None
    return UsualWait(
        half=curve.days_until(0.5),
        most=curve.days_until(0.8),
        known_until=curve.known_until,
        counted=len(counted),
        waiting=len(counted) - ended,
    )


def _as_wait(span: _Span, *, since: datetime, now: datetime) -> Wait:
    asked = timezone.localdate(span.since)
    end = timezone.localdate(span.until or span.given_up or now)
    return Wait(
        days=(end - asked).days,
        ended=span.until is not None,
        seen_from=max(0, (timezone.localdate(since) - asked).days),
    )


def _decision_spans(since: datetime) -> list[_Span]:
    rows = VisitRequest.objects.filter(Q(decided_at__gte=since) | Q(state=RequestState.RECEIVED))
    return [_Span(asked, decided) for asked, decided in rows.values_list("received_at", "decided_at")]


def _read_needs(since: datetime) -> list[tuple[datetime, list[Step]]]:
    """Since when each need waits of which something was heard since then, or that is not finished; and its steps."""
    heard = Progress.objects.filter(at__gte=since).values("need")
    needs = Need.objects.filter(
        Q(pk__in=heard) | Q(state__in=UNFINISHED_NEEDS), kind=NeedKind.RECORDING
    ).values_list("pk", "waiting_since")
    found: dict[object, tuple[datetime, list[Step]]] = {pk: (asked, []) for pk, asked in needs}
    steps = Progress.objects.filter(need__in=needs.values("pk")).values_list("need", "milestone", "at")
    for need, milestone, at in steps.iterator(chunk_size=5000):
        if need in found:  # not of one that was made in between
            found[need][1].append((milestone, at))
    return list(found.values())


def _need_spans(
    stage: Stage, needs: Iterable[tuple[datetime, list[Step]]], *, since: datetime, now: datetime
) -> Iterator[_Span]:
    for waiting_since, steps in needs:
        span = (
            _appointment_span(waiting_since, steps) if stage == Stage.PLANNED else _span_between(stage, steps)
        )
        if span is not None and (span.until or span.given_up or now) >= since:
            yield span


def _appointment_span(asked: datetime, steps: list[Step]) -> _Span:
    """Until the first appointment that was kept or still stands."""
    told: datetime | None = None
    for milestone, at in steps:
        if milestone == Milestone.PLANNED:
            told = told or at
        elif milestone in (Milestone.UNPLANNED, Milestone.CALLED_OFF):
            told = None
        elif milestone in _VISITED:
            return _Span(asked, told or at)
    return _Span(asked, told, given_up=_given_up(steps))


def _span_between(stage: Stage, steps: list[Step]) -> _Span | None:
    begin, end = _BETWEEN[stage]
    since: datetime | None = None
    for milestone, at in steps:
        if milestone == begin:
            since = since or at
        elif since and milestone == end:
            return _Span(since, at)
    return _Span(since, None, given_up=_given_up(steps)) if since else None


def _given_up(steps: list[Step]) -> datetime | None:
    """When the need was closed; None where it was opened again."""
    return steps[-1][1] if steps and steps[-1][0] == Milestone.CLOSED else None


def describe_usual_wait(stage: Stage) -> str:
    """The usual wait in a short sentence for families; where too few have waited, that."""
    found = find_usual_wait(stage)
    if found is None:
        return _("Belum cukup data untuk mengatakan berapa lama biasanya.")
    days = _whole_days(found)
    if found.half is None:
        text = _("Kebanyakan warga menunggu lebih dari %(known)d hari.")
    elif found.most is None:
        text = _("Separuh warga menunggu paling lama %(half)d hari, ada yang lebih dari %(known)d hari.")
    elif days["half"] == days["most"]:
        text = _("Biasanya menunggu paling lama %(most)d hari.")
    else:
        text = _("Biasanya menunggu %(half)d sampai %(most)d hari, ada yang lebih lama.")
    return text % days


def describe_shares(stage: Stage) -> str:
    """The usual wait for the office: after how many days half of the people, and 8 of 10, wait no more."""
    found = find_usual_wait(stage)
    if found is None:
        return _("Belum cukup data untuk mengatakan berapa lama biasanya.")
    days = _whole_days(found)
    if found.half is None:
        text = _("lebih dari separuh warga menunggu lebih lama dari %(known)d hari.")
    elif found.most is None:
        text = _(
            "separuh warga menunggu paling lama %(half)d hari; lebih dari 2 dari 10 menunggu lebih lama dari "
            "%(known)d hari."
        )
    else:
        text = _("separuh warga menunggu paling lama %(half)d hari, 8 dari 10 paling lama %(most)d hari.")
    return f"{text % days} {_('Yang masih menunggu ikut dihitung.')}"


def _whole_days(found: UsualWait) -> dict[str, int]:
    return {"half": max(1, found.half or 0), "most": max(1, found.most or 0), "known": found.known_until}
