"""Teams, shifts and published visits for tests."""

from datetime import date, datetime, time, timedelta

import factory
from django.utils import timezone

from tests.factories.outreach import NeedFactory
from tests.support import clock
from visits.enums import VisitState
from visits.models import Officer, Plan, PlanRun, Shift, Team, Visit


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    code = factory.Sequence(lambda n: f"T{n + 1:05d}")  # pages go by it, as text
    name = factory.Sequence(lambda n: f"Tim {n + 1}")
    latitude = -7.62
    longitude = 111.52
    skills = ["camera", "fingerprint", "signature"]
    made_up = True


class OfficerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Officer

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence(lambda n: f"Petugas Contoh {n + 1}")
    employee_number = factory.Sequence(lambda n: f"P-{n + 1:04d}")
    made_up = True


class ShiftFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Shift

    team = factory.SubFactory(TeamFactory)
    date = factory.LazyFunction(lambda: clock.today())
    starts = time(7, 30)
    ends = time(15, 30)
    breaks = [["12:00", "13:00"]]
    start_latitude = end_latitude = factory.SelfAttribute("team.latitude")
    start_longitude = end_longitude = factory.SelfAttribute("team.longitude")
    skills = factory.SelfAttribute("team.skills")


class PlanRunFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PlanRun

    first_date = factory.LazyFunction(lambda: clock.today())
    last_date = factory.SelfAttribute("first_date")


class PlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Plan

    run = factory.SubFactory(PlanRunFactory)


def at(day: date, minutes: int) -> datetime:
    """The moment `minutes` after local midnight of `day`."""
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(minutes=minutes)


class VisitFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Visit

    need = factory.SubFactory(NeedFactory)
    shift = factory.SubFactory(ShiftFactory)
    state = VisitState.PUBLISHED
    attempt = 1
    sequence = factory.Sequence(lambda n: n + 1)
    planned_arrive = factory.LazyAttribute(
        lambda visit: at(visit.shift.date, 480 + 40 * (visit.sequence % 10))
    )
    planned_start = factory.SelfAttribute("planned_arrive")
    planned_leave = factory.LazyAttribute(lambda visit: visit.planned_start + timedelta(minutes=30))
