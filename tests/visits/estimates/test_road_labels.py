import pytest

from visits.estimates import road_labels
from visits.lib.plan_summary import RoadsNote

STRAIGHT = {
    "source": "great_circle",
    "wanted": "great_circle",
    "places": 30,
    "detour": 1.35,
    "speed_kmh": 30.0,
}
OSRM = STRAIGHT | {"source": "osrm", "wanted": "osrm", "as_of": "2026-11-03"}


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ({}, ""),
        (STRAIGHT, "garis lurus × 1,35 pada 30 km/jam"),
        (
            STRAIGHT | {"fitted": "2026-10-12"},
            "garis lurus × 1,35 pada 30 km/jam (dikalibrasi 12 Oktober 2026)",
        ),
        (OSRM, "OSRM, 3 November 2026"),
        (
            OSRM | {"estimated": 0.123},
            "OSRM, 3 November 2026; 12% ditaksir dengan garis lurus × 1,35 pada 30 km/jam",
        ),
        (
            OSRM | {"estimated": 0.001},
            "OSRM, 3 November 2026; kurang dari 1% ditaksir dengan garis lurus × 1,35 pada 30 km/jam",
        ),
        (
            OSRM | {"source": "extract", "sampled": 120, "places": 5200, "speed_kmh": 41.3},
            "garis lurus × 1,35 pada 41,3 km/jam, disetel pada 120 titik dari Peta OpenStreetMap, "
            "3 November 2026 karena ada 5.200 titik",
        ),
    ],
)
def test_a_plan_says_which_roads_it_was_made_on(note, words: str) -> None:
    assert road_labels.describe_travel_times(RoadsNote.from_json(note)) == words


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ({}, ""),
        (STRAIGHT, ""),
        (OSRM, ""),
        (OSRM | {"estimated": 0.04}, ""),
        (
            OSRM | {"estimated": 0.25, "far": 4},
            "25% waktu jalan ditaksir dengan garis lurus: 4 titik terlalu jauh",
        ),
        (
            STRAIGHT | {"wanted": "osrm", "trouble": "slow"},
            "OSRM tidak menjawab pada waktunya, dipakai garis lurus. Waktu jalan dapat meleset.",
        ),
        (OSRM | {"trouble": "unreachable"}, "OSRM tidak terhubung; dipakai waktu jalan yang tersimpan."),
        (
            OSRM | {"trouble": "answer", "estimated": 0.01},
            "OSRM menjawab dengan isi yang tidak dapat dipakai; waktu jalan yang belum diketahui ditaksir",
        ),
        (
            STRAIGHT | {"wanted": "extract", "trouble": "not_built"},
            "Peta OpenStreetMap belum disiapkan, dipakai garis lurus.",
        ),
    ],
)
def test_a_plan_warns_of_roads_that_are_not_as_wanted(note, words: str) -> None:
    assert road_labels.describe_warning(RoadsNote.from_json(note)).startswith(words)
    assert bool(road_labels.describe_warning(RoadsNote.from_json(note))) == bool(words)
