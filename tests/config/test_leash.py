import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from tests.support.wait import wait_until

Leashes = list[subprocess.Popen[bytes]]

# A program with a worker of its own, as gunicorn and the cluster are. `deaf`: it does not mind SIGTERM.
PROGRAM = """
import os, signal, subprocess, sys, time
if sys.argv[2] == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
worker = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
open(sys.argv[1] + ".new", "w").write(f"{os.getpid()} {worker.pid}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(600)
"""


@pytest.fixture
def leashes() -> Iterator[Leashes]:
    started: Leashes = []
    yield started
    for leash in started:
        _let_go(leash)
        leash.wait(10)


def _let_go(leash: subprocess.Popen[bytes]) -> None:
    assert leash.stdin is not None
    leash.stdin.close()


def _start(
    leashes: Leashes, pids: Path, *, manner: str = "polite", grace: str = "5", nice: str = "0"
) -> list[psutil.Process]:
    leash = subprocess.Popen(
        [sys.executable, "-m", "config.leash", grace, nice, sys.executable, "-c", PROGRAM, str(pids), manner],
        stdin=subprocess.PIPE,
        cwd=settings.BASE_DIR,
        start_new_session=True,
    )
    leashes.append(leash)
    wait_until(pids.exists, what="the program runs")
    return [psutil.Process(int(pid)) for pid in pids.read_text().split()]


def _gone(processes: list[psutil.Process]) -> bool:
    return not any(_runs(process) for process in processes)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def test_letting_go_ends_the_program_and_its_worker(leashes: Leashes, tmp_path: Path):
    processes = _start(leashes, tmp_path / "pids")
    _let_go(leashes[0])
    assert leashes[0].wait(5) == 128 + signal.SIGTERM
    wait_until(lambda: _gone(processes), what="all gone")


def test_a_program_and_its_worker_step_back_for_others(leashes: Leashes, tmp_path: Path):
    ours = psutil.Process().nice()
    assert [process.nice() for process in _start(leashes, tmp_path / "pids")] == [ours, ours]
    assert [process.nice() for process in _start(leashes, tmp_path / "nice", nice="3")] == [ours + 3] * 2
    _let_go(leashes[0])


def test_a_program_runs_also_where_its_niceness_is_refused(tmp_path: Path):
    """As a negative one is, to who is not root."""
    code = (
        "import os, sys\n"
        "from config import leash\n"
        "def refuse(step):\n"
        "    raise PermissionError(1, 'Operation not permitted')\n"
        "os.nice = refuse\n"
        "sys.exit(leash.run_command(sys.argv[1:], grace=1, nice=3))\n"
    )
    touch = "import pathlib, sys; pathlib.Path(sys.argv[1]).touch()"
    command = [sys.executable, "-c", code, sys.executable, "-c", touch, str(tmp_path / "ran")]
    leash = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=settings.BASE_DIR, start_new_session=True)
    assert leash.wait(10) == 0
    assert (tmp_path / "ran").exists()


def test_a_program_that_is_deaf_is_killed_after_its_grace(leashes: Leashes, tmp_path: Path):
    processes = _start(leashes, tmp_path / "pids", manner="deaf", grace="0.5")
    _let_go(leashes[0])
    assert leashes[0].wait(5) == 128 + signal.SIGKILL
    wait_until(lambda: _gone(processes), what="all gone")


def test_a_killed_program_leaves_no_orphan(leashes: Leashes, tmp_path: Path):
    processes = _start(leashes, tmp_path / "pids")
    processes[0].kill()
    assert leashes[0].wait(5) == 128 + signal.SIGKILL
    wait_until(lambda: _gone(processes), what="the worker went with it")


def test_the_program_ends_when_even_the_leash_is_killed(leashes: Leashes, tmp_path: Path):
    processes = _start(leashes, tmp_path / "pids")
    leashes[0].kill()
    wait_until(lambda: _gone(processes[:1]), what="the kernel ended the program")
    for process in processes[1:]:  # out of reach of anybody but the program itself; our own to clean up
        process.kill()


def test_the_program_ends_when_the_holder_is_killed(tmp_path: Path):
    pids = tmp_path / "pids"
    holder_code = (
        "import subprocess, sys, time\n"
        "leash = [sys.executable, '-m', 'config.leash', '5', '0', sys.executable, '-c', *sys.argv[1:]]\n"
        "subprocess.Popen(leash, stdin=subprocess.PIPE, start_new_session=True)\n"
        "time.sleep(600)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", holder_code, PROGRAM, str(pids), "polite"], cwd=settings.BASE_DIR
    )
    wait_until(pids.exists, what="the program runs")
    processes = [psutil.Process(int(pid)) for pid in pids.read_text().split()]
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait(5)
    wait_until(lambda: _gone(processes), what="all gone")
