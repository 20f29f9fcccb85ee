"""`manage.py plan_case` as an engineer runs it: a process of its own, files in, files out."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.planning_case import as_case, make_problem
from tests.support.referee import judge

MANAGE = Path(__file__).parents[3] / "manage.py"


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, MANAGE, "plan_case", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments):
    process = start(*arguments)
    _, errors = process.communicate(timeout=120)
    return process.returncode, errors


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.json"
    path.write_text(json.dumps(as_case(make_problem(4, visits=60, shifts=6, locked=5))))
    return path


def test_a_case_becomes_a_plan_that_the_referee_accepts(case, tmp_path):
    out = tmp_path / "plan.json"
    code, errors = run(case, "--seconds", 1, "--seed", 3, "--output", out, "--progress")
    assert code == 0, errors
    seen = judge(json.loads(case.read_text()), written := json.loads(out.read_text()))
    assert seen["faults"] == []
    assert seen["score"] == written["statistics"]["score"]
    assert "Terlayani" in errors
    assert "#" in errors


def test_iterations_give_the_same_file_but_for_the_clock(case, tmp_path):
    files = []
    for name in ("a", "b"):
        out = tmp_path / f"{name}.json"
        assert run(case, "--iterations", 500, "--seed", 3, "--output", out)[0] == 0
        files.append(json.loads(out.read_text()))
    for written in files:
        del written["statistics"]["elapsed_s"], written["statistics"]["compile_s"]
    assert files[0] == files[1]


def test_ctrl_c_still_writes_the_best_plan(case, tmp_path):
    out = tmp_path / "plan.json"
    process = start(case, "--seconds", 600, "--output", out, "--progress")
    seen = ""
    while "terlayani" not in seen:  # the search has begun
        seen += process.stderr.read(1)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=300)
    assert process.returncode == 0
    written = json.loads(out.read_text())
    assert written["statistics"]["elapsed_s"] < 300
    assert judge(json.loads(case.read_text()), written)["faults"] == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda case: case["visits"][0].pop("windows"), "visits[0] (v0): kolom windows tidak ada"),
        (lambda case: case["visits"][0].update(location=999), "kunjungan v0: location 999 tidak ada"),
    ],
)
def test_a_bad_case_is_one_sentence_and_exit_2(case, tmp_path, change, words):
    data = json.loads(case.read_text())
    change(data)
    case.write_text(json.dumps(data))
    code, errors = run(case, "--iterations", 1, "--output", tmp_path / "plan.json")
    assert code == 2
    assert words in errors
    assert "Traceback" not in errors
    assert not (tmp_path / "plan.json").exists()


def test_files_that_cannot_be_used_are_named(case, tmp_path):
    code, errors = run(tmp_path / "none.json", "--iterations", 1, "--output", tmp_path / "plan.json")
    assert (code, "none.json: berkas tidak ada" in errors, "Traceback" in errors) == (2, True, False)
    code, errors = run(case, "--iterations", 1, "--output", tmp_path / "no" / "plan.json")
    assert (code, "tidak dapat ditulis" in errors, "Traceback" in errors) == (2, True, False)
    code, errors = run(case, "--output", tmp_path / "plan.json")
    assert (code, "--seconds atau --iterations" in errors) == (2, True)
