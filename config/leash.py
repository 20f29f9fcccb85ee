"""Holds one server process, so that nothing of it outlives whoever started it.

Run as `python -m config.leash GRACE NICE COMMAND...` with a pipe as standard input. When the pipe closes, because
its holder asks for the end or was itself killed, the command gets SIGTERM and GRACE seconds; then its whole
process group is killed. The same clean-up follows when the command ends or is killed by somebody else: a
django-q cluster whose main process dies would otherwise leave its workers behind. The command runs with NICE
added to its niceness. Standard library only.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType

_PR_SET_PDEATHSIG = 1


class _Stopped(BaseException):
    """Somebody signalled the leash itself."""


def _prepare_child(nice: int) -> None:
    """In the child, before exec: if even the leash is killed, the kernel tells the command to end."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if nice:
        with suppress(OSError):  # without the right to it the command runs as it is
            os.nice(nice)
            # for kernels that share out by session
            Path("/proc/self/autogroup").write_text(str(nice))


def _raise_stopped(signum: int, frame: FrameType | None) -> None:
    raise _Stopped


def run_command(command: list[str], *, grace: float, nice: int = 0, lifeline: int = 0) -> int:
    """Run `command` until it ends or the lifeline closes; its exit status as a shell would say it."""
    child = subprocess.Popen(  # noqa: S603  # the command comes from our own supervisor
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=partial(_prepare_child, nice),  # noqa: PLW1509  # there are no threads here
    )
    ended = os.pidfd_open(child.pid)
    try:
        with suppress(_Stopped):
            select.select([ended, lifeline], [], [])
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, signal.SIG_IGN)
        if not select.select([ended], [], [], 0)[0]:
            child.terminate()
            select.select([ended], [], [], grace)
    finally:
        with suppress(ProcessLookupError):  # the leader is not reaped yet, so the group is still its own
            os.killpg(child.pid, signal.SIGKILL)
        os.close(ended)
    status = child.wait()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _raise_stopped)
    sys.exit(run_command(sys.argv[3:], grace=float(sys.argv[1]), nice=int(sys.argv[2])))
