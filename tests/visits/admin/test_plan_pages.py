import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from outreach import vault
from outreach.models import LogEntry, Need
from tests.factories.outreach import NeedFactory
from tests.factories.visits import PlanRunFactory, ShiftFactory
from tests.visits.planned import NOW, TUESDAY, draft
from visits.appointments import promises
from visits.enums import PlanState, RunState, VisitState
from visits.models import Plan, Shift, Visit
from visits.schedule.plans import draft_moves
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
    assert (stop.arrive, stop.told) == ("08.40", "08.20–09.20")
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

    plan.summary["roads"] |= {"source": "great_circle", "trouble": "unreachable"}
    plan.save()
    page = onlooker.get(_address("change", plan)).content.decode()
    assert "Jalan: garis lurus × 1,35 pada 30 km/jam." in page
    assert "OSRM tidak terhubung, dipakai garis lurus." in page


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
    plan.summary["guarantees"] = [{"need": str(left.need_id), "part": part, "reasons": left.reasons}]
    plan.save()

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
    page = coordinator.get(_address("publish", plan)).content.decode()

    assert "Terbitkan sekarang" in page
    assert "Tidak ada jadwal lama yang berubah" in page
    assert "mendapat jadwal untuk pertama kali" in page
    assert not Visit.objects.exists()

    answer = coordinator.post(_address("publish", plan), follow=True)

    page = answer.content.decode()
    assert "Terbit: 3 jadwal tim, 4 kunjungan baru" in page
    assert "Jadwal yang terbit dari rencana ini" in page
    assert "Periksa dan terbitkan" not in page
    assert Visit.objects.count() == 4


def test_families_with_a_first_schedule_are_told_team_by_team(
    coordinator: Client, plan: Plan, django_assert_num_queries
) -> None:
    published = coordinator.post(_address("publish", plan), follow=True).content.decode()
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
    page = coordinator.get(_address("publish", plan)).content.decode()
    assert '<input type="hidden" name="dikembalikan" value="0">' in page
    draft_moves.put_back(plan=plan, need=str(need.pk), user=None, now=NOW)

    answer = coordinator.post(_address("publish", plan), {"dikembalikan": "0"})

    assert answer.status_code == 409
    assert "rancangan ini diubah sejak halaman ini dibuka" in answer.content.decode()
    assert Visit.objects.get(need=need).shift == one
    coordinator.post(_address("publish", plan), {"dikembalikan": "1"})
    plan.refresh_from_db()
    assert plan.state == PlanState.PUBLISHED


def test_publishing_twice_says_so(coordinator: Client, plan: Plan) -> None:
    coordinator.post(_address("publish", plan))
    page = coordinator.post(_address("publish", plan), follow=True).content.decode()

    assert "sudah terbit sebelumnya" in page
    assert Visit.objects.count() == 4


def test_what_changes_nothing_cannot_be_published(coordinator: Client) -> None:
    shift, need = ShiftFactory(date=TUESDAY), NeedFactory()
    publish_plan(plan=draft({shift: [need]}), user=None, now=NOW)
    plan = draft({shift: [need]})

    page = coordinator.get(_address("publish", plan)).content.decode()
    assert '<button class="button" disabled aria-describedby="sama">Terbitkan sekarang</button>' in page
    assert '<p id="sama">Tidak ada yang berubah bila rencana ini diterbitkan' in page

    answer = coordinator.post(_address("publish", plan))
    assert answer.status_code == 409
    assert "Tidak ada yang diterbitkan" in answer.content.decode()
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


def test_what_is_left_out_in_the_end_is_said(coordinator: Client) -> None:
    """Somebody places a family elsewhere after the page was read."""
    near, far = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY + timedelta(days=7))
    need = NeedFactory()
    plan = draft({near: [need, NeedFactory()]})
    publish_plan(plan=draft({far: [need]}, first=far.date), user=None, now=NOW)

    page = coordinator.post(_address("publish", plan), follow=True).content.decode()

    assert "1 kunjungan dilewati karena keadaannya berubah sejak rencana dihitung" in page
    assert Visit.objects.get(need=need).shift == far


