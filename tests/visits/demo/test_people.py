from datetime import date, timedelta

import pytest

from outreach.lib import geo
from outreach.lib.nik import parse_nik
from outreach.lib.phone import parse_phone
from outreach.models import Village
from outreach.services import intake, region
from visits.demo import people

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-24T08:00")]
TODAY = date(2026, 11, 24)


@pytest.fixture
def villages() -> list[Village]:
    region.load_region(folder=region.SHIPPED)
    return list(Village.objects.select_related("district"))


def test_the_same_seed_makes_the_same_people_and_more_only_adds(villages: list[Village]):
    few = people.make_people(villages=villages, count=20, seed=1, today=TODAY)
    assert people.make_people(villages=villages, count=40, seed=1, today=TODAY)[:20] == few
    assert people.make_people(villages=villages, count=20, seed=2, today=TODAY) != few


def test_everybody_could_ask_and_nobody_could_be_real(villages: list[Village]):
    made = people.make_people(villages=villages, count=1200, seed=1, today=TODAY)
    niks = [person.intake.nik for person in made if person.intake.nik]
    assert len(niks) > 1000
    assert len(set(niks)) == len(niks)
    for person in made:
        data = person.intake
        assert intake.list_problems(data, today=TODAY) == {}
        assert data.made_up
        assert data.name.endswith("(contoh)")
        if data.nik:
            nik = parse_nik(data.nik, today=TODAY)
            assert (data.birth_date in nik.births, nik.female) == (True, data.sex == "female")
            assert nik.area[4:] in {"98", "99"}, "no such district"
            assert nik.text[12:] >= "9000"
        if data.phone:
            assert parse_phone(data.phone).startswith("+62890"), "no operator has it"


def test_homes_lie_in_their_village(villages: list[Village]):
    made = people.make_people(villages=villages, count=200, seed=3, today=TODAY)
    pinned = [(person.pin, person.intake.village) for person in made if person.pin]
    assert 80 < len(pinned) < 160
    for pin, village in pinned:
        assert geo.contains_point(village.boundary, latitude=pin[0], longitude=pin[1]), village.code


def test_every_kind_and_wish_occurs(villages: list[Village]):
    made = people.make_people(villages=villages, count=400, seed=1, today=TODAY)
    assert {person.intake.kind for person in made} == {"elderly", "sick", "disabled", "mental_disorder"}
    assert {person.urgency for person in made} == {"normal", "high", "hospital"}
    assert {skill for person in made for skill in person.intake.skills} == {
        *("iris", "power", "ramp", "woman_officer", "interpreter")
    }
    for wish in ("windows", "weekdays", "not_before", "deadline", "infectious"):
        share = sum(bool(getattr(person.intake, wish)) for person in made) / len(made)
        assert 0 < share < 0.5, wish
    elderly = [person.intake for person in made if person.intake.kind == "elderly"]
    assert all(data.birth_date <= TODAY - timedelta(days=59 * 365) for data in elderly if data.birth_date)


def test_people_need_villages():
    with pytest.raises(ValueError, match="load the region first"):
        people.make_people(villages=[], count=1, seed=1, today=TODAY)
