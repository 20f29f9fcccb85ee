"""What a record must have, by the way in which its kit records."""

from collections.abc import Mapping
from typing import Any

from visits.enums import RecordingWay
from visits.lib import device_chains

JPEG_MAGIC, PNG_MAGIC = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
NUMBER = "registration_number"
HANDOVER = "handover"  # a photo of the handing over, if the family allows it: nobody is recognised by it
_TABLET_PARTS = {"photo": JPEG_MAGIC, "signature": PNG_MAGIC}


def recording_way(form: Mapping[str, Any]) -> RecordingWay:
    """The way that a form names. Tablets that name none took photo and signature themselves."""
    return RecordingWay(form.get("way", RecordingWay.TABLET_ONLY))


def picture_part(form: Mapping[str, Any]) -> str:
    """The part that a person sees in a review."""
    return HANDOVER if recording_way(form) == RecordingWay.OFFICIAL_KIT else "photo"


def _list_excepted(form: Mapping[str, Any]) -> set[str]:
    return {exception["what"] for exception in form.get("exceptions", [])}


def is_complete(form: Mapping[str, Any], parts: Mapping[str, bytes]) -> bool:
    """Whether each thing that the way asks for is there, or has an exception; `parts` are the plain bytes
    beside the form. What devices took is looked at by `has_whole_captures`."""
    excepted = _list_excepted(form)
    if recording_way(form) == RecordingWay.OFFICIAL_KIT:
        numbered = bool((form.get(NUMBER) or "").strip()) or NUMBER in excepted
        return numbered and parts.get(HANDOVER, JPEG_MAGIC).startswith(JPEG_MAGIC)
    return all(
        parts[name].startswith(magic) if name in parts else name in excepted
        for name, magic in _TABLET_PARTS.items()
    )


def has_whole_captures(form: Mapping[str, Any], parts: Mapping[str, bytes]) -> bool:
    """Whether what devices took holds, and each finger and eye is there or has an exception. A tablet alone takes
    neither; what a record of the official kit brings is looked at by `has_unwanted_biometrics`."""
    way = recording_way(form)
    taken = {name: data for name, data in parts.items() if name in device_chains.MODALITIES}
    if way != RecordingWay.OUR_DEVICES:
        return way == RecordingWay.OFFICIAL_KIT or not taken
    visit = form["visit"]
    told = form.get("biometrics") or {"transaction": visit, "links": []}
    if told["transaction"] != visit:  # taken for another visit, of somebody else
        return False
    try:
        found = device_chains.verify_captures(taken, transaction=visit, links=told["links"])
    except device_chains.ChainError:
        return False
    return found | _list_excepted(form) >= device_chains.BODY_PARTS


def has_unwanted_biometrics(form: Mapping[str, Any]) -> bool:
    """Whether a record of the ministry's kit brings a part that only that kit should keep."""
    official = recording_way(form) == RecordingWay.OFFICIAL_KIT
    return official and bool(set(form.get("parts", {})) - {HANDOVER})
