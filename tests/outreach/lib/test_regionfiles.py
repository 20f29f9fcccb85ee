"""Region folders as offices send them: the small regency of `regions/base`, with one file after another spoiled."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from outreach.lib import geo
from outreach.lib.regionfiles import RegionError, RegionFiles, read_folder

REGIONS = Path(__file__).resolve().parent / "regions"
VILLAGE_AREAS, OUTLINE = "desa_kelurahan_35.98.geojson", "kabupaten_35.98_outline.geojson"
VILLAGES, DISTRICTS = "wilayah_desa_kelurahan_35.98.csv", "wilayah_kecamatan_35.98.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(REGIONS / "base", tmp_path / "region")


@pytest.fixture
def read(folder: Path) -> Callable[[str], RegionFiles]:
    """The base regency with the files of one of the field's folders over it."""

    def over(name: str) -> RegionFiles:
        shutil.copytree(REGIONS / name, folder, dirs_exist_ok=True)
        return read_folder(folder)

    return over


def _problems(folder: Path) -> list[str]:
    with pytest.raises(RegionError) as caught:
        read_folder(folder)
    return caught.value.problems


def _edit(folder: Path, file: str, change: Callable[[Any], Any]) -> None:
    path = folder / file
    collection = json.loads(path.read_text())
    change(collection)
    path.write_text(json.dumps(collection))


def _replace(folder: Path, file: str, *pairs: tuple[str, str]) -> None:
    text = (folder / file).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (folder / file).write_text(text)


def test_the_healthy_regency_has_no_warnings(folder: Path) -> None:
    region = read_folder(folder)
    assert (region.code, len(region.districts), len(region.villages), region.warnings) == ("35.98", 2, 4, [])


def test_parts_of_one_code_are_one_area(read) -> None:
    village = read("detached_part").villages["35.98.01.2001"]

    assert village["boundary"]["type"] == "MultiPolygon"
    for latitude, longitude in ((-7.59, 112.01), (-7.564, 112.036)):
        assert geo.contains_point(village["boundary"], latitude=latitude, longitude=longitude)
    assert (village["lat"], village["lng"]) == (-7.59, 112.01)


def test_heights_are_dropped_whatever_they_are(read) -> None:
    region = read("nan_heights")

    (ring,) = region.villages["35.98.01.2001"]["boundary"]["coordinates"]
    assert {len(point) for point in ring} == {2}
    assert region.warnings == []


def test_a_centre_outside_its_village_is_moved_inside_with_a_warning(read) -> None:
    region = read("centre_outside")

    village = region.villages["35.98.01.2001"]
    assert geo.contains_point(village["boundary"], latitude=village["lat"], longitude=village["lng"])
    (warning,) = region.warnings
    assert warning.startswith(
        f"{VILLAGES} baris 2: titik Sumberwaras di luar batas desanya. Dipakai titik di dalamnya:"
    )


def test_a_village_without_a_boundary_loads_with_a_warning(read) -> None:
    region = read("no_boundary")

    assert [code for code, row in region.villages.items() if not row["boundary"]] != []
    (warning,) = region.warnings
    assert "Dimuat tanpa batas; peta dan pemeriksaan berjalan tanpanya." in warning


def test_an_empty_geometry_is_no_boundary(folder: Path) -> None:
    _edit(folder, VILLAGE_AREAS, lambda found: found["features"][0].update(geometry=None))

    assert read_folder(folder).villages["35.98.01.2001"]["boundary"] == {}


def test_an_outline_in_metres_is_refused_with_its_cause(read) -> None:
    with pytest.raises(RegionError) as caught:
        read("outline_metres")

    assert caught.value.problems == [
        f"{OUTLINE}: fitur 1 35.98: koordinatnya tampak dalam meter (UTM atau Mercator), bukan derajat. "
        "Ekspor ulang dalam WGS84 (EPSG:4326)."
    ]


def _swap(found: Any) -> None:
    for feature in found["features"]:
        feature["geometry"]["coordinates"] = [
            [[y, x] for x, y in ring] for ring in feature["geometry"]["coordinates"]
        ]


def _shift(found: Any) -> None:
    for feature in found["features"]:
        feature["geometry"]["coordinates"] = [
            [[x + 1, y] for x, y in ring] for ring in feature["geometry"]["coordinates"]
        ]


@pytest.mark.parametrize(
    ("file", "change", "sentence"),
    [
        (
            VILLAGE_AREAS,
            _swap,
            f"{VILLAGE_AREAS}: fitur 1 35.98.01.2001, fitur 2 35.98.01.2002, fitur 3 35.98.02.2001 dan 1 fitur lain: "
            "bujur dan lintangnya tertukar. GeoJSON menulis bujur dahulu, misalnya [111.5, -7.6].",
        ),
        (
            OUTLINE,
            _shift,
            "*_outline.geojson: 4 dari 4 titik desa di luar garis batas kabupaten. Garis batas itu milik wilayah lain, "
            "atau sistem koordinatnya bukan WGS84.",
        ),
        (
            OUTLINE,
            lambda found: found.update(
                crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32749"}}
            ),
            f"{OUTLINE}: memakai sistem koordinat urn:ogc:def:crs:EPSG::32749. Ekspor ulang dalam WGS84 (EPSG:4326).",
        ),
    ],
)
def test_other_coordinates_are_refused_with_the_likely_cause(
    folder: Path, file: str, change, sentence: str
) -> None:
    _edit(folder, file, change)
    assert _problems(folder) == [sentence]


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"])
def test_degrees_by_any_of_their_names_are_read(folder: Path, name: str) -> None:
    _edit(folder, OUTLINE, lambda found: found.update(crs={"type": "name", "properties": {"name": name}}))
    assert read_folder(folder).outline


