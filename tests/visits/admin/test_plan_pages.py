import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from visits.admin import plan_pages
from visits.appointments import promises
from visits.enums import PlanState, RunState, VisitState
from visits.models import Plan, PlanUnserved, Shift, Visit
from visits.schedule.plans import draft_moves, unassigned
from visits.schedule.plans.publishing import publish_plan

WEDNESDAY = TUESDAY + timedelta(days=1)


def _address(name: str, plan: Plan, query: str = "") -> str:
    return reverse(f"admin:visits_plan_{name}", args=[plan.pk]) + query


@pytest.fixture(autouse=True)
def _monday_noon(clock):
    clock.move_to(NOW, tick=False)


@pytest.fixture
def plan(db) -> Plan:
    """Two teams on Tuesday, one on Wednesday, and one resident left."""
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    three = ShiftFactory(date=WEDNESDAY, team=one.team)
    return draft(
        {one: [NeedFactory(), NeedFactory()], two: [NeedFactory()], three: [NeedFactory()]},
        left=[NeedFactory(resident__name="Warga Tertinggal")],
    )


def test_the_list_shows_runs_and_plans(onlooker: Client, plan: Plan) -> None:
    running = PlanRunFactory(state=RunState.INTERRUPTED)

    page = onlooker.get(reverse("admin:visits_plan_changelist")).content.decode()

    assert _address("change", plan) in page
    assert reverse("admin:visits_planrun_page", args=[running.pk]) in page
    assert "Buat rencana" not in page  # may only look


def test_an_empty_list_says_what_to_do(coordinator: Client) -> None:
    page = coordinator.get(reverse("admin:visits_plan_changelist")).content.decode()

    assert "Belum ada rencana" in page
    assert reverse("admin:visits_plan_add") in page


def test_the_list_has_the_same_queries_for_1_and_3(
    onlooker: Client, plan: Plan, django_assert_num_queries
) -> None:
    address = reverse("admin:visits_plan_changelist")
    with django_assert_num_queries(6):
        onlooker.get(address)
    for number in (1, 2):
        shift = ShiftFactory(date=TUESDAY + timedelta(days=7 * number))
        draft({shift: [NeedFactory()]}, first=shift.date)
    with django_assert_num_queries(6):
        onlooker.get(address)


def test_one_plan_shows_the_first_day_with_its_routes(onlooker: Client, plan: Plan) -> None:
    answer = onlooker.get(_address("change", plan))

    page = answer.content.decode()
    routes = answer.context["routes"]
    assert [(route.shift.date, len(route.stops)) for route in routes] == [(TUESDAY, 2), (TUESDAY, 1)]
    stop = routes[0].stops[1]
    assert stop.told == "08.20–09.20"
    assert stop.need.resident.name in page
    assert "25 menunggu 25 hari" in page
    assert json.loads(page.split('id="map-data" type="application/json">')[1].split("</script>")[0]) == {
        "routes": answer.context["map_data"]["routes"]
    }


def test_day_and_team_narrow_what_is_shown(onlooker: Client, plan: Plan) -> None:
    def shown(query: str) -> list[tuple[object, int]]:
        routes = onlooker.get(_address("change", plan, query)).context["routes"]
        return [(route.shift.date, route.shift.team_id) for route in routes]

    one, two = (stop.shift.team_id for stop in plan.stops.filter(sequence=1, shift__date=TUESDAY))
    assert shown("?hari=2026-12-02") == [(WEDNESDAY, one)]
    assert shown(f"?tim={two}") == [(TUESDAY, two)]
    assert shown("?hari=semua") == [(TUESDAY, one), (TUESDAY, two), (WEDNESDAY, one)]
    assert shown("?hari=bukan-tanggal&tim=x") == [(TUESDAY, one), (TUESDAY, two)]


def test_a_plan_has_the_same_queries_however_many_stops(
    onlooker: Client, plan: Plan, django_assert_num_queries
) -> None:
    with django_assert_num_queries(8):
        onlooker.get(_address("change", plan))
    shifts = [ShiftFactory(date=TUESDAY) for _ in range(3)]
    big = draft({shift: [NeedFactory() for _ in range(3)] for shift in shifts}, left=[NeedFactory()])
    with django_assert_num_queries(8):
        onlooker.get(_address("change", big))


