import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import psutil

from config.supervisor import Program, Supervisor
from tests.support.wait import wait_until

# Notes its process id, then lives for as long as the file says.
LIVE = (
    "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(float(sys.argv[2]))"
)


def _program(name: str, pids: Path, seconds: float, hangs: Callable[[], bool] | None = None) -> Program:
    command = [sys.executable, "-c", LIVE, str(pids), str(seconds)]
    return Program(name=name, command=command, environment=dict(os.environ), grace_seconds=2, hangs=hangs)


def _started(pids: Path) -> list[int]:
    return [int(line) for line in pids.read_text().split()] if pids.exists() else []


def _first_lives(pids: Path) -> bool:
    """Whether the first one started still runs; a later one is well however long it takes to note itself."""
    return any(psutil.pid_exists(pid) for pid in _started(pids)[:1])


@contextmanager
def _supervised(*programs: Program, unanswered_seconds: float = 600) -> Iterator[Supervisor]:
    stop = Event()
    supervisor = Supervisor(
        list(programs),
        stop=stop,
        check_seconds=0.1,
        settled_seconds=0.5,
        unanswered_seconds=unanswered_seconds,
    )
    supervisor.start()
    thread = Thread(target=supervisor.run)
    thread.start()
    yield supervisor
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_stopping_ends_every_program(tmp_path: Path):
    with _supervised(_program("a", tmp_path / "a", 600), _program("b", tmp_path / "b", 600)) as supervisor:
        wait_until(lambda: _started(tmp_path / "a") and _started(tmp_path / "b"))
        pids = _started(tmp_path / "a") + _started(tmp_path / "b")
        assert all(psutil.pid_exists(pid) for pid in pids)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert supervisor.has_ended("a")


def test_a_program_that_died_starts_again_and_the_other_stays(tmp_path: Path):
    with _supervised(_program("a", tmp_path / "a", 0.05), _program("b", tmp_path / "b", 600)):
        wait_until(lambda: len(_started(tmp_path / "a")) >= 2, what="started again")
    assert len(_started(tmp_path / "b")) == 1


def test_a_program_that_keeps_dying_is_not_started_without_pause(tmp_path: Path):
    stop = Event()
    supervisor = Supervisor([_program("a", tmp_path / "a", 0)], stop=stop, check_seconds=0.05)
    supervisor.start()
    thread = Thread(target=supervisor.run)
    thread.start()
    stop.wait(2.5)
    stop.set()
    thread.join(10)
    assert len(_started(tmp_path / "a")) in (1, 2), "one second of pause, then two"


def test_a_program_that_hangs_is_replaced_once_it_had_time_to_start(tmp_path: Path):
    asked = []

    def hangs() -> bool:
        asked.append(len(_started(tmp_path / "a")))
        return _first_lives(tmp_path / "a")

    with _supervised(_program("a", tmp_path / "a", 600, hangs)):
        wait_until(lambda: len(_started(tmp_path / "a")) == 2, what="replaced")
        first, second = _started(tmp_path / "a")
        assert not psutil.pid_exists(first)
        assert psutil.pid_exists(second)
        wait_until(lambda: asked.count(2) > 10, what="asked on")
    assert len(_started(tmp_path / "a")) == 2, "one that answers stays"


def test_not_being_able_to_tell_is_no_reason_to_kill_and_is_said_once(tmp_path: Path, caplog):
    asked: list[int] = []

    def unknown() -> bool:
        asked.append(1)
        if len(asked) < 10:
            raise OSError("the database is away")
        return False

    caplog.set_level("INFO", logger="config.supervisor")
    with _supervised(_program("a", tmp_path / "a", 600, unknown)):
        wait_until(lambda: len(asked) > 15)
    assert len(_started(tmp_path / "a")) == 1
    assert [record.getMessage().partition(", after")[0] for record in caplog.records] == [
        "cannot tell whether a is alive (OSError), asks on",
        "can tell again whether a is alive",
    ]


def test_one_that_keeps_everybody_from_telling_is_replaced(tmp_path: Path):
    def locked() -> bool:
        if _first_lives(tmp_path / "a"):
            raise OSError("the database is locked, perhaps by the one that hangs")
        return False

    with _supervised(_program("a", tmp_path / "a", 600, locked), unanswered_seconds=1):
        wait_until(lambda: len(_started(tmp_path / "a")) == 2, what="replaced")
        first, second = _started(tmp_path / "a")
        assert not psutil.pid_exists(first)
        assert psutil.pid_exists(second)
    assert len(_started(tmp_path / "a")) == 2
