"""The price of leaving a visit where it was, as the coordinator reads it."""

import pytest

from visits.planning.week.keep_cost import BLOCKED, FITS, FREE, LATE, PUSHES, SHIFTS, KeepCost
from visits.planning.why.hard_constraints import CODES
from visits.schedule.plans.keep_cost_labels import describe_keep_cost

NAMES = {"a": "S. P. (Kare)", "b": "W. (Dagangan)"}


@pytest.mark.parametrize(
    ("kept", "what", "title", "text"),
    [
        (
            KeepCost(FREE, "1", ("x",)),
            "shifted",
            "Bisa tetap pada jam semula",
            "Tanpa tambahan jalan; jam keluarga lain tidak berubah.",
        ),
        (
            KeepCost(FREE, "1", ("x",), added_s=-600),
            "moved",
            "Bisa tetap di tempat semula",
            "Jalan berkurang 10 mnt; jam keluarga lain tidak berubah.",
        ),
        (
            KeepCost(FITS, "1", ("x",), added_s=720, later_s=1500, points=4.0),
            "moved",
            "Bisa tetap, dengan dampak",
            "Jalan bertambah 12 mnt; nilai rencana turun 4; tim pulang 25 mnt lebih lambat, masih dalam jam kerja; jam keluarga lain tidak berubah.",
        ),
        (
            KeepCost(SHIFTS, "1", added_s=60, shifted=("a", "b")),
            "shifted",
            "Tetap bila ada yang mengalah",
            "Jalan bertambah 1 mnt; jam S. P. (Kare), W. (Dagangan) bergeser lebih dari 30 menit.",
        ),
        (
            KeepCost(PUSHES, "1", points=-46.0, out=("a",), worth=57.2, promised=1),
            "cancelled",
            "Tetap bila ada yang mengalah",
            "S. P. (Kare) harus ditunda (prioritas 57), 1 di antaranya sudah dijanjikan atau didahulukan; tanpa tambahan jalan; prioritas keluarga ini sendiri 46.",
        ),
        (
            KeepCost(BLOCKED, "1", relax=("failed",)),
            "moved",
            "Tidak bisa tetap",
            "Tim itu tidak bertugas lagi pada hari itu.",
        ),
        (
            KeepCost(LATE, "1", told=(39_000, 40_200)),
            "shifted",
            "Tidak bisa tetap",
            "Menurut simulasi hari itu, tim baru tiba antara 10.50 dan 11.10.",
        ),
    ],
)
def test_every_answer_has_its_words(kept: KeepCost, what: str, title: str, text: str) -> None:
    price = describe_keep_cost(kept, what, NAMES)

    assert (price.title, price.text) == (title, text)
    assert price.can == bool(kept.order)


def test_every_rule_in_the_way_has_its_own_words() -> None:
    said = [describe_keep_cost(KeepCost(BLOCKED, "1", relax=(code,)), "moved", NAMES).text for code in CODES]

    assert len(set(said)) == len(CODES)
    assert [code for code, text in zip(CODES, said, strict=True) if "jauh" in text] == ["far"]