def test_a_plan_says_which_roads_it_was_made_on(onlooker: Client, plan: Plan) -> None:
    page = onlooker.get(_address("change", plan)).content.decode()
    assert "Jalan:" not in page  # from before plans kept it

    plan.summary["roads"] = {"source": "osrm", "wanted": "osrm", "places": 9, "as_of": "2026-11-03"}
    plan.summary["roads"] |= {"detour": 1.35, "speed_kmh": 30.0}
    plan.save()
    page = onlooker.get(_address("change", plan)).content.decode()
    assert "Jalan: OSRM, 3 November 2026." in page
    assert "Waktu jalan dapat meleset" not in page
    assert "larangan belok, portal dan tiang di jalan diperhitungkan bergantung pada server jalan." in page

    plan.summary["roads"] |= {"source": "great_circle", "trouble": "unreachable"}
    plan.save()
    page = onlooker.get(_address("change", plan)).content.decode()
    assert "Jalan: garis lurus × 1,35 pada 30 km/jam." in page
    assert "OSRM tidak terhubung, dipakai garis lurus." in page
    assert "Garis lurus tidak mengenal jalan: sungai, feri, jalan satu arah" in page

    ridden = {**plan.summary["roads"], "source": "osrm", "vehicle": "motorcycle", "as_car": True}
    plan.summary["roads"] |= {"motorcycle": ridden}
    plan.save()
    page = onlooker.get(_address("change", plan)).content.decode()
    assert "Sepeda motor: OSRM, 3 November 2026." in page
    assert "tim bersepeda motor dihitung dengan waktu mobil" in page


def test_broken_promises_are_named(onlooker: Client, plan: Plan) -> None:
    stop = plan.stops.first()
    assert stop is not None
    broken = {
        "need": str(stop.need_id),
        "shift": stop.shift_id,
        "served_on": None,
        "reason": {"code": "lock_far"},
    }
    Plan.objects.update(summary={**plan.summary, "broken": [broken]})

    page = onlooker.get(_address("change", plan)).content.decode()

    assert "1 janji tidak dapat dipenuhi" in page
    assert "Terlalu jauh untuk jam kerja" in page


def test_who_is_left_and_why(onlooker: Client, plan: Plan, django_assert_num_queries) -> None:
    with django_assert_num_queries(10):
        page = onlooker.get(_address("left", plan)).content.decode()

    assert "Warga Tertinggal" in page
    assert "Tidak ada tim dengan pemindai iris pada hari yang cocok: lengkapi tim." in page
    assert "Belum kebagian jadwal: belum ada tim dengan pemindai iris" in page
    assert "Warga Tertinggal" in onlooker.get(_address("left", plan, "?alasan=skill")).content.decode()
    assert "Warga Tertinggal" not in onlooker.get(_address("left", plan, "?alasan=far")).content.decode()
    empty = onlooker.get(_address("left", plan, "?kecamatan=99.99.99&halaman=7"))
    assert "Tidak ada yang tertinggal di sini" in empty.content.decode()


def test_a_broken_guarantee_comes_first_on_the_page(
    onlooker: Client, plan: Plan, django_assert_num_queries
) -> None:
    assert "harus didahulukan" not in onlooker.get(_address("change", plan)).content.decode()
    left = plan.unserved.get()
    part = {"code": "longest_wait", "points": 0, "count": 97}
    left.parts, left.guaranteed = [part, *left.parts], True
    left.save()

    page = onlooker.get(_address("change", plan)).content.decode()

    assert page.index("1 warga yang harus didahulukan belum terlayani") < page.index("Rumah per tim sehari")
    assert "Warga Tertinggal</strong>, didahulukan: menunggu melewati batas (97 hari)" in page


def test_how_evenly_the_teams_work_is_shown(onlooker: Client, plan: Plan) -> None:
    codes = sorted({stop.shift.team.code for stop in plan.stops.select_related("shift__team")})
    load = {"days": 1, "available_s": 25_200, "busy_s": 12_600, "visits": 3}
    plan.summary["balance"] = {"kept": True, "teams": [{"team": code, **load} for code in codes], "held": []}
    plan.save()

    page = onlooker.get(_address("change", plan)).content.decode()

    assert "Beban tim seimbang: selisih 0% waktu kerja" in page
    assert page.count('<rect class="used" width="50"') == 2


