import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.lib.names import ALIKE, name_likeness


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
    ],
)
def test_the_same_person_written_otherwise_is_alike(one: str, other: str) -> None:
    assert name_likeness(one, other) >= ALIKE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *[("Siti Aminah", "Budi Santoso"), ("Suparno", "Suparti Ningrum"), ("", "Siti"), ("Hj.", "H.")],
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
