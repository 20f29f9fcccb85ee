"""Addresses of the tablet's origin: every one can be built, and every unknown one answers in our words."""

import pytest
from django.urls import reverse


@pytest.mark.urls("tests.support.tablet_urls")
def test_names_can_be_reversed_where_the_tablets_door_is_open():
    assert reverse("visits:tablet") == "/"


def test_an_address_with_a_line_break_is_answered_in_our_words(stranger):
    answer = stranger.call("GET", "/x%0ay")
    assert (answer.status, answer.code) == (404, "not-found")
