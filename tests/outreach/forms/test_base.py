import pytest

from outreach.forms.base import PageForm
from outreach.forms.pages import PAGES


def test_a_page_without_title_or_answers_cannot_be_made():
    class Half(PageForm):
        slug = "separuh"
        title = "Separuh"

    with pytest.raises(TypeError, match="answers"):
        Half(before={})  # type: ignore[abstract]  # that is the question


def test_every_page_of_the_form_is_whole():
    assert [page.__abstractmethods__ for page in PAGES] == [frozenset()] * len(PAGES)