def test_a_boundary_far_from_its_point_belongs_elsewhere(folder: Path) -> None:
    _edit(folder, VILLAGE_AREAS, _shift)

    problems = _problems(folder)

    assert len(problems) == 4
    assert problems[0].startswith(f"{VILLAGES} baris 2: titik Sumberwaras 109 km dari batas desanya.")


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_other_separators_are_read(folder: Path, sign: str) -> None:
    healthy = read_folder(folder)
    for file in (VILLAGES, DISTRICTS):
        _replace(folder, file, (",", sign))

    assert read_folder(folder).villages == healthy.villages


def test_the_semicolons_of_the_field_are_read(read) -> None:
    assert len(read("semicolon").villages) == 4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(folder: Path, encoding: str) -> None:
    text = (folder / VILLAGES).read_text().replace("Karangmulyo", "Karangmuly\u00f3")
    (folder / VILLAGES).write_bytes(text.encode(encoding))

    assert read_folder(folder).villages["35.98.01.2002"]["name"] == "Karangmuly\u00f3"


def test_codes_as_numbers_and_decimal_commas_are_read(folder: Path) -> None:
    healthy = read_folder(folder)
    rows = [
        "sep=;\nCode;Name;Type;Kecamatan_Code;Lat;Lng;Postal_Code;Area_km2",
        "3598012001;Sumberwaras;Desa;359801;-7,59;112,01;63999;4,1",
        "3598012002,0;Karangmulyo;desa;359801,0;-7,59;112,03;63999,0;4,1",
        "35.98.02.2001;Tegalarum;desa;35.98.02;\u22127,57;112,01;63999;4,1",
        "35.98.02.1002\u200b;Pandanwangi;KELURAHAN;35.98.02;-7,57;112,03;63999;4,1",
        ";;;;;;;\n",
    ]
    (folder / VILLAGES).write_text("\n".join(rows))
    _edit(folder, VILLAGE_AREAS, lambda found: found["features"][0]["properties"].update(code=3598012001))
    _edit(folder, OUTLINE, lambda found: found["features"][0]["properties"].update(code=35.98))

    region = read_folder(folder)

    def values(rows: dict[str, Any]) -> list[dict[str, Any]]:
        return [{name: value for name, value in row.items() if name != "where"} for row in rows.values()]

    assert values(region.villages) == values(healthy.villages)
    assert region.code == "35.98"


def test_everything_is_said_at_once(folder: Path) -> None:
    _replace(folder, DISTRICTS, ("112.02", "enam"))
    _replace(folder, VILLAGES, ("-7.57,112.03", "9160000,610000"), ("35.98.01.2002,", "3.59801E+09,"))
    _edit(folder, OUTLINE, lambda found: found["features"][0]["geometry"].update(type="Point"))

    problems = " ".join(_problems(folder))

    for part in (
        f"{OUTLINE}: fitur 1 35.98 geometry: bukan Polygon atau MultiPolygon.",
        f"{DISTRICTS} baris 2: titik Utara Contoh (lat, lng) kosong atau bukan angka. Isi.",
        f"{VILLAGES} baris 5: titik Pandanwangi tampak dalam meter (UTM), atau kehilangan titik desimalnya.",
        "Kodenya rusak oleh lembar kerja: simpan kolom itu sebagai teks.",
    ):
        assert part in problems


def test_unquoted_decimal_commas_are_named_by_their_line(folder: Path) -> None:
    _replace(folder, VILLAGES, ("-7.59,112.03", "-7,59,112,03"))

    assert _problems(folder) == [
        f"{VILLAGES} baris 3: lebih banyak isian daripada kolom. Beri tanda kutip pada isian yang memuat koma."
    ]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (("Karangmulyo", "K" * 200_000), "tidak terbaca"),
        (("Karangmulyo", "K" * 200), "isian kolom name terlalu panjang"),
        (("Karangmulyo", '"Karangmulyo'), "baris 3"),
        (("desa,35.98.01", "dusun,35.98.01"), "type harus desa atau kelurahan"),
    ],
)
def test_cells_that_cannot_be_are_named(folder: Path, spoil: tuple[str, str], said: str) -> None:
    _replace(folder, VILLAGES, spoil)
    assert any(said in problem for problem in _problems(folder))


@pytest.mark.parametrize("file", [VILLAGES, DISTRICTS])
def test_a_table_of_nothing_but_its_head_is_refused(folder: Path, file: str) -> None:
    (folder / file).write_text((folder / file).read_text().splitlines()[0] + "\n")

    assert f"{file}: tidak memuat satu baris pun. Ekspor ulang berkas itu." in _problems(folder)


def test_a_table_that_was_cut_off_is_told_by_the_districts_that_lost_their_villages(folder: Path) -> None:
    lines = (folder / VILLAGES).read_text().splitlines()
    kept = [line for line in lines if not line.startswith("35.98.02")]
    (folder / VILLAGES).write_text("\n".join(kept) + "\n")
    _edit(
        folder,
        VILLAGE_AREAS,
        lambda found: found.update(
            features=[one for one in found["features"] if "35.98.02" not in one["properties"]["code"]]
        ),
    )

    (warning,) = read_folder(folder).warnings

    assert warning.startswith(f"{DISTRICTS} baris 3: kecamatan 35.98.02 ")
    assert "tidak punya satu desa pun" in warning
