from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach.enums import NeedState, ResidentKind
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from tests.visits.admin.conftest import staff
from tests.visits.planned import NOW, TUESDAY
from visits.enums import Outcome, VisitKind, VisitState
from visits.estimates.duration_learning import update_learned_durations

TIMES, AUDIT = "admin:visits_visittime_changelist", "admin:visits_visittime_audit"
QUERIES = {TIMES: 6, AUDIT: 8}  # four of them for who looks
DAY = TUESDAY - timedelta(days=4)


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def looker(db) -> Client:
    return staff("visits.view_visittime")


def finished(count: int) -> None:
    shift = ShiftFactory(date=DAY)
    for number in range(count):
        VisitFactory(
            shift=shift,
            need=NeedFactory(state=NeedState.CAPTURED, resident__kind=ResidentKind.SICK),
            state=VisitState.FINISHED,
            outcome=Outcome.RECORDED,
            planned_arrive=at(DAY, 570),
            told_from=at(DAY, 540),
            told_until=at(DAY, 600),
            arrived_at=at(DAY, 560 + 2 * number),
            outcome_at=at(DAY, 600 + 3 * number),
        )


@pytest.mark.parametrize("name", [TIMES, AUDIT])
def test_the_pages_need_their_permission(name: str, nobody: Client) -> None:
    assert nobody.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", [TIMES, AUDIT])
def test_the_pages_are_for_looking(name: str, looker: Client) -> None:
    assert looker.post(reverse(name)).status_code in (403, 405)


def test_without_visits_the_page_names_the_settings(looker: Client) -> None:
    page = looker.get(reverse(TIMES))

    assert [kind.kind for kind in page.context["kinds"]] == list(VisitKind.values)
    assert page.content.decode().count("Belum ada kunjungan yang selesai") == len(VisitKind)
    assert '<svg class="chart' not in page.content.decode()


def test_a_learned_kind_shows_its_plan_its_reports_and_why(looker: Client) -> None:
    finished(12)
    update_learned_durations(now=NOW)

    page = looker.get(reverse(TIMES))

    sick = next(kind for kind in page.context["kinds"] if kind.kind == "sick")
    assert (sick.used, sick.visits) == (12, 12)
    assert sick.why == (
        "Dari 12 kunjungan selesai; pengaturan (separuhnya 24 menit) dihitung seperti 10 kunjungan."
    )
    assert sick.finding.startswith(f"rata-rata {sick.planned} menit; ")
    html = page.content.decode()
    assert html.count('<svg class="chart') == 1
    assert html.count('<rect class="bar"') == len(sick.chart.bars) == 3
    assert " style=" not in html


def test_the_audit_says_when_there_is_nothing_and_when_it_is_too_little(looker: Client) -> None:
    assert "Belum ada kunjungan yang dapat diperiksa" in looker.get(reverse(AUDIT)).content.decode()

    finished(5)
    html = looker.get(reverse(AUDIT)).content.decode()
    assert "Belum dapat dinilai: baru 5 kunjungan, perlu 30" in html
    assert "terlalu sedikit" in html
    assert '<svg class="chart' not in html


def test_the_audit_shows_shares_a_chart_and_the_target(looker: Client) -> None:
    finished(30)  # from 09.20 on every other minute: 21 within, 9 late

    html = looker.get(reverse(AUDIT)).content.decode()

    assert "70% keluarga didatangi dalam selang jam yang dikabarkan; sasarannya 75–85%" in html
    assert html.count('class="point"') == 1
    assert html.count('class="band"') == 1
    assert " style=" not in html


@pytest.mark.parametrize("name", [TIMES, AUDIT])
def test_the_pages_have_the_same_queries_for_1_and_3(
    name: str, looker: Client, django_assert_num_queries
) -> None:
    finished(1)
    update_learned_durations(now=NOW)
    with django_assert_num_queries(QUERIES[name]):
        looker.get(reverse(name))
    finished(3)
    update_learned_durations(now=NOW)
    with django_assert_num_queries(QUERIES[name]):
        looker.get(reverse(name))
