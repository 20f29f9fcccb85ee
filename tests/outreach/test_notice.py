import hashlib

from django.utils import translation

from outreach import notice


def test_the_hash_is_of_the_text_that_is_shown() -> None:
    shown = "\n".join([*notice.notice_paragraphs(), notice.agreement_text()])

    assert notice.notice_sha256() == hashlib.sha256(shown.encode()).hexdigest()


def test_another_office_shows_another_text(settings) -> None:
    before = notice.notice_sha256()
    settings.OFFICE_NAME = "Dispendukcapil Kabupaten Lain"

    assert notice.notice_sha256() != before


def test_the_version_names_the_language() -> None:
    with translation.override("en"):
        assert notice.notice_version() == f"{notice.VERSION}/en"
    with translation.override("id"):
        assert notice.notice_version() == f"{notice.VERSION}/id"
