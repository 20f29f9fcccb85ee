"""A tablet for tests: holds a key, pairs, signs, seals and sends, over any transport.

`send(method, path, *, body, headers)` gives (status, headers, bytes): the test client, or real HTTP.
"""

import hashlib
import io
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from outreach.lib.ids import uuid7
from tests.support import clock
from visits.lib import jose

CHUNK = 262144


def _picture(kind: str) -> bytes:
    """A plain picture, 48 x 64, that stands for a face or a signature."""
    out = io.BytesIO()
    Image.new("RGB", (48, 64), (140, 120, 100)).save(out, kind)
    return out.getvalue()


JPEG, PNG = _picture("JPEG"), _picture("PNG")

Send = Callable[..., tuple[int, dict[str, str], bytes]]


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])


@dataclass
class Sealed:
    """A capture ready to be handed in: the signed manifest and the chunks by hash."""

    id: str
    manifest: str
    chunks: dict[str, bytes]
    payload: dict[str, Any]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.manifest.encode()).hexdigest()


def join_items(items: list[bytes]) -> bytes:
    """The body of a whole record: each item after its length."""
    return b"".join(len(item).to_bytes(4, "big") + item for item in items)


def client_send(client: Any) -> Send:
    """Django's test client as a transport."""

    def send(method: str, path: str, *, body: bytes = b"", headers: dict[str, str]) -> Any:
        given = dict(headers)
        content_type = given.pop("Content-Type", "application/json")
        answer = client.generic(method, path, body, content_type=content_type, headers=given)
        return answer.status_code, dict(answer.headers), answer.content

    return send


def _form(capture: str, visit: str, parts: dict[str, bytes]) -> dict[str, Any]:
    types = {"photo": "image/jpeg", "signature": "image/png"}
    return {
        "version": 1,
        "capture": capture,
        "visit": visit,
        "name": "Warga Contoh",
        "nik": None,
        "birth_date": "1950-05-17",
        "sex": "female",
        "phone": "",
        "address": "Dusun Contoh",
        "note": "",
        "consent": True,
        "exceptions": [],
        "parts": {
            name: {
                "sha256": hashlib.sha256(plain).hexdigest(),
                "size": len(plain),
                "type": types.get(name, "application/octet-stream"),
            }
            for name, plain in parts.items()
        },
    }


