"""Slow senders hold no page up, against a real gunicorn."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import requests
from django.conf import settings

from tests.support.stack import free_port_pair
from tests.support.wait import wait_until

THREADS = 3


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port_pair()
    module = "tests.support.slow_app"
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "-k", f"{module}.Quick"]
    command += ["--threads", str(THREADS), "--no-control-socket", f"{module}:app"]
    with subprocess.Popen(command, cwd=settings.BASE_DIR) as process:
        try:
            wait_until(lambda: _answers(port), seconds=20, what="gunicorn is up")
            yield port
        finally:
            process.terminate()


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=2).ok
    except requests.RequestException:
        return False


def _half(port: int, text: str) -> socket.socket:
    sender = socket.create_connection(("127.0.0.1", port), timeout=20)
    sender.sendall(text.encode())
    return sender


POST = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"


@pytest.mark.parametrize("text", [POST.format(length=100000) + "abc", "GET / HTTP/1.1\r\nHost"])
def test_pages_are_served_while_many_send_slowly(port: int, text: str) -> None:
    slow = [_half(port, text) for _ in range(2 * THREADS)]
    begin = time.monotonic()
    assert requests.get(f"http://127.0.0.1:{port}/", timeout=30).text == "0"
    assert time.monotonic() - begin < 12
    for sender in slow:
        sender.close()


def test_one_slow_sender_alone_is_waited_for(port: int) -> None:
    sender = _half(port, POST.format(length=6))
    for letter in "abcdef":
        time.sleep(0.2)
        sender.sendall(letter.encode())
    assert sender.recv(4096).startswith(b"HTTP/1.1 200")
    sender.close()


def test_nobody_is_waited_for_for_ever(port: int) -> None:
    sender = _half(port, POST.format(length=6) + "abc")
    begin = time.monotonic()
    assert not sender.recv(4096).startswith(b"HTTP/1.1 200")
    assert 1.5 < time.monotonic() - begin < 8
    sender.close()


def test_a_request_that_came_in_whole_is_answered_however_long_it_takes(port: int) -> None:
    assert requests.post(f"http://127.0.0.1:{port}/lama", data=b"abc", timeout=20).text == "3"
