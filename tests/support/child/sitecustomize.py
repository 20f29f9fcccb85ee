"""Python loads this in every process that tests start: its clock stands where the run's does, and goes on."""

import os
import sys
import time
from contextlib import suppress

if "TESTS_AHEAD_SECONDS" in os.environ:
    with suppress(ModuleNotFoundError):  # a Python without our packages, which runs nothing of ours
        sys.modules["pytest"] = None  # type: ignore[assignment]  # time-machine would load all of it
        try:
            import time_machine
        finally:
            del sys.modules["pytest"]
        time_machine.travel(time.time() + float(os.environ["TESTS_AHEAD_SECONDS"])).start()
        time.time()  # it goes on from the first look
