"""A road server for tests: real HTTP, OSRM's answers of `/table/v1/`, with a good face and many bad ones."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from visits.planning import GreatCircle

ROADS = GreatCircle(1.3, 40.0)
SNAP_M = 12.5


def truth(places: list[tuple[float, float]], a: int, b: int) -> float:
    """Seconds from a to b in the made-up country: northwards it is uphill."""
    if a == b:
        return 0.0
    return ROADS.seconds(places, a, b) * (1.2 if places[b][0] > places[a][0] else 1.0) + 0.4


class StubOsrm(ThreadingHTTPServer):
    """`face` is how it behaves; it may be changed while it runs. `asked` counts pairs, `requests` calls."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.face = "good"
        self.max_table = 100
        self.version = ""
        self.good_for: int | None = None  # then it turns to `face`
        self.asked = 0
        self.requests = 0
        self.paths: list[str] = []

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up on bad faces; that is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: StubOsrm
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        stub = self.server
        stub.requests += 1
        stub.paths.append(self.path)
        face = stub.face if stub.good_for is None or stub.requests > stub.good_for else "good"
        getattr(self, f"face_{face}")()

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def table(self) -> dict[str, Any] | None:
        """The right answer; None where one of OSRM's refusals was sent instead."""
        url = urlsplit(self.path)
        _, service, version, profile, points = url.path.split("/")
        assert (service, version, profile) == ("table", "v1", "driving")
        places = [(float(lat), float(lon)) for lon, lat in (point.split(",") for point in points.split(";"))]
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        assert asked.get("annotations", "duration") == "duration"
        sources, destinations = (
            [int(index) for index in asked[name].split(";")] for name in ("sources", "destinations")
        )
        assert {*sources, *destinations} == set(range(len(places)))
        if len(places) > self.server.max_table:
            self.send(b'{"code": "TooBig", "message": "Too many table coordinates"}', 400)
            return None
        self.server.asked += len(sources) * len(destinations)
        answer: dict[str, Any] = {
            "code": "Ok",
            "durations": [[truth(places, a, b) for b in destinations] for a in sources],
            "sources": [{"distance": SNAP_M, "name": ""} for _ in sources],
            "destinations": [{"distance": SNAP_M, "name": ""} for _ in destinations],
        }
        if self.server.version:
            answer["data_version"] = self.server.version
        return answer

    def face_good(self) -> None:
        answer = self.table()
        if answer is not None:
            self.send(json.dumps(answer).encode())

    def face_nulls(self) -> None:
        """No way to the last destination."""
        answer = self.table()
        assert answer is not None
        for row in answer["durations"]:
            row[-1] = None
        self.send(json.dumps(answer).encode())

    def face_no_segment(self) -> None:
        """No road near the southernmost places (south of 7.9 degrees)."""
        points = urlsplit(self.path).path.split("/")[-1].split(";")
        far = [index for index, point in enumerate(points) if float(point.split(",")[1]) < -7.9]
        if not far:
            return self.face_good()
        message = f"Could not find a matching segment for coordinate {far[0]}"
        return self.send(json.dumps({"code": "NoSegment", "message": message}).encode(), 400)

    def face_slow(self) -> None:
        time.sleep(3)
        self.face_good()

    def face_drip(self) -> None:
        """A byte now and then, for ever."""
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        for _ in range(100):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.05)

    def face_chunks(self) -> None:
        """The right answer without a length, in pieces."""
        body = json.dumps(self.table()).encode()
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for at in range(0, len(body), 100):
            piece = body[at : at + 100]
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def face_error(self) -> None:
        self.send(b"Internal Server Error", 500)

    def face_busy(self) -> None:
        self.send(b"", 429)

    def face_garbage(self) -> None:
        self.send(b"<html>Selamat datang</html>")

    def face_nested(self) -> None:
        self.send(b"[" * 200_000)

    def face_list(self) -> None:
        self.send(b"[1, 2]")

    def face_cut(self) -> None:
        """Half of the answer, then the line goes dead."""
        body = json.dumps(self.table()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.close_connection = True

    def face_short_row(self) -> None:
        answer = self.table()
        assert answer is not None
        answer["durations"][0].pop()
        self.send(json.dumps(answer).encode())

    def _first_cell(self, cell: str) -> None:
        answer = self.table()
        assert answer is not None
        answer["durations"][0][0] = "CELL"
        self.send(json.dumps(answer).replace('"CELL"', cell).encode())

    def face_negative(self) -> None:
        self._first_cell("-5")

    def face_nan(self) -> None:
        self._first_cell("NaN")

    def face_endless(self) -> None:
        self._first_cell("1e999")

    def face_words(self) -> None:
        self._first_cell('"lima menit"')

    def face_yes(self) -> None:
        self._first_cell("true")

    def face_digits(self) -> None:
        self._first_cell("1" + "0" * 3000)

    def face_redirect(self) -> None:
        self.send(b"", 302, Location=f"{self.server.base}/elsewhere")

    def face_huge(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(400):
            self.wfile.write(b" " * 100_000)

    def face_invalid(self) -> None:
        self.send(b'{"code": "InvalidQuery", "message": "Query string malformed"}', 400)

    def face_tiny(self) -> None:
        self.send(b'{"code": "TooBig"}', 400)

    def face_too_long(self) -> None:
        if len(self.path) > 400:
            self.send(b"<html>414</html>", 414)
        else:
            self.face_good()


@contextmanager
def serving() -> Iterator[StubOsrm]:
    stub = StubOsrm()
    thread = threading.Thread(target=stub.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.shutdown()
        stub.server_close()
        thread.join()
