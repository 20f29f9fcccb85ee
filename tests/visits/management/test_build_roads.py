from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.factories.outreach import VillageFactory
from tests.support import osm
from visits.roads.extract import source

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(tmp_path: Path, settings) -> Path:
    settings.ROADS_DIR = tmp_path / "peta"
    return osm.write(tmp_path / "kota.osm", *osm.town())


def _run(*arguments: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("build_roads", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_a_map_is_built_and_its_maker_credited(town: Path, settings) -> None:
    out, err = _run(town)

    built = source.current_extract(settings.ROADS_DIR)
    assert built is not None
    assert out.startswith("kota.osm (")
    assert "OpenStreetMap" in out
    assert "Membaca jalan" in err
    assert "tidak ada yang berubah" in _run(town)[0]


def test_only_the_offices_region_is_taken(town: Path, settings) -> None:
    VillageFactory(latitude=-7.6, longitude=111.5)
    whole = _run(town, "--all")[0]
    near = _run(town, "--around", 1)[0]
    assert near != whole

    VillageFactory._meta.model.objects.update(latitude=-2.0, longitude=120.0)
    with pytest.raises(CommandError, match="--all"):
        _run(town)


@pytest.mark.parametrize(
    ("content", "words"), [(None, "tidak ditemukan"), ("<html></html>", "bukan peta OpenStreetMap")]
)
def test_a_file_of_no_use_is_told(tmp_path: Path, settings, content: str | None, words: str) -> None:
    settings.ROADS_DIR = tmp_path / "peta"
    if content:
        (tmp_path / "a.osm").write_text(content)

    with pytest.raises(CommandError, match=words):
        _run(tmp_path / "a.osm")


def test_the_offices_speeds_count(town: Path, settings) -> None:
    _run(town)
    settings.ROADS_SPEEDS = {"primary": 60}

    assert "tidak ada yang berubah" not in _run(town)[0]
