import pytest

from outreach.services import region
from tests.factories.outreach import DistrictFactory
from visits.demo import teams
from visits.models import Officer, Team

pytestmark = pytest.mark.django_db


def test_teams_are_spread_and_a_repeat_finds_them():
    region.load_region(folder=region.SHIPPED)
    made = teams.make_teams(count=6)
    assert len({(team.latitude, team.longitude) for team in made}) == 6
    assert all(team.made_up and team.max_visits == 8 and team.setup_minutes == 10 for team in made)
    assert [team.pk for team in teams.make_teams(count=6)] == [team.pk for team in made]
    assert (Team.objects.count(), Officer.objects.count()) == (6, 12)


def test_another_number_of_visits_a_day_is_that_of_new_teams():
    DistrictFactory()
    assert {team.max_visits for team in teams.make_teams(count=1, visits_a_day=14)} == {14}
    assert {team.max_visits for team in teams.make_teams(count=1)} == {14}


def test_every_skill_is_in_some_team():
    DistrictFactory()
    made = teams.make_teams(count=6)
    skills = {skill for team in made for skill in team.skills}
    assert skills == {"camera", "fingerprint", "signature", "iris", "power", "ramp", "interpreter"}
    assert {officer.team.code for officer in Officer.objects.filter(woman=True)} == {"C1", "C2", "C4", "C5"}
