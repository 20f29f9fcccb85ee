"""Real HTTP as a test tablet's transport."""

from typing import Any

import requests

from tests.support.tablet import Send


def http(address: str) -> Send:
    """Sends to a live process; follows no redirect, as the tablet does not."""

    def send(method: str, path: str, *, body: bytes = b"", headers: dict[str, str]) -> Any:
        answer = requests.request(
            method, address + path, data=body, headers=headers, timeout=60, allow_redirects=False
        )
        return answer.status_code, dict(answer.headers), answer.content

    return send
