import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_browser_set_to_english_still_gets_indonesian() -> None:
    page = Client().get("/", headers={"accept-language": "en-US,en;q=0.9"})

    assert '<html lang="id">' in page.content.decode()


@pytest.mark.parametrize(("cookie", "language"), [("en", "en"), ("id", "id"), ("xx", "id"), ("", "id")])
def test_the_language_switch_counts(cookie: str, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = cookie

    assert f'<html lang="{language}">' in client.get("/").content.decode()
