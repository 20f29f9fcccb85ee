"""Coordinates as people paste them: one number or both, with decimal point or comma, in degrees and minutes, or
the address of a map."""

import re

from outreach.lib.text import clean_line

Point = tuple[float, float]  # latitude, longitude
Angle = tuple[float, str]  # degrees, and the side of the world named with them
_SIGNS = {"n": 1, "u": 1, "lu": 1, "s": -1, "ls": -1, "e": 1, "t": 1, "bt": 1, "w": -1, "b": -1, "bb": -1}
_EAST_WEST = ("e", "t", "bt", "w", "b", "bb")
_MARKS = str.maketrans(
    {
        mark: plain
        for plain, marks in {
            ".": "\u066b",
            "°": "º˚",
            "'": "\u2019\u2018\u2032´`",
            '"': "\u201c\u201d\u2033",
        }.items()
        for mark in marks
    }
)
_NUMBER = r"\d{1,3}(?:[.,]\d+)?"
_SIDE = r"(?:l[su]|b[tb]|[nsewutb])"
_ANGLES = (
    rf"(?P<before>{_SIDE})?\s*(?P<degrees>[-+]?{_NUMBER})\s*°?\s*(?P<after>{_SIDE})?",
    rf"(?P<before>{_SIDE})?\s*(?P<degrees>[-+]?\d{{1,3}})\s*°\s*(?P<minutes>[0-5]?\d(?:[.,]\d+)?)\s*'?\s*"
    rf"(?:(?P<seconds>[0-5]?\d(?:[.,]\d+)?)\s*(?:\"|'')?)?\s*(?P<after>{_SIDE})?",
)
_SEPARATOR = r"\s*[,;/|]\s*|\s+|(?<=[a-z\"'°])"
_PAIR_IN_ADDRESS = r"([-+]?\d+\.\d+)(?:,|%2c|!4d|&mlon=)([-+]?\d+\.\d+)"
_PLACE_IN_ADDRESS = re.compile(
    r"(?:!3d|[?&](?:q|ll|query|center|destination)=(?:loc:)?|[?&]mlat=|/(?:place|search)/|^geo:)"
    + _PAIR_IN_ADDRESS
)
_MIDDLE_IN_ADDRESS = re.compile("@" + _PAIR_IN_ADDRESS)


class CoordinateError(ValueError):
    """The text is no coordinate; `box` is the box it stands in: latitude, longitude."""

    def __init__(self, box: str) -> None:
        super().__init__(box)
        self.box = box


def _read_angle(text: str) -> Angle | None:
    """The angle of a text, its side "" if none is named; None if this is no angle."""
    for pattern in _ANGLES:
        match = re.fullmatch(pattern, text)
        if match is None:
            continue
        found = match.groupdict()
        parts = [
            float((found.get(name) or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")
        ]
        size = abs(parts[0]) + parts[1] / 60 + parts[2] / 3600
        side = found["before"] or found["after"] or ""
        sign = -1 if found["degrees"].startswith("-") else _SIGNS.get(side, 1)
        if (found["before"] and found["after"]) or sign != _SIGNS.get(side, sign):
            return None
        return sign * size, side
    return None


def _plain(text: str) -> str:
    return clean_line(text).casefold().strip("()[] ").translate(_MARKS)


def _read_pair(text: str) -> Point | None:
    """Both coordinates of one text, latitude first unless the sides of the world say otherwise."""
    named = _PLACE_IN_ADDRESS.findall(text) or _MIDDLE_IN_ADDRESS.findall(text)
    if named:  # the place that was marked (!3d) stands behind the one that was looked for
        return float(named[-1][0]), float(named[-1][1])
    for split in re.finditer(_SEPARATOR, text):
        first, second = _read_angle(text[: split.start()]), _read_angle(text[split.end() :])
        if first is None or second is None:
            continue
        sides = [angle[1] in _EAST_WEST if angle[1] else None for angle in (first, second)]
        if sides in ([True, False], [True, None], [None, False]):
            return second[0], first[0]
        if sides[0] is None or sides[0] != sides[1]:
            return first[0], second[0]
    return None


def _join_angles(latitude: Angle | None, longitude: Angle | None) -> Point:
    """One angle of each box. Raises `CoordinateError`, also where an angle names the sides of the other box."""
    if latitude is None or latitude[1] in _EAST_WEST:
        raise CoordinateError("latitude")
    if longitude is None or (longitude[1] and longitude[1] not in _EAST_WEST):
        raise CoordinateError("longitude")
    return latitude[0], longitude[0]


def read_point(latitude: str, longitude: str) -> Point | None:
    """The point of two boxes, in degrees with six decimals; None if both are empty. Swapped ones stay swapped.

    A pair in one of the boxes, as maps copy it, is the point, whatever the other box holds. Raises
    `CoordinateError` for the box that cannot be read, or is empty beside a filled one.
    """
    boxes = {"latitude": _plain(latitude), "longitude": _plain(longitude)}
    if not any(boxes.values()):
        return None
    angles = {box: _read_angle(text) for box, text in boxes.items()}
    pairs = (_read_pair(text) for box, text in boxes.items() if angles[box] is None)
    point = next(filter(None, pairs), None) or _join_angles(angles["latitude"], angles["longitude"])
    if max(map(abs, point)) > 180:
        raise CoordinateError("latitude" if abs(point[0]) > 180 else "longitude")
    return round(point[0], 6), round(point[1], 6)
