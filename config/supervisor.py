"""Supervision of one process tree: starts the programs, restarts what ended or hangs, ends them all together."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from django.conf import settings

logger = logging.getLogger(__name__)

SETTLED_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 30.0
UNANSWERED_SECONDS = 45


@dataclass(frozen=True, kw_only=True)
class Program:
    """A server process to keep alive.

    `hangs` is called at each check and returns whether the program runs but no longer works.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    grace_seconds: float = 10.0
    nice: int = 0
    hangs: Callable[[], bool] | None = None


@dataclass(kw_only=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0
    unanswered_since: float | None = None


class Supervisor:
    """Runs programs, each on a leash (config/leash.py), until `stop` is set."""

    def __init__(
        self,
        programs: list[Program],
        *,
        stop: Event,
        check_seconds: float = 1.0,
        settled_seconds: float = SETTLED_SECONDS,
        unanswered_seconds: float = UNANSWERED_SECONDS,
    ) -> None:
        self._running = [_Running(program=program) for program in programs]
        self._stop = stop
        self._check_seconds = check_seconds
        self._settled_seconds = settled_seconds
        self._unanswered_seconds = unanswered_seconds

    def start(self) -> None:
        for running in self._running:
            self._start(running)

    def run(self) -> None:
        """Check until asked to stop; nothing is left running, whatever happens."""
        try:
            while not self._stop.wait(self._check_seconds):
                for running in self._running:
                    self._look_at(running)
        finally:
            self.end()

    def end(self) -> None:
        """Let go of all leashes at once, then wait for each program to end."""
        processes = [running for running in self._running if running.process is not None]
        for running in processes:
            self._let_go(running)
        for running in processes:
            assert running.process is not None
            running.process.wait(timeout=running.program.grace_seconds + 10)
            running.process = None

    def has_ended(self, name: str) -> bool:
        """Whether a program is not running at this moment (it may be about to be restarted)."""
        running = next(running for running in self._running if running.program.name == name)
        return running.process is None or running.process.poll() is not None

    def _start(self, running: _Running) -> None:
        program = running.program
        leash = [sys.executable, "-m", "config.leash", str(program.grace_seconds), str(program.nice)]
        running.process = subprocess.Popen(  # noqa: S603  # our own command
            [*leash, *program.command],
            stdin=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            env=program.environment,
            start_new_session=True,
        )
        running.started = time.monotonic()

    def _let_go(self, running: _Running) -> None:
        assert running.process is not None
        assert running.process.stdin is not None
        running.process.stdin.close()

    def _look_at(self, running: _Running) -> None:
        now = time.monotonic()
        if running.process is None:
            if now >= running.not_before:
                self._start(running)
            return
        status, hangs = running.process.poll(), self._hangs(running, now)
        age = now - running.started
        if status is not None:
            self._let_go(running)
            running.process = None
            running.failures = 1 if age > self._settled_seconds else running.failures + 1
            wait = min(LONGEST_WAIT_SECONDS, 0.5 * 2**running.failures)
            running.not_before = now + wait
            logger.error(
                "%s ended with status %s, starts again in %.0f s", running.program.name, status, wait
            )
        elif hangs and age > self._settled_seconds:
            logger.error("%s gives no sign of life, is started again", running.program.name)
            self._let_go(running)
            running.process.wait(timeout=running.program.grace_seconds + 10)
            running.process, running.not_before, running.unanswered_since = None, now, None

    def _hangs(self, running: _Running, now: float) -> bool:
        """Whether the program hangs. If the check itself fails (no database) the program is only killed after
        `unanswered_seconds`: a process that hangs within a write keeps SQLite locked for us, too."""
        if running.program.hangs is None:
            return False
        name = running.program.name
        try:
            hangs = running.program.hangs()
        except Exception as error:
            if running.unanswered_since is None:
                running.unanswered_since = now
                logger.warning("cannot tell whether %s is alive (%s), asks on", name, type(error).__name__)
            return now - running.unanswered_since > self._unanswered_seconds
        if running.unanswered_since is not None:
            logger.info(
                "can tell again whether %s is alive, after %.0f s", name, now - running.unanswered_since
            )
            running.unanswered_since = None
        return hangs
