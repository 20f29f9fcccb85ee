import re
from datetime import date
from pathlib import Path

import pytest

from tests.factories.visits import ShiftFactory
from visits.models import Shift
from visits.planning.start import locks
from visits.planning.why import explain, hard_constraints
from visits.schedule.plans import unassigned_labels

TUESDAY = date(2026, 12, 1)
ROW = {"seconds": 1500, "points": 62.0, "needs": ["a"], "detail": "iris,ramp", "at": 38_400, "later": 1500}
NAMES = {"a": "W. A. (Kare)", "b": "W. B. (Mejayan)"}

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]


@pytest.fixture
def shift() -> Shift:
    return ShiftFactory(date=TUESDAY, team__name="Tim Kare")


def _codes() -> set[str]:
    """Every code that the planner's modules can give."""
    text = "".join(Path(module.__file__ or "").read_text() for module in (explain, locks))
    rules = {*hard_constraints.CODES, "date"} - {"no_shift", "reserve"}  # promises go before the reserve
    locked = {f"lock_{code}" for code in rules}
    return {"pushes", "worth", *hard_constraints.CODES, *locked, *re.findall(r'"(lock_[a-z]+)"', text)}


def test_every_code_of_the_planner_has_words(shift: Shift) -> None:
    assert {"no_shift", "skill", "window", "far", "pushes", "worth", "lock_clash"} <= _codes()
    for code in _codes():
        relax = [code] if code in hard_constraints.CODES else []
        row = {**ROW, "shift": str(shift.pk), "code": code, "relax": relax}
        texts = [unassigned_labels.describe_for_office(row, shifts={shift.pk: shift}, names=NAMES)]
        if not code.startswith("lock_"):
            texts.append(unassigned_labels.describe_for_family(row, shifts={shift.pk: shift}))
            assert unassigned_labels.reason_title(code) != "Alasan lain", code
        for text in texts:
            assert "tidak dikenal" not in text, code
            assert "%(" not in text
            assert text.endswith(".")
            assert ".." not in text
            assert "  " not in text


def test_the_office_reads_place_neighbours_and_price(shift: Shift) -> None:
    row = {**ROW, "code": "pushes", "shift": str(shift.pk), "needs": ["a", "b"], "promised": 1}

    assert unassigned_labels.describe_for_office(row, shifts={shift.pk: shift}, names=NAMES) == (
        "Muat di Tim Kare Sel 1 Des pukul 10.40 bila W. A. (Kare), W. B. (Mejayan) ditunda (prioritas 62); "
        "1 di antaranya sudah dijanjikan atau didahulukan; tambahan jalan 25 mnt; "
        "rumah lain mundur paling lama 25 mnt."
    )


def test_the_family_hears_the_nearest_day_and_no_names_or_points(shift: Shift) -> None:
    row = {**ROW, "code": "pushes", "shift": str(shift.pk), "needs": ["a", "b"]}

    assert unassigned_labels.describe_for_family(row, shifts={shift.pk: shift}) == (
        "Belum kebagian jadwal. Paling dekat Tim Kare, Selasa, 1 Desember 2026 sekitar pukul 10.40, "
        "tetapi untuk itu dua keluarga lain harus mundur. "
        "Permohonan tetap tercatat dan ikut dihitung pada rencana berikutnya."
    )


def test_all_blocks_are_said_and_what_the_family_can_change_is_asked(shift: Shift) -> None:
    row = {"code": "window", "shift": str(shift.pk), "at": 38_400, "relax": ["window", "no_shift"]}

    assert unassigned_labels.describe_for_family(row, shifts={shift.pk: shift}) == (
        "Belum kebagian jadwal: jam yang Bapak/Ibu pilih tidak cukup dalam jam kerja tim, dan belum ada tim "
        "yang bertugas pada hari yang Bapak/Ibu pilih. Bila jam lain dan hari lain bisa, paling dekat Tim Kare, "
        "Selasa, 1 Desember 2026 sekitar pukul 10.40. "
        "Permohonan tetap tercatat dan ikut dihitung pada rencana berikutnya."
    )


def test_what_only_the_office_can_change_is_not_asked_of_the_family(shift: Shift) -> None:
    row = {**ROW, "code": "skill", "shift": str(shift.pk), "relax": ["skill"], "needs": []}

    text = unassigned_labels.describe_for_family(row, shifts={shift.pk: shift})

    assert text.startswith(
        "Belum kebagian jadwal: belum ada tim dengan pemindai iris, papan landai kursi roda pada hari yang cocok."
    )
    assert "Kantor sedang mengusahakannya" in text


