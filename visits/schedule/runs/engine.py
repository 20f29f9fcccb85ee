"""The planner's engine in the worker's process. Only workers and commands import this: it loads numba.

The engine is compiled once an installation, to <DATA_DIR>/numba; a marker file there says so, so that a page
can say beforehand that the first plan takes longer.
"""

import fcntl
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from visits import planning
from visits.planning.fair.fairness import plan_fairly
from visits.planning.fair.loads import Balance, Tolerance
from visits.schedule.runs.run_time import RunTime

logger = logging.getLogger(__name__)

KEEP_SECONDS = 7 * 24 * 3600  # code of other states, for going back or for a second checkout


def cache_dir() -> Path:
    """A folder for this state of the engine. numba only looks at the file that a function is in: after an
    upgrade it would go on with old code from another file."""
    own = f"engine-{_engine_fingerprint()[:16]}"
    given: Path = settings.NUMBA_CACHE_DIR  # with our folder in it already where a parent process added it
    return given if given.name == own else given / own


def _prepare_cache() -> Path:
    """The cache's folder, known to numba before it is imported."""
    folder = cache_dir()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    return folder


def _engine_fingerprint() -> str:
    """Changes when the engine or numba does, or when it lies elsewhere: then the cache is of no use."""
    source = Path(planning.__file__).parent
    stamps = [f"{path}:{path.stat().st_mtime_ns}" for path in sorted(source.rglob("*.py"))]
    return sha256("\n".join([version("numba"), version("llvmlite"), *stamps]).encode()).hexdigest()


def is_warm() -> bool:
    """Whether the engine has been compiled here; answered without loading numba."""
    return (cache_dir() / "compiled").exists()


def warm_engine(waited: Callable[[float], None] = lambda seconds: None) -> bool:
    """Compile the engine unless that was done; one process at a time, the others wait. False where it was; `waited` is
    told the seconds that it took."""
    began = time.monotonic()
    done = _compile_once()
    waited(time.monotonic() - began)
    return done


def _compile_once() -> bool:
    folder = _prepare_cache()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_warm():
            return False
        planning.warm()
        (folder / "compiled").touch()
    for old in folder.parent.glob("engine-*"):
        if old != folder and time.time() - old.stat().st_mtime > KEEP_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    return True


def warm_in_background() -> threading.Thread | None:
    """Begin to compile while the worker already takes other tasks; None where there is nothing to do."""
    if is_warm():
        return None

    def work() -> None:
        try:
            logger.info("compiling the planner's engine, once for this installation")
            warm_engine()
        except Exception:  # the first plan will show it
            logger.exception("the planner's engine could not be compiled")

    thread = threading.Thread(target=work, name="warm", daemon=True)
    thread.start()
    return thread


def compute_plan(
    problem: planning.Problem,
    budget: RunTime,
    *,
    seed: int,
    start: planning.Plan | None,
    on_progress: Callable[[planning.Progress], None],
    should_stop: Callable[[], bool],
) -> tuple[planning.Plan, Balance]:
    """The best plan found within the budget and the tolerances of fairness, its reasons too; compiling first if need
    be."""
    warm_engine(budget.wait_for)
    budget.wait_for(planning.warm())
    return plan_fairly(
        problem,
        tolerance=fairness_tolerance(),
        seconds=budget.search_s,
        explain_until=budget.write_from,
        seed=seed,
        start=start,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def fairness_tolerance() -> Tolerance:
    """How uneven the work of two teams may be; a setting of 0 is not looked at."""
    return Tolerance(
        minutes=settings.FAIR_MINUTES or None, visits=settings.FAIR_VISITS or None, price=settings.FAIR_PRICE
    )
