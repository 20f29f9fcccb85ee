"""A decree's table: who lives in a renumbered, merged or split village moves with it, once."""

import json
import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from outreach.enums import LocationSource
from outreach.lib.regionfiles import RegionError
from outreach.models import District, LogEntry, Resident, Village, VisitRequest
from outreach.services import log, region
from tests.factories.outreach import NeedFactory, ResidentFactory, VisitRequestFactory

pytestmark = pytest.mark.django_db
REGIONS = Path(__file__).resolve().parents[1] / "lib" / "regions"
VILLAGES, AREAS = "wilayah_desa_kelurahan_35.98.csv", "desa_kelurahan_35.98.geojson"
OLD, NEW = "35.98.01.2002", "35.98.02.2003"


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The folder of the loaded regency."""
    folder = shutil.copytree(REGIONS / "base", tmp_path / "region")
    region.load_region(folder=folder)
    return folder


@pytest.fixture
def after(before: Path) -> Path:
    """The same folder after the decree: Karangmulyo has moved to the other district."""
    return shutil.copytree(REGIONS / "renumbered", before, dirs_exist_ok=True)


def _pairs(folder: Path, *pairs: tuple[str, str], sign: str = ",") -> Path:
    path = folder.parent / "keputusan.csv"
    path.write_text("\n".join(sign.join(pair) for pair in (("old_code", "new_code"), *pairs)))
    return path


def _rename(folder: Path, *codes: tuple[str, str]) -> None:
    """Other codes in the files; both at once, so that two may be swapped."""
    for file in (VILLAGES, AREAS):
        text = (folder / file).read_text()
        for number, (old, _new) in enumerate(codes):
            text = text.replace(old, f"<{number}>")
        for number, (_old, new) in enumerate(codes):
            text = text.replace(f"<{number}>", new)
        if file == VILLAGES:
            lines = [line.split(",") for line in text.splitlines()]
            text = "\n".join(
                ",".join([*cells[:3], cells[0][:8] if cells[0] != "code" else cells[3], *cells[4:]])
                for cells in lines
            )
        (folder / file).write_text(text)


def _live(code: str, **fields: object) -> Resident:
    resident: Resident = ResidentFactory(village=Village.objects.get(code=code), **fields)
    return resident


def test_a_village_that_people_live_in_is_not_dropped_and_the_way_on_is_named(after: Path) -> None:
    _live(OLD)

    with pytest.raises(RegionError) as caught:
        region.load_region(folder=after)

    (problem,) = caught.value.problems
    assert problem.startswith(
        f"{OLD} Karangmulyo tidak ada lagi di berkas, tetapi dipakai 1 warga dan 0 permohonan."
    )
    assert "--renumber" in problem


def test_everybody_moves_with_the_village_logged_and_once(after: Path) -> None:
    resident = _live(OLD)
    need = NeedFactory(resident=resident)
    asked = VisitRequestFactory(village=resident.village)
    table = _pairs(after, (OLD, NEW), sign=";")

    loaded = region.load_region(folder=after, renumber=table)

    need.refresh_from_db()
    assert need.resident.village_id == VisitRequest.objects.get(pk=asked.pk).village_id == NEW
    assert not Village.objects.filter(code=OLD).exists()
    assert [(moved.residents, moved.requests, moved.guessed) for moved in loaded.moved] == [(1, 1, 0)]
    entry = LogEntry.objects.get(action="village_renumbered")
    assert (entry.subject_id, entry.detail["old"], entry.detail["residents"]) == (NEW, OLD, 1)

    again = region.load_region(folder=after, renumber=table)
    assert (again.moved, again.done, again.changed) == ([], [(OLD, NEW)], False)
    assert LogEntry.objects.filter(action="village_renumbered").count() == 1


def test_a_dry_run_says_everything_and_changes_nothing(after: Path) -> None:
    resident, out = _live(OLD), StringIO()
    entries = LogEntry.objects.count()
    table = _pairs(after, (OLD, NEW))

    call_command("load_region", str(after), renumber=table, check=True, stdout=out)

    assert f"{OLD} -> {NEW}: 1 warga, 0 permohonan pindah." in out.getvalue()
    assert "Hanya diperiksa, tidak ada yang diubah." in out.getvalue()
    resident.refresh_from_db()
    assert (resident.village_id, LogEntry.objects.count()) == (OLD, entries)
    assert set(Village.objects.values_list("code", flat=True)) >= {OLD}


def test_two_codes_may_be_swapped_and_nobody_moves_twice(before: Path) -> None:
    one, other = _live("35.98.01.2001"), _live(OLD)
    _rename(before, ("35.98.01.2001", OLD), (OLD, "35.98.01.2001"))
    table = _pairs(before, ("35.98.01.2001", OLD), (OLD, "35.98.01.2001"))

    for _time in range(2):
        region.load_region(folder=before, renumber=table)
        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.village.code, one.village.name) == (OLD, "Sumberwaras")
        assert (other.village.code, other.village.name) == ("35.98.01.2001", "Karangmulyo")


def _without(folder: Path, code: str) -> None:
    lines = (folder / VILLAGES).read_text().splitlines()
    (folder / VILLAGES).write_text("\n".join(line for line in lines if not line.startswith(code)))


def test_merged_villages_are_one_and_approximate_homes_get_its_point(before: Path) -> None:
    near, pinned = (
        _live(OLD),
        _live(OLD, location_source=LocationSource.PIN, latitude=-7.591, longitude=112.031),
    )
    _without(before, OLD)

    region.load_region(folder=before, renumber=_pairs(before, (OLD, "35.98.01.2001")))

    near.refresh_from_db()
    pinned.refresh_from_db()
    assert near.village_id == pinned.village_id == "35.98.01.2001"
    assert (near.latitude, near.longitude) == (-7.59, 112.01)
    assert (pinned.latitude, pinned.longitude) == (-7.591, 112.031)


def _split(folder: Path) -> None:
    """Karangmulyo's east half becomes a village of its own."""
    path = folder / AREAS
    found = json.loads(path.read_text())
    (village,) = (one for one in found["features"] if one["properties"]["code"] == OLD)
    east = json.loads(json.dumps(village))
    east["properties"] = {"code": "35.98.01.2009", "name": "Karang Timur"}
    for feature, west_edge, east_edge in ((village, 112.02, 112.03), (east, 112.03, 112.04)):
        corners = [
            (west_edge, -7.6),
            (east_edge, -7.6),
            (east_edge, -7.58),
            (west_edge, -7.58),
            (west_edge, -7.6),
        ]
        feature["geometry"]["coordinates"] = [[list(corner) for corner in corners]]
    found["features"].append(east)
    path.write_text(json.dumps(found))
    text = (folder / VILLAGES).read_text().replace("-7.59,112.03", "-7.59,112.025").rstrip()
    (folder / VILLAGES).write_text(
        f"{text}\n35.98.01.2009,Karang Timur,desa,35.98.01,-7.59,112.035,63999,2\n"
    )


