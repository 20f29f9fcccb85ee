"""Loading a region folder, on a copy of the shipped one and on a made-up regency of another code."""

import csv
import gzip
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from outreach.lib.regionfiles import RegionError
from outreach.models import District, HealthPost, LogEntry, Regency, Village
from outreach.selectors.region import load_region_map
from outreach.services import region
from tests.factories.outreach import ResidentFactory

pytestmark = pytest.mark.django_db
SQUARE = [[[100.0, -1.0], [100.0, -2.0], [101.0, -2.0], [101.0, -1.0], [100.0, -1.0]]]


def _table(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _areas(path: Path, *codes: str, name: str = "Contoh") -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": name},
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        }
        for code in codes
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


VILLAGE = {
    "code": "13.01.01.2001",
    "name": "Desa Satu",
    "type": "desa",
    "kecamatan_code": "13.01.01",
    "lat": -1.5,
    "lng": 100.5,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The least a regency needs: one district, one village, boundaries."""
    path = tmp_path / "region"
    path.mkdir()
    _table(path / "wilayah_desa_kelurahan_13.01.csv", [VILLAGE])
    _table(
        path / "wilayah_kecamatan_13.01.csv",
        [{"code": "13.01.01", "name": "Kecamatan Satu", "regency_code": "13.01", "lat": -1.4, "lng": 100.4}],
    )
    _areas(path / "desa_kelurahan_13.01.geojson", "13.01.01.2001")
    _areas(path / "kecamatan_13.01.geojson", "13.01.01")
    _areas(path / "kabupaten_13.01_outline.geojson", "13.01", name="Kabupaten Contoh")
    return path


def test_the_shipped_regency_loads_whole() -> None:
    loaded = region.load_region()

    assert (loaded.districts, loaded.villages, loaded.health_posts) == (15, 206, 26)
    assert loaded.changed
    assert loaded.warnings == []
    assert Regency.objects.get().name == "Kabupaten Madiun"
    kebonsari = District.objects.get(code="35.19.01")
    assert (kebonsari.population, kebonsari.elderly, kebonsari.not_recorded) == (59468, 12270, 697)
    assert Village.objects.filter(kind="kelurahan").count() == 8
    assert District.objects.aggregate(people=Sum("population")) == {"people": 738_240}
    assert "Badan Informasi Geospasial" in Regency.objects.get().attribution


def test_loading_again_changes_nothing_and_logs_once() -> None:
    region.load_region()
    before = (
        list(Village.objects.values()) + list(District.objects.values()) + list(HealthPost.objects.values())
    )

    again = region.load_region()

    after = (
        list(Village.objects.values()) + list(District.objects.values()) + list(HealthPost.objects.values())
    )
    assert not again.changed
    assert before == after
    assert LogEntry.objects.filter(action="region_loaded").count() == 1


def test_another_regency_of_the_same_columns_loads(folder: Path) -> None:
    loaded = region.load_region(folder=folder)

    assert (loaded.regency.code, loaded.districts, loaded.villages, loaded.health_posts) == ("13.01", 1, 1, 0)


def test_one_installation_serves_one_regency(folder: Path) -> None:
    region.load_region()

    with pytest.raises(RegionError, match="sudah melayani Kabupaten Madiun"):
        region.load_region(folder=folder)

    assert Village.objects.count() == 206


def _without_column(folder: Path) -> None:
    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [{k: v for k, v in VILLAGE.items() if k != "lat"}])


def _of_another_regency(folder: Path) -> None:
    stranger = VILLAGE | {"code": "35.19.01.2001", "kecamatan_code": "35.19.01"}
    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [VILLAGE, stranger])


def _without_point(folder: Path) -> None:
    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [VILLAGE | {"lat": ""}])


def _swapped_point(folder: Path) -> None:
    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [VILLAGE | {"lat": 100.5, "lng": -1.5}])


def _twice(folder: Path) -> None:
    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [VILLAGE, VILLAGE])


def _no_geojson(folder: Path) -> None:
    (folder / "kecamatan_13.01.geojson").write_text("<html>")


def _no_file(folder: Path) -> None:
    (folder / "wilayah_kecamatan_13.01.csv").unlink()


def _wrong_district(folder: Path) -> None:
    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [VILLAGE | {"kecamatan_code": "13.01.02"}])


def _two_files(folder: Path) -> None:
    shutil.copy(folder / "wilayah_kecamatan_13.01.csv", folder / "wilayah_kecamatan_13.02.csv")


def _not_utf8(folder: Path) -> None:
    (folder / "wilayah_kecamatan_13.01.csv").write_bytes(b"code,name\n\x81\x8d,x\n")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_without_column, "wilayah_desa_kelurahan_13.01.csv: kolom lat tidak ada. Tambahkan kolom itu."),
        (
            _of_another_regency,
            "wilayah_desa_kelurahan_13.01.csv baris 3: desa 35.19.01.2001 Desa Satu bukan wilayah 13.01.",
        ),
        (
            _without_point,
            "wilayah_desa_kelurahan_13.01.csv baris 2: titik Desa Satu (lat, lng) kosong atau bukan angka. Isi.",
        ),
        (
            _swapped_point,
            "wilayah_desa_kelurahan_13.01.csv baris 2: titik Desa Satu di luar Indonesia. "
            "Periksa apakah lat dan lng tertukar.",
        ),
        (
            _twice,
            "wilayah_desa_kelurahan_13.01.csv baris 3: 13.01.01.2001 sudah ada di baris lain. Hapus salah satu.",
        ),
        (
            _no_geojson,
            "kecamatan_13.01.geojson: bukan GeoJSON, atau berkasnya terpotong. Ekspor ulang berkas itu.",
        ),
        (
            _no_file,
            "Berkas wilayah_kecamatan_*.csv tidak ada di folder region. Tambahkan berkas itu.",
        ),
        (
            _wrong_district,
            "wilayah_desa_kelurahan_13.01.csv baris 2: kecamatan_code 13.01.02 tidak cocok dengan kode desa "
            "13.01.01.2001.",
        ),
        (
            _two_files,
            "Ada lebih dari satu berkas wilayah_kecamatan_*.csv: wilayah_kecamatan_13.01.csv, "
            "wilayah_kecamatan_13.02.csv. Sisakan satu.",
        ),
        (_not_utf8, "wilayah_kecamatan_13.01.csv: bukan teks UTF-8. Simpan ulang sebagai UTF-8."),
    ],
)
def test_a_bad_folder_is_named_and_changes_nothing(folder: Path, spoil, sentence: str) -> None:
    region.load_region(folder=folder)
    before = list(Village.objects.values())
    spoil(folder)

    with pytest.raises(RegionError) as caught:
        region.load_region(folder=folder)

    assert caught.value.problems == [sentence]
    assert list(Village.objects.values()) == before


def test_a_village_that_left_the_files_goes_unless_somebody_lives_there(folder: Path) -> None:
    other = VILLAGE | {"code": "13.01.01.2002", "name": "Desa Dua"}
    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [VILLAGE, other])
    _areas(folder / "desa_kelurahan_13.01.geojson", "13.01.01.2001", "13.01.01.2002")
    region.load_region(folder=folder)
    ResidentFactory(village=Village.objects.get(code="13.01.01.2001"))

    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [VILLAGE])
    region.load_region(folder=folder)
    assert [village.name for village in Village.objects.all()] == ["Desa Satu"]

    _table(folder / "wilayah_desa_kelurahan_13.01.csv", [other])
    with pytest.raises(RegionError, match="Desa Satu tidak ada lagi di berkas"):
        region.load_region(folder=folder)
    assert [village.name for village in Village.objects.all()] == ["Desa Satu"]


def test_the_command_prints_counts_and_puts_errors_in_plain_words(folder: Path, capsys) -> None:
    call_command("load_region", str(folder))
    assert (
        capsys.readouterr().out == "Kabupaten Contoh: 1 kecamatan, 1 desa/kelurahan, 0 puskesmas. Dimuat.\n"
    )

    with pytest.raises(CommandError, match=r"tidak ada yang berubah:\nFolder .* tidak ada"):
        call_command("load_region", str(folder / "salah"))


def test_an_area_without_boundary_is_missing_on_the_map_alone(folder: Path) -> None:
    _areas(folder / "desa_kelurahan_13.01.geojson", "13.01.01.2002")

    loaded = region.load_region(folder=folder)

    assert len(loaded.warnings) == 2  # the village has no boundary, and the boundary no village
    built = load_region_map()
    assert built is not None
    levels = [one["properties"]["level"] for one in json.loads(gzip.decompress(built.gzipped))["features"]]
    assert levels == ["district", "regency"]