def test_what_moves_is_listed_with_whom_to_tell(coordinator: Client) -> None:
    one, two = ShiftFactory(date=TUESDAY), ShiftFactory(date=TUESDAY)
    moved, shifted, gone = (
        NeedFactory(resident__name=name) for name in ("Warga Pindah", "Warga Geser", "Warga Batal")
    )
    publish_plan(plan=draft({one: [moved, gone], two: [shifted]}), user=None, now=NOW)
    plan = draft({two: [moved, shifted]})

    found = coordinator.get(_address("publish", plan)).context["families"]
    assert [(family.what, family.name) for family in found] == [
        ("cancelled", "Warga Batal"),
        ("moved", "Warga Pindah"),
        ("shifted", "Warga Geser"),
    ]
    assert found[2].was == "Selasa, 1 Desember 2026, antara 07.40 dan 08.40"
    assert found[2].now == "Selasa, 1 Desember 2026, antara 08.20 dan 09.20"

    coordinator.post(_address("publish", plan))
    assert coordinator.get(_address("told", plan)).context["families"] == found


def test_a_look_at_telephones_is_noted_without_whose_they_are(coordinator: Client) -> None:
    one: Shift = ShiftFactory(date=TUESDAY)
    two: Shift = ShiftFactory(date=TUESDAY)
    needs: list[Need] = [NeedFactory() for _ in range(3)]
    for number, need in enumerate(needs[:2]):
        vault.seal_field(need.resident, "phone", f"+628900000012{number}")
        need.resident.save()
    publish_plan(plan=draft({one: needs}), user=None, now=NOW)
    plan = draft({two: needs})

    assert "+6289000000121" in coordinator.get(_address("publish", plan)).content.decode()
    coordinator.post(_address("publish", plan))
    coordinator.get(_address("told", plan))

    looks = LogEntry.objects.filter(action="phones_seen", subject_id=str(plan.pk))
    assert [(look.actor, look.detail) for look in looks] == 2 * [
        (f"user:{coordinator.session['_auth_user_id']}", {"families": 2})
    ]


def test_a_page_without_numbers_notes_no_look(coordinator: Client, plan: Plan) -> None:
    coordinator.get(_address("publish", plan))
    coordinator.get(_address("change", plan))

    assert not LogEntry.objects.filter(action="phones_seen").exists()


def test_a_stale_draft_is_refused_with_words(coordinator: Client, plan: Plan) -> None:
    shift = plan.stops.select_related("shift").first().shift  # type: ignore[union-attr]
    publish_plan(plan=draft({shift: [NeedFactory()]}), user=None, now=NOW)

    answer = coordinator.post(_address("publish", plan))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "jadwal yang lebih baru sudah terbit" in page
    assert "Terbitkan sekarang" not in page
    plan.refresh_from_db()
    assert plan.state == PlanState.DRAFT


def test_a_draft_is_discarded_once(coordinator: Client, plan: Plan) -> None:
    assert "Rancangan dibuang" in coordinator.post(_address("discard", plan), follow=True).content.decode()
    assert "tidak dapat dibuang" in coordinator.post(_address("discard", plan), follow=True).content.decode()
    assert "sudah dibuang" in coordinator.post(_address("publish", plan), follow=True).content.decode()


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("change", "get"),
        ("left", "get"),
        ("publish", "get"),
        ("publish", "post"),
        ("told", "get"),
        ("discard", "post"),
    ],
)
def test_plan_pages_need_permission(nobody: Client, plan: Plan, name: str, verb: str) -> None:
    assert getattr(nobody, verb)(_address(name, plan)).status_code == 403


def test_who_may_only_look_may_not_publish_or_discard(onlooker: Client, plan: Plan) -> None:
    assert onlooker.post(_address("publish", plan)).status_code == 403
    assert onlooker.post(_address("discard", plan)).status_code == 403
    page = onlooker.get(_address("change", plan)).content.decode()
    assert "Periksa dan terbitkan" not in page
    assert "Buang rancangan" not in page


def test_wrong_verbs_and_ids_that_are_none(coordinator: Client, plan: Plan) -> None:
    assert coordinator.get(_address("discard", plan)).status_code == 405
    assert coordinator.post(_address("left", plan)).status_code == 405
    assert coordinator.get("/admin/visits/plan/bukan-uuid/change/").status_code == 404


@pytest.mark.parametrize(("name", "value"), [("alasan", "no\0_time"), ("kecamatan", "35.19\0.01")])
def test_a_zero_byte_in_a_filter_is_left_out(onlooker: Client, plan: Plan, name: str, value: str) -> None:
    answer = onlooker.get(_address("left", plan), {name: value})

    assert answer.status_code == 200
    shown = {"alasan": answer.context["code"], "kecamatan": answer.context["district"]}
    assert shown[name] == value.replace("\0", "")
