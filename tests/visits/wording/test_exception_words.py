"""Exceptions of records in the office's words: the same as the officer saw."""

import re

import pytest
from django.conf import settings
from django.utils import translation

from visits.lib import device_chains
from visits.wording.exception_words import describe_exceptions

TEXTS = settings.BASE_DIR / "visits" / "static" / "visits" / "tablet" / "texts"


def _tablet_words(language: str, kind: str) -> dict[str, str]:
    return dict(re.findall(rf'"{kind}\.(\w+)": "([^"]+)"', (TEXTS / f"{language}.js").read_text()))


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_code_of_the_tablet_reads_as_on_the_tablet(language):
    things, reasons = _tablet_words(language, "what"), _tablet_words(language, "reason")
    assert things.keys() >= device_chains.BODY_PARTS
    told = [{"what": what, "reason": reason} for what in things for reason in reasons]
    words = [f"{thing}: {why}" for thing in things.values() for why in reasons.values()]
    with translation.override(language):
        assert [line.lower() for line in describe_exceptions({"exceptions": told})] == [
            line.lower() for line in words
        ]


def test_a_note_is_added_and_a_code_of_another_app_stays():
    form = {
        "exceptions": [{"what": "photo", "reason": "refuses", "note": "malu"}, {"what": "x", "reason": "y"}]
    }
    assert describe_exceptions(form) == ["Foto: menolak (malu)", "x: y"]
    assert describe_exceptions({}) == []
