"""Every mistake in a case file is one Indonesian sentence that names the row, the field and what to do."""

import re
from pathlib import Path

import pytest

from tests.support.broken_case import break_case
from visits.management.case_errors import SENTENCES, translate_error
from visits.planning.case import read_case, read_problem
from visits.planning.errors import CaseError

PLANNING = Path(__file__).parents[3] / "visits" / "planning"


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (("format",), "other", "format"),
        (("format",), None, "kolom format tidak ada"),
        (("travel",), None, "kolom travel tidak ada"),
        (("travel", "kind"), "road", "great-circle"),
        (("travel", "speed_kmh"), 0, "speed_kmh"),
        (("travel", "detour"), "1", "detour"),
        (("locations",), {}, "locations"),
        (("locations", 0), [1], r"locations\[0\]"),
        (("locations", 0), [95, 100], r"locations\[0\]"),
        (("shifts", 0, "breaks"), None, r"shifts\[0\] \(s0\): kolom breaks tidak ada"),
        (("shifts", 0, "breaks"), [["13:00", "14:00"], ["11:00", "12:00"]], "breaks harus urut"),
        (("shifts", 0, "breaks"), [["13:00"]], r"\[dari, sampai\]"),
        (("shifts", 0, "start"), "7.30", "tulis HH:MM"),
        (("shifts", 0, "start"), "07:60", "tulis HH:MM"),
        (("shifts", 0, "end"), "24:01", "24:00"),
        (("shifts", 0, "date"), "2026-02-30", "bukan tanggal"),
        (("shifts", 0, "start_location"), 99, "start_location 99"),
        (("shifts", 0, "max_visits"), -1, "max_visits"),
        (("shifts", 0, "max_visits"), 1.5, "max_visits"),
        (("shifts", 1, "id"), "s0", "dua kali"),
        (("visits", 0, "location"), 99, "kunjungan v0: location 99"),
        (("visits", 0, "location"), -1, "location"),
        (("visits", 0, "priority"), 0, "priority"),
        (("visits", 0, "priority"), "high", "priority"),
        (("visits", 0, "service_minutes"), None, "kolom service_minutes tidak ada"),
        (("visits", 0, "service_minutes"), True, "service_minutes"),
        (("visits", 0, "windows"), [["10:00", "09:00"]], "windows"),
        (("visits", 0, "dates"), ["1 Desember"], "dates"),
        (("visits", 0, "skills"), "iris", "skills"),
        (("visits", 0, "locked"), "s9", "locked"),
        (("visits", 1, "id"), "v0", "dua kali"),
        (("visits", 0, "id"), None, "kolom id"),
        (("visits", 0), 7, r"visits\[0\]"),
        (("visits",), None, "kolom visits tidak ada"),
        (("travel", "speed_kmh"), 10**400, "speed_kmh"),
        (("travel", "speed_kmh"), 5e-324, "speed_kmh"),
        (("travel", "detour"), 10**400, "detour"),
        (("travel", "detour"), 1e300, "detour"),
        (("locations", 0, 0), 10**400, r"locations\[0\]"),
        (("locations", 0, 1), float("nan"), r"locations\[0\]"),
        (("shifts", 0, "date"), "20261130", "bukan tanggal"),
        (("shifts", 0, "end_location"), 10**400, "end_location"),
        (("visits", 0, "dates"), ["2026-W49-1"], "bukan tanggal"),
        (("visits", 0, "id"), "\ud800", "id: .* tulis ulang"),
        (("visits", 0, "priority"), 10**400, "priority terlalu besar"),
        (("visits", 0, "priority"), float("nan"), "priority harus"),
        (("visits", 0, "decay"), float("inf"), "decay terlalu besar"),
        (("visits", 0, "service_minutes"), float("nan"), "service_minutes: harus menit"),
        (("visits", 0, "service_minutes"), float("inf"), "service_minutes: terlalu lama"),
        (("visits", 0, "service_minutes"), 10**12, "service_minutes: terlalu lama"),
        (("visits", 0, "service_minutes"), -1, "service_minutes: harus menit"),
    ],
)
def test_what_is_wrong_is_named(path, value, words):
    with pytest.raises(CaseError) as seen:
        read_problem(break_case(path, value))
    text = translate_error(seen.value)
    assert re.search(words, text)
    assert len(text) < 200  # whatever stood there


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    def refusal(path):
        with pytest.raises(CaseError) as seen:
            read_case(path)
        return translate_error(seen.value)

    assert "tidak ada" in refusal(tmp_path / "none.json")
    assert "tidak dapat dibaca" in refusal(tmp_path)
    (tmp_path / "half.json").write_text('{"format": ')
    assert "bukan JSON" in refusal(tmp_path / "half.json")
    for text in ("[" * 100_000, "9" * 5000):
        (tmp_path / "long.json").write_text(text)
        assert "terlalu panjang" in refusal(tmp_path / "long.json")
    (tmp_path / "list.json").write_text("[]")
    assert "berkas kasus" in refusal(tmp_path / "list.json")


def test_every_code_that_a_case_can_raise_has_its_sentence():
    sources = "".join((PLANNING / f"{name}.py").read_text() for name in ("case", "types", "travel"))
    raised = set(re.findall(r'(?:Planning|Case)Error\(\s*"(\w+)"', sources)) | {"shift_twice", "visit_twice"}
    of_code_alone = {
        "place_range",
        "move_unpublished",
        "tier_range",
        "table_shape",
        "table_values",
        "table_size",
    }
    assert raised - of_code_alone <= SENTENCES.keys()
    assert SENTENCES.keys() - raised == {"budget_range"}  # of the planner itself
