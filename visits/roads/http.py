"""One careful GET to the office's own road server: bounded in time and size, retried a few times.

The idea: a person may be waiting, so every wait ends at a deadline, and every answer at a size. A redirect is
an error: it could lead to a host that nobody chose, with residents' coordinates in the address. For the same
reason addresses never reach a log or an error message.
"""

import json
import time
from typing import Any

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from visits.enums import RoadTrouble
from visits.roads.port import RoadsError

TRIES = 3
TOO_LONG = 414  # the address; said by a server in front, with a body of its own
PAUSE_S = 0.3  # before the second try; twice as long before the third
CHUNK = 64 * 1024
CONNECT_S = 5.0
LEAST_S = 0.05  # a timeout must not be zero


class RoadClient:
    """Asks one server, until `deadline` (of `time.monotonic`) at the latest."""

    def __init__(self, *, timeout_s: float, deadline: float, most_bytes: int) -> None:
        self.timeout_s, self.deadline, self.most_bytes = timeout_s, deadline, most_bytes
        self.asked = 0
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy, no netrc from the environment

    def __enter__(self) -> "RoadClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def left_s(self) -> float:
        """Seconds until the deadline; negative after it."""
        return self.deadline - time.monotonic()

    def get(self, address: str, params: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The status (below 500) and the JSON object of the answer. Raises `RoadsError` after the last try."""
        trouble = RoadTrouble.SLOW
        for number in range(TRIES):
            if number:
                time.sleep(max(0.0, min(PAUSE_S * number, self.left_s())))
            if self.left_s() <= 0:
                break
            try:
                return self._once(address, params)
            except requests.Timeout:
                trouble = RoadTrouble.SLOW
            except requests.ConnectionError:
                trouble = RoadTrouble.UNREACHABLE
            except (requests.RequestException, OSError):
                trouble = RoadTrouble.ANSWER
            except RoadsError as error:
                trouble = error.trouble
        raise RoadsError(trouble)

    def _once(self, address: str, params: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.asked += 1
        wait = max(LEAST_S, min(self.timeout_s, self.left_s()))
        with self.session.get(
            address,
            params=params,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=(min(CONNECT_S, wait), wait),
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.is_redirect or answer.status_code >= 500 or answer.status_code == 429:
                raise RoadsError(RoadTrouble.ANSWER)
            if answer.status_code == TOO_LONG:
                return TOO_LONG, {}
            body = self._body(answer, until=time.monotonic() + wait)
        try:
            value = json.loads(body)
        except (ValueError, RecursionError):
            raise RoadsError(RoadTrouble.ANSWER) from None
        if not isinstance(value, dict):
            raise RoadsError(RoadTrouble.ANSWER)
        return answer.status_code, value

    def _body(self, answer: requests.Response, *, until: float) -> bytes:
        """The whole body. Raises if it is too long or too slow (each read may take the whole timeout)."""
        body = bytearray()
        while True:
            try:
                chunk = answer.raw.read1(CHUNK)
            except ReadTimeoutError:
                raise requests.Timeout from None
            except HTTPError:
                raise RoadsError(RoadTrouble.ANSWER) from None
            if not chunk:
                return bytes(body)
            body += chunk
            if len(body) > self.most_bytes:
                raise RoadsError(RoadTrouble.ANSWER)
            if time.monotonic() > until:
                raise requests.Timeout
