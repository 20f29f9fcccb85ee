"""A device server of the MOSIP Secure Biometric Interface for tests: a process on a port of 127.0.0.1, with made-up
devices and made-up biometrics.

    python -m tests.fakes.sbi 4501

It speaks MOSIPDISC /device, MOSIPDINFO /info, RCAPTURE and CAPTURE /capture. `POST /admin/<setting>` changes how it
behaves, with the value as JSON; `GET /admin/asked` gives the captures asked for, `POST /admin/reset` starts anew.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests
from django.conf import settings

from tests.fakes.sbi_answers import MadeUpDevice, encode
from tests.support.wait import wait_until

DEFAULTS: dict[str, Any] = {
    "present": ["Finger", "Iris"],
    "status": "Ready",  # Ready, Busy, Not Ready, Not Registered
    "score": 80,  # of every finger and eye
    "scores": [],  # of the captures to come, before `score` counts again
    "delay": 0,  # seconds before a capture is answered
    "fault": "",  # hash, transaction, signature, parts, error, garbage, of every capture
    "error": "101",  # the code of the fault "error"
    "version": ["0.9.5", "1.0"],
    "rule": "digests",  # digests, text
    "verbs": ["RCAPTURE", "CAPTURE"],
    "vanish": False,  # in the middle of the next capture, with its port
}
SUB_IDS = {"Finger": ["1", "2", "3"], "Iris": ["3"]}


class DeviceServer(ThreadingHTTPServer):
    """`settings` is how it behaves; it may be changed while it runs."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        self.settings = dict(DEFAULTS)
        self.asked: list[dict[str, Any]] = []
        self.device = MadeUpDevice()
        _ = self.device.x5c  # takes a moment, and nobody waits yet
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: DeviceServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _body(self) -> Any:
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"null")

    def _send(self, value: Any, status: int = 200) -> None:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, told in {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": ", ".join(
                ("MOSIPDISC", "MOSIPDINFO", *self.server.settings["verbs"])
            ),
            "Access-Control-Allow-Headers": "*",
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, told)
        self.end_headers()
        with suppress(BrokenPipeError, ConnectionResetError):  # who asked has gone
            self.wfile.write(body)

    def do_OPTIONS(self) -> None:
        self._send(b"")

    def do_GET(self) -> None:
        self._send(self.server.asked if self.path == "/admin/asked" else {})

    def do_POST(self) -> None:
        value, name = self._body(), self.path.removeprefix("/admin/")
        if name == "reset":
            self.server.settings = dict(DEFAULTS)
            self.server.asked.clear()
        elif name in DEFAULTS:
            self.server.settings[name] = value
        else:
            return self._send({}, 404)
        return self._send({})

    def _digital_id(self, kind: str) -> str:
        """As in answers of discovery: not signed."""
        return encode(
            json.dumps({"type": kind, "deviceSubType": "Slap" if kind == "Finger" else "Double"}).encode()
        )

    def do_MOSIPDISC(self) -> None:
        asked = (self._body() or {}).get("type", "Biometric Device")
        told = self.server.settings
        self._send(
            [
                {
                    "deviceId": f"contoh-{kind}",
                    "deviceStatus": told["status"],
                    "certification": "L0",
                    "serviceVersion": "contoh 1",
                    "deviceSubId": SUB_IDS[kind],
                    "callbackId": f"http://127.0.0.1:{self.server.server_port}",
                    "digitalId": self._digital_id(kind),
                    "deviceCode": "contoh",
                    "specVersion": told["version"],
                    "purpose": "Registration",
                    "error": {"errorCode": "0", "errorInfo": "Success"},
                }
                for kind in told["present"]
                if asked in (kind, "Biometric Device")
            ]
        )

    def do_MOSIPDINFO(self) -> None:
        self._body()
        told, device = self.server.settings, self.server.device
        self._send(
            [
                {
                    "deviceInfo": device.sign(
                        {
                            "deviceStatus": told["status"],
                            "deviceId": f"contoh-{kind}",
                            "firmware": "contoh 1",
                            "certification": "L0",
                            "serviceVersion": "contoh 1",
                            "deviceSubId": SUB_IDS[kind],
                            "callbackId": f"http://127.0.0.1:{self.server.server_port}",
                            "digitalId": device.digital_id(kind),
                            "deviceCode": "contoh",
                            "env": "Developer",
                            "purpose": "Registration",
                            "specVersion": told["version"],
                        }
                    ),
                    "error": {"errorCode": "0", "errorInfo": "Success"},
                }
                for kind in told["present"]
            ]
        )

    def do_RCAPTURE(self) -> None:
        told = self.server.settings
        request = self._body()
        if self.command not in told["verbs"]:
            return self._send({}, 405)
        self.server.asked.append({"verb": self.command, **request})
        if told["vanish"]:
            threading.Thread(target=self.server.shutdown, daemon=True).start()
            self.server.socket.close()
            self.close_connection = True
            return None
        time.sleep(told["delay"])
        if told["fault"] == "garbage":
            return self._send(b"<html>")
        if told["fault"] == "error":
            error = {"errorCode": told["error"], "errorInfo": "contoh"}
            return self._send(
                {
                    "biometrics": [
                        {"specVersion": request["specVersion"], "data": "", "hash": "", "error": error}
                    ]
                }
            )
        return self._send({"biometrics": self._capture(request)})

    def do_CAPTURE(self) -> None:
        self.do_RCAPTURE()

    def _capture(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        told, device = self.server.settings, self.server.device
        device.rule = told["rule"]
        (bio,) = request["bio"]
        score = told["scores"].pop(0) if told["scores"] else told["score"]
        fault = told["fault"]
        changes = {"requestedScore": bio["requestedScore"], "qualityScore": str(score)}
        entries = device.capture(
            bio["type"],
            bio["bioSubType"][: -1 if fault == "parts" else None],
            transaction="transaksi-lain" if fault == "transaction" else request["transactionId"],
            previous=bio["previousHash"],
            version=request["specVersion"],
            **changes,
        )
        if fault == "hash":
            entries[-1]["hash"] = "0" * 64
        if fault == "signature":
            text, _, signature = entries[-1]["data"].rpartition(".")
            entries[-1]["data"] = f"{text}.{signature[:-8]}{'A' * 8}"
        return entries


class FakeDevices:
    """The running process, as a test speaks to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.fakes.sbi", str(self.port)]
        self._process = subprocess.Popen(command, cwd=settings.BASE_DIR)
        wait_until(self._answers, what=f"the fake devices answer on {self.port}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        with suppress(requests.ConnectionError):
            return requests.get(f"http://127.0.0.1:{self.port}/", timeout=5).ok
        return False

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            answer = requests.post(f"http://127.0.0.1:{self.port}/admin/{name}", json=value, timeout=5)
            assert answer.ok, name

    def asked(self) -> list[dict[str, Any]]:
        """The captures that were asked for, in order."""
        found: list[dict[str, Any]] = requests.get(
            f"http://127.0.0.1:{self.port}/admin/asked", timeout=5
        ).json()
        return found


@contextmanager
def running(port: int) -> Iterator[FakeDevices]:
    devices = FakeDevices(port)
    devices.start()
    try:
        yield devices
    finally:
        devices.stop()


if __name__ == "__main__":
    DeviceServer(int(sys.argv[1])).serve_forever(poll_interval=0.05)
