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


EXTRACT = OSRM | {"source": "extract", "wanted": "extract"}
RIDDEN = STRAIGHT | {"speed_kmh": 32.0, "vehicle": "motorcycle"}


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (
            STRAIGHT | {"motorcycle": RIDDEN},
            "Mobil: garis lurus × 1,35 pada 30 km/jam; Sepeda motor: garis lurus × 1,35 pada 32 km/jam",
        ),
        (RIDDEN, "Sepeda motor: garis lurus × 1,35 pada 32 km/jam"),
    ],
)
def test_a_plan_says_the_roads_of_each_vehicle(note, words: str) -> None:
    made = RoadsNote.from_json(note)
    assert made is not None
    assert road_labels.describe_travel_times(made) == words
    assert RoadsNote.from_json(made.as_json()) == made


@pytest.mark.parametrize(
    ("note", "said", "unsaid"),
    [
        (
            STRAIGHT,
            ["sungai", "feri", "satu arah", "larangan belok", "portal", "tiang"],
            ["hanya mengenal mobil"],
        ),
        (EXTRACT | {"sampled": 120}, ["sungai", "feri", "satu arah", "larangan belok"], []),
        (OSRM, ["kemacetan", "feri", "larangan belok", "bergantung pada server"], ["hanya mengenal mobil"]),
        (EXTRACT, ["larangan belok", "kemacetan", "jam buka"], ["feri", "satu arah", "hanya mengenal mobil"]),
        (
            EXTRACT | {"motorcycle": EXTRACT | {"vehicle": "motorcycle"}},
            ["larangan belok"],
            ["hanya mengenal"],
        ),
        (
            OSRM | {"motorcycle": OSRM | {"vehicle": "motorcycle", "as_car": True}},
            ["hanya mengenal mobil"],
            [],
        ),
    ],
)
def test_a_plan_says_what_its_roads_leave_out(note, said: list[str], unsaid: list[str]) -> None:
    told = road_labels.describe_left_out(RoadsNote.from_json(note))
    assert [words for words in said if words not in told] == []
    assert [words for words in unsaid if words in told] == []
    assert told.count("Tidak diperhitungkan") <= 1


def test_a_plan_warns_of_the_roads_of_motorcycles_alone() -> None:
    note = OSRM | {"motorcycle": RIDDEN | {"wanted": "osrm", "trouble": "slow"}}
    assert road_labels.describe_warning(RoadsNote.from_json(note)).startswith("OSRM tidak menjawab")