def test_a_split_village_is_parted_by_where_people_live(before: Path) -> None:
    east = _live(OLD, location_source=LocationSource.OFFICER, latitude=-7.59, longitude=112.036)
    west = _live(OLD, location_source=LocationSource.PIN, latitude=-7.59, longitude=112.022)
    somewhere = _live(OLD)
    asked = VisitRequestFactory(village=somewhere.village, resident=east)
    _split(before)

    loaded = region.load_region(folder=before, renumber=_pairs(before, (OLD, OLD), (OLD, "35.98.01.2009")))

    homes = {row.pk: row.village_id for row in Resident.objects.all()}
    assert (homes[east.pk], homes[west.pk], homes[somewhere.pk]) == ("35.98.01.2009", OLD, OLD)
    assert VisitRequest.objects.get(pk=asked.pk).village_id == "35.98.01.2009"
    assert [(moved.new, moved.residents, moved.guessed) for moved in loaded.moved] == [
        (OLD, 2, 1),
        ("35.98.01.2009", 1, 0),
    ]


def test_a_district_takes_its_villages_with_it(before: Path) -> None:
    resident = _live("35.98.02.2001")
    for file in (VILLAGES, AREAS, "wilayah_kecamatan_35.98.csv", "kecamatan_35.98.geojson"):
        (before / file).write_text((before / file).read_text().replace("35.98.02", "35.98.05"))

    region.load_region(folder=before, renumber=_pairs(before, ("35.98.02", "35.98.05")))

    resident.refresh_from_db()
    assert resident.village_id == "35.98.05.2001"
    assert set(District.objects.values_list("code", flat=True)) == {"35.98.01", "35.98.05"}


