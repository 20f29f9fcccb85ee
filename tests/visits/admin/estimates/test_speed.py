import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ

from tests.visits.admin.conftest import staff
from tests.visits.driven import MORNING, drive
from visits.enums import FitState
from visits.estimates import calibration
from visits.models import TravelFit

pytestmark = [pytest.mark.django_db, pytest.mark.clock(MORNING)]
PAGE = "admin:visits_travelfit_changelist"


@pytest.fixture
def looker() -> Client:
    return staff("visits.view_travelfit")


@pytest.fixture
def keeper() -> Client:
    return staff("visits.view_travelfit", "visits.change_travelfit")


def _propose(count: int = 60, *, kmh: float = 20, seed: int = 1) -> TravelFit:
    drive(count, kmh=kmh, seed=seed)
    row = calibration.propose_fit()
    assert row is not None
    return row


def _page(client: Client) -> str:
    answer = client.get(reverse(PAGE))
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_trips_the_page_says_what_will_come(looker: Client) -> None:
    page = _page(looker)

    assert "garis lurus × 1,35 pada 30 km/jam" in page
    assert "Belum ada usulan" in page
    assert "Hitung dari perjalanan" not in page  # may only look


def test_a_proposal_shows_what_it_would_change(keeper: Client) -> None:
    row = _propose()

    page = _page(keeper)

    assert "lebih lama daripada dalam rencana" in page
    assert f"Dari 60 perjalanan antarrumah, {row.used} dipakai" in page
    assert "10 km" in page
    assert "27 mnt" in page  # 10 km straight at the settings' speed
    assert page.count('class="trip"') == 60
    assert reverse("admin:visits_travelfit_apply", args=[row.pk]) in page
    svg = page.split("<svg")[1].split("</svg>")[0]
    numbers = re.findall(r'\b(?:x|y|x1|x2|y1|y2|cx|cy)="([^"]*)"', svg)
    assert all(re.fullmatch(r"-?\d+(\.\d+)?", number) for number in numbers), "no comma in coordinates"
    assert all(0 <= float(number) <= 640 for number in numbers)


def test_a_fit_that_changes_nothing_says_so(looker: Client) -> None:
    _propose(300, kmh=30)

    assert "sudah cocok" in _page(looker)


def test_a_faster_team_is_told_as_such(looker: Client) -> None:
    _propose(300, kmh=45)

    page = _page(looker)
    assert "lebih cepat daripada dalam rencana" in page
    assert "sebelum 09.00" in page
    assert "09.00–12.00" in page


def test_applied_it_is_said_and_can_be_taken_back(keeper: Client) -> None:
    row = _propose()

    answer = keeper.post(reverse("admin:visits_travelfit_apply", args=[row.pk]), follow=True)

    page = answer.content.decode()
    assert "mulai sekarang memakai kecepatan ini" in page
    assert "(dikalibrasi 2 November 2026)" in page
    assert "Pakai untuk rencana berikutnya" not in page
    keeper.post(reverse("admin:visits_travelfit_apply", args=[row.pk]))
    assert TravelFit.objects.get().state == FitState.APPLIED

    page = keeper.post(reverse("admin:visits_travelfit_back"), follow=True).content.decode()
    assert "dari pengaturan" in page
    assert "Pernah dipakai" in page
    assert TravelFit.objects.get().state == FitState.REPLACED


def test_it_can_be_computed_now(keeper: Client) -> None:
    keeper.post(reverse("admin:visits_travelfit_again"))

    assert OrmQ.objects.get().task["func"] == "visits.tasks.fit_travel"


def test_another_source_of_roads_is_named(looker: Client, settings) -> None:
    settings.TRAVEL_SOURCE = "osrm"

    assert "Waktu jalan diatur dari OSRM" in _page(looker)


@pytest.mark.parametrize("name", ["apply", "back", "again"])
def test_who_may_only_look_may_not_change(looker: Client, keeper: Client, name: str) -> None:
    row = _propose()
    address = reverse(f"admin:visits_travelfit_{name}", args=[row.pk] if name == "apply" else [])

    assert looker.post(address).status_code == 403
    assert keeper.get(address).status_code == 405
    assert TravelFit.objects.get().state == FitState.PROPOSED


def test_the_page_needs_its_permission(nobody: Client) -> None:
    assert nobody.get(reverse(PAGE)).status_code == 403


def test_the_page_has_the_same_queries_however_many_fits(keeper: Client, django_assert_num_queries) -> None:
    user = User.objects.get()
    for count in (1, 2):
        for number in range(count):
            calibration.apply_fit(row=_propose(kmh=15 + 5 * count, seed=10 * count + number), user=user)
        with django_assert_num_queries(8):
            keeper.get(reverse(PAGE))
