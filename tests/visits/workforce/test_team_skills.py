import pytest

from tests.factories.visits import OfficerFactory, TeamFactory
from visits.workforce import team_skills

pytestmark = pytest.mark.django_db


def test_a_woman_officer_is_a_skill_of_the_team() -> None:
    team = TeamFactory(skills=["camera"])
    OfficerFactory(team=team, woman=True, is_active=False)
    assert team_skills.list_team_skills() == {team.pk: {"camera"}}

    OfficerFactory(team=team, woman=True)
    assert team_skills.list_team_skills() == {team.pk: {"camera", "woman_officer"}}


def test_a_team_without_an_active_officer_is_unmanned() -> None:
    manned, left, never = TeamFactory(), TeamFactory(), TeamFactory()
    OfficerFactory(team=manned)
    OfficerFactory(team=left, is_active=False)

    assert team_skills.find_unmanned_teams() == {left.pk, never.pk}
