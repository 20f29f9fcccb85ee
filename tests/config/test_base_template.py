"""The frame that every public page stands in."""

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory


def _page(language: str, settings) -> str:
    settings.OFFICE_NAME = "Dispendukcapil Contoh"
    settings.OFFICE_PHONE = "0351000000"
    request = RequestFactory().get("/permohonan/?langkah=2")
    from django.utils import translation

    with translation.override(language):
        return render_to_string("base.html", request=request)


def test_frame_names_the_office_and_says_that_it_is_free(settings):
    page = _page("id", settings)
    assert '<html lang="id">' in page
    assert "Dispendukcapil Contoh" in page
    assert 'href="tel:0351000000"' in page
    assert "Layanan ini gratis." in page
    assert '<a class="skip" href="#isi">' in page


@pytest.mark.parametrize(("language", "offered"), [("id", "en"), ("en", "id")])
def test_frame_offers_the_other_language_and_comes_back_to_the_page(settings, language, offered):
    page = _page(language, settings)
    assert f'<button name="language" value="{offered}" lang="{offered}">' in page
    assert 'name="next" value="/permohonan/?langkah=2"' in page


def test_switching_language_sets_a_cookie_and_returns():
    answer = Client().post("/bahasa/setlang/", {"language": "en", "next": "/admin/"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert answer.cookies["django_language"].value == "en"