@dataclass
class Tablet:
    """One tablet; `sequence` counts its events."""

    send: Send
    key: Any = field(default_factory=jose.new_ec_key)
    device: str = ""
    token: str = ""
    sequence: int = 0
    client: str = "1"

    @property
    def jwk(self) -> dict[str, str]:
        return jose.public_jwk(self.key)

    def call(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        raw: bytes | None = None,
        content_type: str = "application/json",
        **headers: str,
    ) -> Answer:
        body = raw if raw is not None else b"" if data is None else json.dumps(data).encode()
        given = {"Jb-Client": self.client, "Content-Type": content_type}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        return Answer(*self.send(method, "/api/v1" + path, body=body, headers=given))

    def sign(self, payload: dict[str, Any], typ: str, kid: str = "") -> str:
        return jose.sign_jws(payload=payload, typ=typ, key=self.key, kid=kid or self.device)

    def pairing(self, code: str, /, **changes: Any) -> str:
        payload = {"code": code, "key": self.jwk, "name": "Tablet uji", "client": 1, **changes}
        return self.sign(payload, "jb-pairing+jws", kid=jose.key_thumbprint(self.jwk))

    def pair(self, code: str, /, **changes: Any) -> Answer:
        answer = self.call("POST", "/devices", {"jws": self.pairing(code, **changes)})
        if answer.status == 201:
            self.device, self.token = answer.json["device"], answer.json["token"]
        return answer

    def renew_token(self) -> None:
        """As a tablet does whose token has ended: a new one for the signature of its key."""
        jws = self.sign({"device": self.device, "ping": self.ping()}, "jb-token+jws")
        answer = self.call("POST", "/tokens", {"jws": jws})
        assert answer.status == 201, answer.body
        self.token = answer.json["token"]

    def ping(self) -> str:
        answer = self.call("GET", f"/ping?nonce={secrets.token_urlsafe(16)}")
        assert answer.status == 200, answer.body
        return str(answer.json["ping"])

    def me(self) -> dict[str, Any]:
        answer = self.call("GET", "/me")
        assert answer.status == 200, answer.body
        return jose.peek_jws(answer.json["me"], typ="jb-me+jws")[1]

    def event(self, kind: str, *, visit: str | None = None, officer: int = 1, **data: Any) -> dict[str, Any]:
        self.sequence += 1
        return {
            "id": str(uuid7()),
            "sequence": self.sequence,
            "kind": kind,
            "at": clock.now().isoformat(timespec="milliseconds"),
            "since_ms": 1000,
            "position": {"lat": -7.62, "lon": 111.52, "accuracy_m": 10},
            "officer": officer,
            "visit": visit,
            "data": data,
        }

    def events(self, *events: dict[str, Any]) -> list[dict[str, Any]]:
        answer = self.call("POST", "/events", {"events": list(events)})
        assert answer.status == 200, answer.body
        results: list[dict[str, Any]] = answer.json["results"]
        return results

    def seal(
        self,
        *,
        visit: str,
        officer: int,
        capture_key: dict[str, Any],
        parts: dict[str, bytes] | None = None,
        form: dict[str, Any] | None = None,
        manifest: dict[str, Any] | None = None,
    ) -> Sealed:
        """A capture of made-up content, sealed and signed; `form` and `manifest` overwrite members of theirs."""
        capture = str(uuid7())
        parts = {"photo": JPEG, "signature": PNG} if parts is None else parts
        content = {**_form(capture, visit, parts), **(form or {})}
        key = jose.import_public(capture_key["jwk"])
        chunks: dict[str, bytes] = {}
        listed = []
        for name, plain in {"form": json.dumps(content).encode(), **parts}.items():
            sealed = jose.seal_part(plain=plain, key=key, kid=capture_key["kid"], capture=capture, part=name)
            pieces = [sealed[i : i + CHUNK] for i in range(0, len(sealed), CHUNK)]
            hashes = [hashlib.sha256(piece).hexdigest() for piece in pieces]
            chunks.update(zip(hashes, pieces, strict=True))
            whole = hashlib.sha256(sealed).hexdigest()
            listed.append({"name": name, "size": len(sealed), "sha256": whole, "chunks": hashes})
        payload = {
            "capture": capture,
            "device": self.device,
            "visit": visit,
            "officer": officer,
            "day": clock.today().isoformat(),
            "day_version": "0" * 64,
            "client": 1,
            "form_version": 1,
            "capture_key": capture_key["kid"],
            "parts": listed,
            "quality": {"blur": 0.8, "exposure": 0.5},
            "exceptions": [],
            "clocks": {"wall": clock.now().isoformat(), "since_ms": 0, "offset_ms": None},
            "position": {"lat": -7.62, "lon": 111.52, "accuracy_m": 10},
            **(manifest or {}),
        }
        return Sealed(capture, self.sign(payload, "jb-manifest+jws"), chunks, payload)

    def offer(self, sealed: Sealed) -> Answer:
        return self.call("PUT", f"/captures/{sealed.id}", {"manifest": sealed.manifest})

    def put_chunk(self, sha256: str, data: bytes) -> Answer:
        path = f"/devices/me/blobs/{sha256}"
        return self.call("PUT", path, raw=data, content_type="application/octet-stream")

    def put_record(self, sealed: Sealed, *chunks: bytes) -> Answer:
        """The whole record in one body; `chunks` instead of its own."""
        items = [sealed.manifest.encode(), *(chunks or sealed.chunks.values())]
        path = f"/captures/{sealed.id}/parts"
        return self.call("PUT", path, raw=join_items(items), content_type="application/octet-stream")

    def upload(self, sealed: Sealed) -> Answer:
        """The whole loop, to its receipt."""
        answer = self.offer(sealed)
        while answer.status == 202:
            for sha in answer.json["missing"]:
                assert self.put_chunk(sha, sealed.chunks[sha]).status in (200, 201)
            answer = self.offer(sealed)
        return answer

    def status(self, *captures: str) -> list[dict[str, Any]]:
        answer = self.call("POST", "/captures/status", {"captures": list(captures)})
        assert answer.status == 200, answer.body
        states: list[dict[str, Any]] = answer.json["captures"]
        return states
