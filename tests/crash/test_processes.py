"""Real processes, really killed: the tree heals itself, and nothing is left behind."""

import pytest
import requests

from tests.support.stack import Stack
from tests.support.wait import wait_until
from visits.models import Heartbeat
from visits.ops import heartbeat

pytestmark = pytest.mark.crash


def _worker_lives(stack: Stack) -> bool:
    return bool(requests.get(f"{stack.web}/readyz", timeout=30).json()["jobs"]["worker"] == "alive")


def test_one_signal_ends_the_whole_tree(stack: Stack):
    everything = stack.processes()
    assert len(everything) >= 12, "supervisor, three leashes, two servers with workers, a cluster"
    stack.stop()  # asserts that none is left
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{stack.web}/healthz", timeout=2)


def test_the_tree_ends_when_the_supervisor_is_killed(stack: Stack):
    everything = stack.processes()
    stack.kill_supervisor()
    wait_until(lambda: not any(process.is_running() for process in everything), seconds=30, what="all gone")


def test_a_killed_cluster_starts_again_and_works(shared_stack: Stack):
    with shared_stack.orm():
        before = Heartbeat.objects.get().process
    shared_stack.kill("worker")
    with shared_stack.orm():
        heartbeat.request_sign_of_life()
        wait_until(lambda: Heartbeat.objects.get().process != before, seconds=30, what="a new worker answers")
    assert _worker_lives(shared_stack)


def test_a_killed_web_worker_is_replaced_by_one_that_need_not_load_the_product(shared_stack: Stack):
    first, *workers = shared_stack.processes("web")
    assert any("numpy" in part.path for part in first.memory_maps()), "loaded before its workers"
    assert {line.status for line in first.net_connections("inet")} == {"LISTEN"}, "no worker inherits one"
    workers[0].kill()
    wait_until(lambda: len(set(shared_stack.processes("web")) - {first, *workers}) == 1, what="a new worker")
    assert shared_stack.processes("web")[0] == first
    assert shared_stack.is_up()


def test_killed_web_processes_start_again(shared_stack: Stack):
    old = {process.pid for process in shared_stack.processes("web")}
    shared_stack.kill("web")
    wait_until(
        lambda: (new := {process.pid for process in shared_stack.processes("web")}) and not new & old,
        seconds=20,
        what="new web processes",
    )
    wait_until(shared_stack.is_up, seconds=30, what="pages are served again")


def test_a_cluster_that_hangs_is_replaced_after_a_minute(shared_stack: Stack):
    with shared_stack.orm():
        before = Heartbeat.objects.get().process
    hung = shared_stack.processes("worker")
    for process in hung:
        process.suspend()
    wait_until(lambda: not _worker_lives(shared_stack), seconds=75, what="the silence is seen")
    with shared_stack.orm():
        wait_until(
            lambda: Heartbeat.objects.get().process != before, seconds=120, what="a new worker answers"
        )
    assert not any(process.is_running() for process in hung)
    assert _worker_lives(shared_stack)
