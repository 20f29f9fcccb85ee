"""Every text of the interface has its English; `python -m tests.support.msgids` adds the missing ones to fill in."""

import re

import pytest

from config import assets
from tests.architecture.tree import ROOT
from tests.support import msgids

CATALOG = {msgids.key_of(message): message for message in msgids.catalog() if message.id}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% load i18n %}{% translate "Simpan" %}', [(None, "Simpan", None)]),
        ('{% load i18n %}{% translate "Buka" context "kantor" %}', [("kantor", "Buka", None)]),
        (
            "{% load i18n %}{% blocktranslate count n=3 trimmed %}\n {{ n }} hari\n"
            "{% plural %}\n {{ n }} hari-hari{% endblocktranslate %}",
            [(None, "%(n)s hari", "%(n)s hari-hari")],
        ),
        ('<p title="Simpan">_("bukan teks")</p>', []),
    ],
)
def test_texts_of_a_template_are_found(source: str, found: list[msgids.Key]):
    assert list(msgids.in_template(source)) == found


def test_texts_of_a_module_are_found():
    source = (
        '_("Satu " "dua"), gettext_lazy("Tiga"), ngettext("%d a", "%d b", n), pgettext("c", "d"), _(name)'
    )
    assert sorted(msgids.in_python(source), key=str) == [
        ("c", "d", None),
        (None, "%d a", "%d b"),
        (None, "Satu dua", None),
        (None, "Tiga", None),
    ]


def test_every_text_is_in_the_catalog():
    missing = {key: files for key, files in msgids.in_source().items() if key not in CATALOG}
    assert missing == {}, "run: python -m tests.support.msgids"


def test_the_catalog_has_nothing_that_the_source_no_longer_says():
    assert sorted(CATALOG.keys() - msgids.in_source().keys(), key=str) == []
    assert list(msgids.catalog().obsolete) == []


def test_every_text_is_translated():
    assert len(CATALOG) > 1000
    assert [key for key, message in CATALOG.items() if not all(msgids.translations(message))] == []
    assert [key for key, message in CATALOG.items() if message.fuzzy] == []
    assert [key for key in CATALOG if key[2] and len(msgids.translations(CATALOG[key])) != 2] == []


def test_a_translation_has_the_same_blanks_and_tags():
    def parts(text: str) -> list[str]:
        return msgids.placeholders(text) + sorted(re.findall(r"</?\w+", text))

    assert parts("<b>%(n)s</b> {x} 5%% %s") == ["%%", "%(n)s", "%s", "{x}", "</b", "<b"]
    assert [
        (key, translation)
        for key, message in CATALOG.items()
        for translation in msgids.translations(message)
        if parts(translation) != parts(key[1])
        or translation.strip() == ""
        or _edges(translation) != _edges(key[1])
    ] == []


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_english_is_said_when_it_is_chosen(client, db, settings, tmp_path):
    """From the catalog through the command's compiler to a page and to Django's admin."""
    assert assets.compile_translations(source=ROOT / "config" / "locale", target=tmp_path) == 2
    settings.LOCALE_PATHS = [tmp_path]
    assert "Layanan ini gratis." in client.get("/").content.decode()
    client.cookies["django_language"] = "en"
    page = client.get("/").content.decode()
    assert '<html lang="en">' in page
    assert "This service is free." in page
    assert "Layanan ini gratis." not in page