def test_publishing_is_confirmed_first(coordinator: Client, plan: Plan) -> None:
    before = coordinator.get(_address("publish", plan))
    page = before.content.decode()

    assert "Terbitkan sekarang" in page
    assert "Tidak ada jadwal lama yang berubah" in page
    assert "mendapat jadwal untuk pertama kali" in page
    assert not Visit.objects.exists()

    unmarked = coordinator.post(_address("publish", plan))
    assert unmarked.status_code == 409
    assert "berubah sejak halaman ini dibuka" in unmarked.content.decode()
    assert not Visit.objects.exists()

    answer = coordinator.post(_address("publish", plan), {"tanda": before.context["mark"]}, follow=True)

    page = answer.content.decode()
    assert "Terbit: 3 hari tugas tim, 4 kunjungan baru" in page
    assert "Daftar kunjungan dari rencana ini" in page
    assert "Periksa dan terbitkan" not in page
    assert Visit.objects.count() == 4


def test_families_with_a_first_schedule_are_told_team_by_team(
    coordinator: Client, plan: Plan, django_assert_num_queries
) -> None:
    shown = {"tanda": coordinator.get(_address("publish", plan)).context["mark"]}
    published = coordinator.post(_address("publish", plan), shown, follow=True).content.decode()
    assert "Kabari keluarga, 4 belum" in published
    visit = Visit.objects.filter(shift__date=WEDNESDAY).get()
    promises.make_promises(visits=[visit.pk], actor="user:1")

    with django_assert_num_queries(6):
        page = coordinator.get(_address("told", plan))

    text = page.content.decode()
    assert "Tidak ada yang perlu dikabari" not in text
    assert [(row.shift.date, row.families, row.told) for row in page.context["days"]] == [
        (TUESDAY, 2, 0),
        (TUESDAY, 1, 0),
        (WEDNESDAY, 1, 1),
    ]
    assert "0 dari 2" in text
    day = reverse("admin:visits_teamday_page", args=[visit.shift.team_id, WEDNESDAY.isoformat()])
    assert day in text
    Shift.objects.filter(pk=visit.shift_id).update(date=NOW.date() - timedelta(days=1))
    assert len(coordinator.get(_address("told", plan)).context["days"]) == 2  # nobody is told of yesterday
    Visit.objects.update(state=VisitState.CANCELLED)
    assert "Tidak ada yang perlu dikabari" in coordinator.get(_address("told", plan)).content.decode()


def test_a_page_that_somebody_elses_change_made_old_publishes_nothing(coordinator: Client) -> None:
    one, two, need = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY), NeedFactory()
    publish_plan(plan=draft({one: [need], two: [NeedFactory()]}), user=None, now=NOW)
    plan = draft({two: [need, NeedFactory()]})
    page = coordinator.get(_address("publish", plan))
    old = {"tanda": page.context["mark"]}
    assert f'<input type="hidden" name="tanda" value="{old["tanda"]}">' in page.content.decode()
    draft_moves.put_back(plan=plan, need=str(need.pk), user=None, now=NOW)

    answer = coordinator.post(_address("publish", plan), old)

    assert answer.status_code == 409
    assert "berubah sejak halaman ini dibuka" in answer.content.decode()
    assert Visit.objects.get(need=need).shift == one
    coordinator.post(_address("publish", plan), {"tanda": answer.context["mark"]})
    plan.refresh_from_db()
    assert plan.state == PlanState.PUBLISHED


def test_a_page_that_shows_untrue_hours_names_team_and_family_and_has_no_button(coordinator: Client) -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    plan = draft({shift: [need]})
    plan.stops.update(told_from=1000 * 60, told_until=1060 * 60, expected=1020 * 60)

    shown = {"tanda": coordinator.get(_address("publish", plan)).context["mark"]}
    page = coordinator.post(_address("publish", plan), shown)

    assert page.status_code == 409
    told = page.content.decode().split('id="jam"')[1].split("</div>")[0]
    assert shift.team.name in told and need.resident.name in told
    assert "jamnya di luar jam kerja tim" in told
    assert "Terbitkan sekarang" not in page.content.decode()