def test_without_any_shift_nothing_is_promised() -> None:
    assert unassigned_labels.describe_for_family({"code": "no_shift"}, shifts={}) == (
        "Belum kebagian jadwal. Belum ada tim yang bertugas. "
        "Permohonan tetap tercatat dan ikut dihitung pada rencana berikutnya."
    )


def test_a_home_that_nobody_reaches_in_a_day_is_said_to_be_too_far() -> None:
    row = {"code": "far", "relax": ["far"], "needs": []}
    assert unassigned_labels.describe_for_office(row, shifts={}, names={}).startswith(
        "Tidak ada tim yang dapat sampai"
    )
    assert unassigned_labels.describe_for_family(row, shifts={}) == (
        "Belum kebagian jadwal. Rumahnya terlalu jauh untuk perjalanan tim sehari. "
        "Permohonan tetap tercatat dan ikut dihitung pada rencana berikutnya."
    )


@pytest.mark.parametrize(
    ("code", "title", "office", "family"),
    [
        (
            "window_break",
            "Jam yang cocok jatuh pada istirahat tim",
            "Jam yang cocok jatuh pada istirahat tim: tanyakan jam lain",
            "jam yang Bapak/Ibu pilih jatuh pada istirahat tim. Bila jam lain bisa,",
        ),
        (
            "break",
            "Terpotong istirahat tim",
            "Kunjungan ini terlalu lama untuk jam sebelum atau sesudah istirahat tim",
            "kunjungannya terlalu lama untuk jam sebelum atau sesudah istirahat tim.",
        ),
        (
            "reserve",
            "Hari tim penuh sampai selesai jam tugas",
            "Hari tim sudah penuh sampai selesai jam tugas: kurang 20 mnt cadangan",
            "hari tim sudah penuh sampai selesai jam tugas.",
        ),
        (
            "long",
            "Kunjungan terlalu lama untuk jam tugas",
            "Kunjungan ini terlalu lama untuk jam tugas tim: kurang 20 mnt.",
            "kunjungannya terlalu lama untuk jam kerja tim sehari.",
        ),
        (
            "midnight",
            "Jam tugas terlalu dekat tengah malam",
            "Jam tugas tim terlalu dekat tengah malam: tim baru pulang hari berikutnya. Mulai jam tugas 20 mnt lebih awal.",
            "jam kerja tim terlalu dekat tengah malam untuk kunjungan ini.",
        ),
    ],
)
def test_what_is_not_far_is_not_said_to_be(
    shift: Shift, code: str, title: str, office: str, family: str
) -> None:
    row = {"code": code, "relax": [code], "shift": str(shift.pk), "at": 38_400, "over": 1200}
    shifts = {shift.pk: shift}

    assert unassigned_labels.reason_title(code) == title
    said = unassigned_labels.describe_for_office(row, shifts=shifts, names={})
    heard = unassigned_labels.describe_for_family(row, shifts=shifts)
    assert said.startswith(office)
    assert family in heard
    assert "jauh" not in f"{title} {said} {heard}".lower()


def test_families_hear_that_others_are_promised_or_go_first(shift: Shift) -> None:
    row = {**ROW, "code": "pushes", "shift": str(shift.pk), "promised": 1}

    text = unassigned_labels.describe_for_family(row, shifts={shift.pk: shift})

    assert "untuk itu satu keluarga lain yang sudah dijanjikan atau didahulukan harus mundur." in text


def test_every_team_day_says_what_stands_in_the_way_there(shift: Shift) -> None:
    other = ShiftFactory(date=TUESDAY, team__name="Tim Dolopo")
    row = {
        "code": "skill",
        "each": [
            {"codes": ["skill", "window"], "shifts": [str(shift.pk)]},
            {"codes": ["no_shift"], "shifts": [str(other.pk)]},
        ],
    }
    assert unassigned_labels.describe_team_days(row, shifts={shift.pk: shift, other.pk: other}) == [
        "Kelengkapan tim kurang + Jam yang cocok terlalu sempit: Tim Kare Sel 1 Des",
        "Tidak ada hari yang cocok: Tim Dolopo Sel 1 Des",
    ]
    assert unassigned_labels.describe_team_days({"code": "pushes"}, shifts={}) == []


def test_who_was_taken_out_by_hand_is_said_to_be(shift: Shift) -> None:
    row = {"code": "by_hand"}

    assert unassigned_labels.reason_title("by_hand") == "Dikeluarkan koordinator"
    assert unassigned_labels.describe_for_office(row, shifts={}, names={}) == (
        "Koordinator mengeluarkan kunjungan ini dari rancangan."
    )
    assert unassigned_labels.describe_for_family(row, shifts={}) == (
        "Belum kebagian jadwal. Permohonan tetap tercatat dan ikut dihitung pada rencana berikutnya."
    )