def test_sessions_to_come_are_held_in_the_new_village(after: Path, clock) -> None:
    village = Village.objects.get(code=OLD)
    noted = [("accepted", -3), ("accepted", 3), ("accepted", 4), ("cancelled", 4)]
    dates = {days: (clock.now().date() + timedelta(days=days)).isoformat() for _what, days in noted}
    for what, days in noted:
        log.write_log(actor="user:1", action=f"session_{what}", subject=village, detail={"date": dates[days]})

    region.load_region(folder=after, renumber=_pairs(after, (OLD, NEW)))

    carried = LogEntry.objects.filter(action__startswith="session_", subject_id=NEW).order_by("id")
    assert [(row.action, row.detail) for row in carried] == [
        (f"session_{what}", {"date": dates[days], "from": OLD}) for what, days in noted[1:]
    ]


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([(OLD, "35.98.02.2999")], "kode baru 35.98.02.2999 tidak ada di wilayah_desa_kelurahan_*.csv."),
        ([("35.98.09.2001", NEW)], "kode lama 35.98.09.2001 tidak ada di basis data."),
        ([("Karangmulyo", NEW)], "baris 2: perlu dua kode desa"),
        ([(OLD, "35.98.02")], "baris 2: perlu dua kode desa"),
    ],
)
def test_a_table_that_fits_nothing_is_named_and_nothing_moves(after: Path, pairs, said: str) -> None:
    resident = _live(OLD)

    with pytest.raises(CommandError, match=r"tidak ada yang berubah:\n") as caught:
        call_command("load_region", str(after), renumber=_pairs(after, *pairs))

    assert said in str(caught.value)
    resident.refresh_from_db()
    assert resident.village_id == OLD


def test_a_table_without_its_columns_or_file_is_named(after: Path) -> None:
    wrong = after.parent / "x.csv"
    with pytest.raises(RegionError, match=r"Berkas x.csv tidak ada"):
        region.load_region(folder=after, renumber=wrong)
    wrong.write_text("lama;baru\n")
    with pytest.raises(RegionError, match="kolom old_code, new_code tidak ada"):
        region.load_region(folder=after, renumber=wrong)


def test_a_check_says_the_files_problems_and_who_lives_where_they_left(after: Path) -> None:
    _live(OLD)
    text = (after / VILLAGES).read_text()
    (after / VILLAGES).write_text(text.replace("112.01,63999", "x,63999", 1))

    with pytest.raises(CommandError) as caught:
        call_command("load_region", str(after), check=True)

    assert "titik Sumberwaras (lat, lng) kosong" in str(caught.value)
    assert f"{OLD} Karangmulyo tidak ada lagi di berkas" in str(caught.value)


def test_a_check_of_a_good_folder_stores_nothing(tmp_path: Path) -> None:
    out = StringIO()
    call_command("load_region", str(REGIONS / "base"), check=True, stdout=out)

    assert "2 kecamatan, 4 desa/kelurahan" in out.getvalue()
    assert not Village.objects.exists()
    assert not LogEntry.objects.exists()


def test_a_table_as_a_spreadsheet_saves_it_is_read_and_its_mistakes_are_named_by_line(after: Path) -> None:
    table = _pairs(after, (OLD, NEW), sign=";")
    table.write_text(f"sep=;\n{table.read_text()}\nsalah;35.98.01.2001")

    with pytest.raises(RegionError) as caught:
        region.load_region(folder=after, renumber=table)

    assert caught.value.problems == [
        "keputusan.csv baris 4: perlu dua kode desa, atau dua kode kecamatan, misalnya 35.19.01.2001."
    ]