def test_a_page_that_shows_another_draft_or_none_throws_nothing_away(coordinator: Client, plan: Plan) -> None:
    page = coordinator.get(_address("change", plan))
    shown = {"tanda": page.context["mark"]}
    assert f'<input type="hidden" name="tanda" value="{shown["tanda"]}">' in page.content.decode()
    stop = plan.stops.first()
    assert stop is not None
    draft_moves.move_need(plan=plan, need=str(stop.need_id), shift=None, user=None, now=NOW)

    for old in ({}, shown):
        answer = coordinator.post(_address("discard", plan), old, follow=True)
        assert "rancangan berubah sejak halaman itu dibuka" in answer.content.decode()
        plan.refresh_from_db()
        assert plan.state == PlanState.DRAFT

    coordinator.post(_address("discard", plan), {"tanda": answer.context["mark"]})
    plan.refresh_from_db()
    assert plan.state == PlanState.DISCARDED


def test_what_there_was_no_time_for_is_said(onlooker: Client, plan: Plan) -> None:
    assert "Waktu hitung" not in onlooker.get(_address("change", plan)).content.decode()
    plan.summary |= {"cut": ["search"], "unexplained": 1}
    plan.save()
    left = plan.unserved.get()
    left.reasons = []
    left.save()

    page = onlooker.get(_address("change", plan)).content.decode()

    assert "Waktu hitung hanya cukup untuk rencana awal" in page
    assert "Untuk 1 warga sebabnya belum dicari" in page
    assert _address("left", plan, "?alasan=kosong") in page
    there = onlooker.get(_address("left", plan, "?alasan=kosong")).content.decode()
    assert "Warga Tertinggal" in there and "Belum dijelaskan." in there


def test_who_had_to_be_served_is_listed_page_by_page(onlooker: Client, plan: Plan) -> None:
    part = {"code": "longest_wait", "points": 0, "count": 97}
    for number in range(unassigned.GUARANTEES + 3):
        need = NeedFactory(resident__name=f"Lansia {number}")
        PlanUnserved.objects.create(plan=plan, need=need, guaranteed=True, parts=[part], priority=number)

    page = onlooker.get(_address("change", plan)).content.decode()

    assert "23 warga yang harus didahulukan belum terlayani" in page
    assert page.count("didahulukan: menunggu melewati batas (97 hari)") == unassigned.GUARANTEES
    assert "Lansia 22<" in page and "Lansia 2<" not in page, "the most pressing ones"
    assert _address("left", plan, "?dahulu=1") in page
    all_of_them = onlooker.get(_address("left", plan, "?dahulu=1")).content.decode()
    assert "Lansia 2<" in all_of_them and "Warga Tertinggal" not in all_of_them


def test_new_visits_are_listed_day_by_day_before_publishing(coordinator: Client, plan: Plan) -> None:
    wednesday = plan.stops.select_related("need__resident").get(shift__date=WEDNESDAY).need.resident.name

    first = coordinator.get(_address("publish", plan)).content.decode()
    second = coordinator.get(_address("publish", plan, f"?hari={WEDNESDAY}")).content.decode()

    assert "4 kunjungan baru" in first and "4 kunjungan baru" in second
    assert f">{wednesday}</th>" not in first
    assert f">{wednesday}</th>" in second


def test_the_routes_of_a_day_come_some_teams_at_a_time(onlooker: Client, plan: Plan, monkeypatch) -> None:
    monkeypatch.setattr(plan_pages, "ROUTES_ON_A_PAGE", 1)
    one, two = plan.stops.filter(shift__date=TUESDAY, sequence=1).order_by("shift__team__code")

    first = onlooker.get(_address("change", plan)).content.decode()
    second = onlooker.get(_address("change", plan, f"?hari={TUESDAY}&halaman=2")).content.decode()

    assert f'id="tim-{one.shift_id}"' in first and f'id="tim-{two.shift_id}"' not in first
    assert f'id="tim-{two.shift_id}"' in second and f'id="tim-{one.shift_id}"' not in second
    assert f"?hari={TUESDAY}&amp;tim=&amp;halaman=2#rute" in first
