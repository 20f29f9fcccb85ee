import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.names import ALIKE, fold_name, name_likeness


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siti Aminah", "Hj. Siti Aminah"),
        ("Siti Aminah", "SITI AMINAH, S.Pd"),
        ("Soekarno Wirjo", "Sukarno Wiryo"),
        ("Moch. Ridwan", "Muhammad Ridwan"),
        ("M. Ridwan", "Muhammad Ridwan"),
        ("Sulastri Ningsih", "Sulastri Ninsih"),
        ("Mbah Karto", "Karto"),
        ("Tukiman", "Tukiman Hadi"),
        ("Nurhayati", "Nur Hayati"),
        ("Ma'ruf", "Ma\u2019ruf Hadi"),
        ("Djoko Tjahjono", "Joko Cahyono"),
        ("Drs.Sutrisno, M. Pd.", "SUTRISNO"),
        ("Siti binti Karto", "Siti Karto (alm.)"),
        ("Aminah Siti", "S. Aminah"),
        ("Khoirul Anwar", "Chairul Anwar"),
        ("Zaenal Abidin", "Jainal Abidin"),
        ("C. Aminah", "Chasanah Aminah"),
        ("Nur\u200b Hayati", "Nur\u00a0Hayati"),
        ("Tri Sumarno Suparno", "TriSumarno Suparno binti Sugeng"),
        ("Muhammad Purnomo Abidin", "PurnomoAbidin"),
        ("Siti b. Karto", "Karto Siti"),
    ],
)
def test_the_same_person_written_otherwise_is_alike(one: str, other: str) -> None:
    assert name_likeness(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("Siti Aminah", "Siti Aisyah"), ("Sri Lestari", "Sri Rahayu"), ("Dwi Hermanto", "Yatmi Hermanto")],
        *[
            ("Hasan", "Husen"),
            ("Siti Aminah", "Budi Santoso"),
            ("Suparno", "Suparti Ningrum"),
            ("", "Siti"),
            ("Hj.", "H."),
        ],
        ("Endang Rahayu (contoh)", "Lasmi Rahayu (contoh)"),
    ],
)
def test_others_are_not(one: str, other: str) -> None:
    assert name_likeness(one, other) < ALIKE


NAMES = st.lists(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyz .'", min_size=1, max_size=10), min_size=1, max_size=4
).map(" ".join)


@given(NAMES, NAMES)
def test_likeness_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert name_likeness(one, other) == name_likeness(other, one)
    assert 0 <= name_likeness(one, other) <= 1


@pytest.mark.parametrize(
    "written",
    [
        *(
            "Nur Hayati",
            "Nurhayati",
            "NUR HAYATI",
            "Hj. Nur Hayati, S.Pd.",
            "Noer Hajati",
            "Nur\u2019hayati",
            "Nurhayyati",
        ),
        *(
            "Nur Hayatie",
            "nur-hayati",
            "Nur Hayati (contoh)",
            "Nur Hayati binti",
            "\u200bNur\u00a0Hayati",
            "N\u00fbr Hay\u00e2ti",
        ),
    ],
)
def test_one_name_of_many_writings_has_one_key(written: str) -> None:
    assert fold_name(written) == "nuraiati"
