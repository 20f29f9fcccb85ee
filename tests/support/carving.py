"""What somebody carves out of a browser's profile who has the disk's image and this source: keys, and what they open.

Reads every row that still lies in LevelDB's files, dropped ones too: log records, table blocks, blob files,
each with Snappy undone. Nothing here asks the browser.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.serialization import load_der_private_key
from playwright.sync_api import Page

_BLOCK, _HEADER = 32768, 7
_TABLE_MAGIC = bytes.fromhex("57fb808b247547db")
_PKCS8_P256 = bytes.fromhex("020100301306072a8648ce3d020106082a8648ce3d030107")
_READABLE = re.compile(
    rb"^([{\[][\x20-\x7e]{11}|\xff\xd8\xff\xe0|\x89PNG\r\n|0\x81\x87\x02\x01\x00)", re.DOTALL
)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def unsnap(data: bytes) -> bytes:
    """Undo Snappy's raw format."""
    size, at = _varint(data, 0)
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            length = tag >> 2
            if length >= 60:
                extra = length - 59
                length = int.from_bytes(data[at : at + extra], "little")
                at += extra
            out += data[at : at + length + 1]
            at += length + 1
            continue
        if tag & 3 == 1:
            length, offset = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | data[at]
            at += 1
        else:
            width = 2 if tag & 3 == 2 else 4
            length, offset = (tag >> 2) + 1, int.from_bytes(data[at : at + width], "little")
            at += width
        for _ in range(length):
            out.append(out[-offset])
    if len(out) != size:
        raise ValueError("not Snappy")
    return bytes(out)


def _log_records(content: bytes) -> Iterator[bytes]:
    held = b""
    for start in range(0, len(content), _BLOCK):
        block = content[start : start + _BLOCK]
        at = 0
        while at + _HEADER <= len(block):
            length, kind = struct.unpack_from("<HB", block, at + 4)
            piece = block[at + _HEADER : at + _HEADER + length]
            at += _HEADER + length
            if kind == 0:
                break
            held = piece if kind in (1, 2) else held + piece
            if kind in (1, 4):
                yield held


def _table_block(content: bytes, at: int, size: int) -> bytes:
    raw, kind = content[at : at + size], content[at + size]
    return unsnap(raw) if kind == 1 else raw


def _entries(block: bytes) -> Iterator[bytes]:
    end = len(block) - 4 - 4 * struct.unpack("<I", block[-4:])[0]
    at = 0
    while at < end:
        _shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        size, at = _varint(block, at)
        yield block[at + fresh : at + fresh + size]
        at += fresh + size


def _table_values(content: bytes) -> Iterator[bytes]:
    footer = content[-48:]
    if footer[-8:] != _TABLE_MAGIC:
        return
    at = 0
    for _ in range(2):  # the handle of the index of filters, which is passed over
        _value, at = _varint(footer, at)
    index, at = _varint(footer, at)
    size, _at = _varint(footer, at)
    for handle in _entries(_table_block(content, index, size)):
        start, place = _varint(handle, 0)
        length, _place = _varint(handle, place)
        yield from _entries(_table_block(content, start, length))


def _unpacked(value: bytes) -> Iterator[bytes]:
    """A value, and what a browser has packed into it."""
    yield value
    for found in re.finditer(rb"\xff\x11[\x01-\x04]", value[:64]):
        try:
            yield unsnap(value[found.end() :])
        except (ValueError, IndexError):
            continue


def stored_values(profile: Path) -> list[bytes]:
    """Everything that still lies in the databases of a profile, dropped rows too."""
    found: list[bytes] = []
    for path in sorted((profile / "Default" / "IndexedDB").rglob("*")):
        try:
            content = path.read_bytes()
        except (IsADirectoryError, FileNotFoundError):  # a browser that runs drops files
            continue
        values = [content]
        if path.suffix == ".log":
            values = list(_log_records(content))
        elif path.suffix == ".ldb":
            values = list(_table_values(content))
        found += [one for value in values for one in _unpacked(value)]
    return found


def wait_until_gone(page: Page, profile: Path, value: bytes) -> None:
    """Let the page go on until nothing of this lies in its files, for two minutes at most; the test looks again."""
    for _second in range(120):
        if not any(value in row for row in stored_values(profile)):
            return
        page.wait_for_timeout(1000)


def carve_keys(values: list[bytes]) -> set[bytes]:
    """Everything of 16 or 32 bytes that lies where a browser writes the bytes of a key, a buffer or a JWK."""
    shapes = [rb"(?=B\x20(.{32}))", rb"(?=B\x10(.{16}))"]
    for gap in range(1, 8):  # a CryptoKey: what it is for, how long it is, its bytes
        shapes += [rb"(?=K[\x01\x02].{%d}\x20(.{32}))" % gap, rb"(?=K[\x01\x02].{%d}\x10(.{16}))" % gap]
    keys = {key for value in values for shape in shapes for key in re.findall(shape, value, re.DOTALL)}
    for value in values:
        for text in re.findall(rb'"[kd]":"([A-Za-z0-9_-]{43})"', value):
            keys.add(_from_base64url(text))
    return keys


def _from_base64url(text: bytes) -> bytes:
    import base64

    return base64.urlsafe_b64decode(text + b"=")


def carve_boxes(values: list[bytes]) -> set[tuple[bytes, bytes]]:
    """(iv, ciphertext) wherever the two lie in one row, as `box.js` and `pin.js` write them."""
    boxes = set()
    for value in values:
        for found in re.finditer(rb'"\x02iv.{0,2}?B\x0c(.{12})', value, re.DOTALL):
            after = value[found.end() : found.end() + 40]
            text = re.search(rb'"(?:\x05bytes|\x03box).{0,2}?B', after, re.DOTALL)
            if text is None:
                continue
            size, start = _varint(value, found.end() + text.end())
            boxes.add((found.group(1), value[start : start + size]))
    return boxes


def open_boxes(keys: set[bytes], boxes: set[tuple[bytes, bytes]]) -> list[bytes]:
    """What these keys make readable: GCM is counter mode, so that no name of a box has to be known."""
    opened = []
    for key in keys:
        for iv, text in boxes:
            stream = Cipher(algorithms.AES(key), modes.CTR(iv + b"\x00\x00\x00\x02")).decryptor()
            plain = stream.update(text[:-16])
            if _READABLE.match(plain):
                opened.append(plain)
    return opened


def carve_private_keys(values: list[bytes]) -> list[bytes]:
    """Private keys of P-256 that load."""
    found = []
    for value in values:
        for place in re.finditer(re.escape(_PKCS8_P256), value):
            start = place.start() - 3
            try:
                load_der_private_key(value[start : start + 138], password=None)
            except ValueError:
                continue
            found.append(value[start : start + 138])
    return found


def carve_tokens(values: list[bytes]) -> set[str]:
    """Words as long as a token, in one or two bytes a letter."""
    plain = {
        found
        for value in values
        for found in re.findall(rb"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])", value)
    }
    wide = {found[::2] for value in values for found in re.findall(rb"(?:[A-Za-z0-9_-]\x00){43}", value)}
    after = {found for value in values for found in re.findall(rb'token"\+([A-Za-z0-9_-]{43})', value)}
    return {found.decode() for found in plain | wide | after}
