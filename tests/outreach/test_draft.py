"""A half-filled form in a session."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import QueryDict
from django.test import RequestFactory

from outreach import draft as drafts
from outreach import vault

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_():
    request = RequestFactory().get("/")
    request.session = SessionStore()
    return request


def test_what_was_typed_comes_back_as_the_browser_sent_it(request_) -> None:
    draft = drafts.Draft()
    sent = QueryDict("relation=family&skills=ramp&skills=iris&csrfmiddlewaretoken=x&ubah=1")
    draft.keep("pemohon", sent)
    drafts.save(request_, draft)

    loaded = drafts.load(request_)

    assert loaded == draft
    data = loaded.data("pemohon") if loaded else None
    assert data is not None
    assert dict(data.lists()) == {"relation": ["family"], "skills": ["ramp", "iris"]}


@pytest.mark.parametrize("stored", ["zz", "00", "6b313a00"])
def test_a_draft_that_does_not_open_is_dropped(request_, stored: str) -> None:
    request_.session[drafts.KEY] = stored

    assert drafts.load(request_) is None
    assert drafts.KEY not in request_.session


def test_a_draft_of_another_shape_is_dropped(request_) -> None:
    request_.session[drafts.KEY] = vault.seal_draft('{"old": 1}', place=drafts.PLACE)

    assert drafts.load(request_) is None


def test_much_is_cut_before_it_is_kept() -> None:
    draft = drafts.Draft()
    draft.keep("pemohon", QueryDict("&".join(["x=" + "y" * 5000] * 50)))

    assert [len(text) for text in draft.answers["pemohon"]["x"]] == [drafts.LONGEST] * 20


def test_two_drafts_have_their_own_tokens() -> None:
    assert drafts.Draft().token != drafts.Draft().token
