import pytest

from outreach.admin.forms import PointForm
from tests.support.pasted import paste
from visits.admin.team_forms import TeamForm
from visits.enums import RecordingWay

HERE = (-7.6298, 111.5239)


def test_a_pair_pasted_into_one_box_is_the_point_of_both() -> None:
    for typed in (
        {"latitude": paste("-7.6298, 111.5239"), "longitude": "111.4"},
        {"longitude": "-7,6298; 111,5239"},
    ):
        form = PointForm(typed)
        assert form.is_valid()
        assert form.point == HERE


@pytest.mark.parametrize(
    ("typed", "box", "message"),
    [
        ({"latitude": "-7.6"}, "longitude", "Isi lintang dan bujur, atau kosongkan keduanya."),
        ({"latitude": "di sini", "longitude": "111"}, "latitude", "tempel titik dari peta"),
        ({"latitude": "x" * 400, "longitude": "111"}, "latitude", "300"),
    ],
)
def test_what_cannot_be_read_is_told_at_its_box(typed: dict[str, str], box: str, message: str) -> None:
    form = PointForm(typed)
    assert not form.is_valid()
    assert message in form.errors[box][0]


def test_two_empty_boxes_are_no_point() -> None:
    form = PointForm({})
    assert form.is_valid()
    assert form.point is None


def test_a_point_that_stays_is_no_change() -> None:
    field = TeamForm.base_fields["latitude"]
    assert not field.has_changed(-7.63, "-7.63")
    assert field.has_changed(-7.63, "-7.64")


@pytest.mark.django_db
def test_a_teams_base_may_be_pasted_whole() -> None:
    typed = {
        "latitude": "-7.6298, 111.5239",
        "longitude": "",
        "code": "T9",
        "name": "Tim",
        "base_name": "Kantor",
        "recording_way": RecordingWay.OFFICIAL_KIT,
    }
    form = TeamForm(typed | {"vehicle": "car", "max_visits": "8", "setup_minutes": "10", "is_active": "on"})
    assert form.is_valid(), form.errors
    team = form.save(commit=False)
    assert (team.latitude, team.longitude) == HERE
