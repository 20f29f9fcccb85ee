"""The clock of the tests: the moment at which a run stands, and the moment at which one test does.

`pytest --at 2026-12-04T11:45` (office time) runs everything as if it had begun then; time goes on from there, in the
test processes and in every Python process that they start (tests/support/child), and pages see it too
(tests/support/browser.py). Timers, the times of files and the database server's own clock stay real.
"""

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import time_machine
from django.utils import timezone

OFFICE = ZoneInfo("Asia/Jakarta")
AHEAD = "TESTS_AHEAD_SECONDS"  # in the environment of a run that stands at another moment
CHILD = Path(__file__).parent / "child"


def now() -> datetime:
    """The moment as the run sees it, for tests of live processes and for what tests are made of."""
    return timezone.now()


def today() -> date:
    """The office's day of `now`."""
    return timezone.localdate()


def ahead_ms() -> int:
    """How far the run stands ahead of the real clock (behind: negative), in milliseconds."""
    return round(float(os.environ.get(AHEAD, "0")) * 1000)


def begin(*, at: str | None) -> None:
    """Let this process stand where its run does: where the environment says, or else at `at` (ISO, office time)."""
    if at and AHEAD not in os.environ:
        os.environ[AHEAD] = f"{_moment(at).timestamp() - time.time():.3f}"
    if AHEAD in os.environ:
        time_machine.travel(time.time() + float(os.environ[AHEAD])).start()
        time.time()  # it goes on from the first look


def _moment(given: datetime | str) -> datetime:
    """In office time, which is meant where a text says no zone."""
    moment = datetime.fromisoformat(given) if isinstance(given, str) else given
    return moment.astimezone(OFFICE) if moment.tzinfo else moment.replace(tzinfo=OFFICE)


def pass_on() -> None:
    """Python processes started from here stand at the same moment."""
    if AHEAD in os.environ:
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(CHILD), os.environ.get("PYTHONPATH")]))


class Clock:
    """The clock of one test: `now()`, and the moment to which the test moves it. It goes on from there, or stands still
    where `tick` is false. A moment is one with its zone, or such as "2026-11-30T12:00" at the office."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def now(self) -> datetime:
        return now()

    def today(self) -> date:
        return today()

    def move_to(self, moment: datetime | str, *, tick: bool = True) -> None:
        self._traveller.move_to(_moment(moment), tick=tick)

    def shift(self, seconds: float) -> None:
        """So much later."""
        self._traveller.shift(seconds)

    @contextmanager
    def at(self, moment: datetime | str, *, tick: bool = True) -> "Iterator[Clock]":
        """Within, it is this moment, on a clock of its own."""
        with time_machine.travel(_moment(moment), tick=tick) as traveller:
            yield Clock(traveller)


@contextmanager
def stand_at(moment: datetime | str) -> Iterator[Clock]:
    """Within, the clock stands at this moment until it is moved."""
    with time_machine.travel(_moment(moment), tick=False) as traveller:
        yield Clock(traveller)


# --- the moments at which a run may stand


def moments(now: datetime) -> dict[str, datetime]:
    """Moments at which dates have broken things, none before `now`: name and office time."""
    now = now.astimezone(OFFICE).replace(second=0, microsecond=0)
    midnight = now.replace(hour=0, minute=0)
    friday = midnight + timedelta(days=(4 - now.weekday()) % 7, hours=11, minutes=45)
    year_end = midnight.replace(month=12, day=31, hour=23, minute=30)
    return {
        "now": now,
        "in ten days": now + timedelta(days=10),
        "Friday, 11:45": friday if friday >= now else friday + timedelta(days=7),
        "Sunday": now + timedelta(days=(6 - now.weekday()) % 7),
        "31 December, 23:30": year_end if year_end >= now else year_end.replace(year=now.year + 1),
        "03:00, yesterday in UTC": midnight + timedelta(days=1, hours=3),
    }


def draw(*, seed: int, now: datetime) -> tuple[str, datetime]:
    """One of `moments`, by chance."""
    return random.Random(seed).choice(list(moments(now).items()))


if __name__ == "__main__":  # python -m tests.support.clock SEED: the moment and its name
    name, moment = draw(seed=int(sys.argv[1]), now=datetime.now(OFFICE))
    print(f"{moment:%Y-%m-%dT%H:%M} {name}")
