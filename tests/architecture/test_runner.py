"""tests/run on a machine that lacks something, seen by somebody who may not install it; and with tests that fail."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT


def _machine(folder: Path, *, without: str, user: int) -> dict[str, str]:
    """A search path with this machine's programs but one, where `id -u` says `user`."""
    for directory in ("/bin", "/usr/bin"):
        for program in Path(directory).iterdir():
            if not program.name.startswith((without, "google-chrome", "apt-get")):
                (folder / program.name).unlink(missing_ok=True)
                (folder / program.name).symlink_to(program)
    (folder / "id").unlink()
    (folder / "id").write_text(f"#!/bin/sh\necho {user}\n")
    (folder / "id").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if name not in ("CHROMIUM", "PATH")}
    return kept | {"PATH": str(folder), "TMPDIR": str(folder.parent)}


def test_one_sentence_says_what_to_install(tmp_path: Path):
    programs = tmp_path / "bin"
    programs.mkdir()
    machine = _machine(programs, without="chromium", user=1000)
    done = subprocess.run(
        ["bash", "tests/run", "--sqlite"], cwd=ROOT, env=machine, capture_output=True, text=True, check=False
    )
    assert done.returncode == 3
    assert done.stderr.splitlines() == [
        "tests/run: please install first: chromium fonts-liberation "
        "(Debian: sudo apt-get install chromium fonts-liberation)."
    ]
    assert list(tmp_path.glob("jemput-bola-tests.*")) == [], "nothing is left behind"


def _program(path: Path, does: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The runner among programs that find nothing wrong, but for pytest, which notes how it is called and fails."""
    root = tmp_path / "checkout"
    (root / "tests").mkdir(parents=True)
    shutil.copy(ROOT / "tests" / "run", root / "tests" / "run")
    for requirements in (root / "requirements.txt", root / "tests" / "requirements.txt"):
        requirements.touch()
    bin_ = root / ".venv" / "bin"
    for name in ("ruff", "mypy", "lint-imports"):
        _program(bin_ / name, "exit 0")
    (root / ".venv" / "requirements.sha256").write_text(hashlib.sha256(b"").hexdigest())
    _program(bin_ / "python", f'[ "$1" = manage.py ] || PYTHONPATH={ROOT} exec {sys.executable} "$@"')
    _program(bin_ / "pytest", f'echo "${{DATABASE_URL%%:*}} $*" >>{root}/calls; exit 1')
    for name in ("pg_ctl", "initdb", "postgres", "chromium"):  # where there is no real one
        _program(root / "programs" / name, "exit 0")
    return root


def _run(checkout: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """What it said, and the calls of pytest."""
    environment = os.environ | {"PATH": f"{os.environ['PATH']}:{checkout}/programs"}
    command = ["bash", str(checkout / "tests" / "run"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done, (checkout / "calls").read_text().splitlines()


def test_every_database_runs_also_when_one_failed(checkout: Path):
    done, (sqlite, postgres) = _run(checkout, "--at", "2026-12-04T11:45", "-k", "some")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "== failed on: sqlite postgres"
    processes = f"-n {len(os.sched_getaffinity(0)) + 1} --dist loadfile --no-loadscope-reorder"
    assert sqlite.startswith(f" {processes}")
    assert postgres.startswith(f"postgres {processes}")
    assert all("--at 2026-12-04T11:45" in call and call.endswith("-k some") for call in (sqlite, postgres))


def test_what_failed_by_chance_runs_once_more_and_is_named(checkout: Path):
    notes = 'for one; do case "$one" in --once-more=*) echo a.py::one >"${one#*=}"; exit 1 ;; esac; done'
    _program(checkout / ".venv" / "bin" / "pytest", f'echo "$*" >>{checkout}/calls\n{notes}')
    done, (_first, second) = _run(checkout, "--sqlite", "--at", "2026-12-04T11:45")
    assert done.returncode == 0
    assert second == "-n 0 --at 2026-12-04T11:45 a.py::one"
    assert done.stdout.splitlines()[-1] == "== unsteady, failed once and passed alone: a.py::one"


@pytest.mark.parametrize(
    ("tests", "noted"),
    [
        ("@pytest.mark.browser\ndef test_page(): assert False", ["::test_page"]),
        ("@pytest.mark.browser\ndef test_page(): assert False\ndef test_unit(): assert False", []),
        ("@pytest.mark.crash\n@pytest.mark.parametrize('a', range(4))\ndef test_kill(a): assert False", []),
    ],
)
def test_only_a_few_tests_of_live_processes_may_run_once_more(tmp_path: Path, tests: str, noted: list[str]):
    file, once_more = tmp_path / "test_made.py", tmp_path / "once_more"
    file.write_text(f"import pytest\n{tests}\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-n",
        "1",
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(ROOT),
    ]
    command += ["-p", "xdist", "-p", "tests.support.once_more", "--once-more", str(once_more), str(file)]
    alone = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # Django takes long to start
    done = subprocess.run(command, cwd=ROOT, env=alone, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert [line[line.index("::") :] for line in once_more.read_text().splitlines()] == noted


def test_an_ordinary_run_draws_a_moment_and_says_how_to_have_it_again(checkout: Path):
    done, (call,) = _run(checkout, "--quick")
    said = re.search(r"== clock: (.+) \(seed \d+\); the same again: bash tests/run --at (\S+)", done.stdout)
    assert said
    assert f"--at {said[2]} " in call
    assert call.endswith("-m not browser and not crash and not journey")
