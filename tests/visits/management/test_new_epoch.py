"""A restored database begins a new epoch, and every ping says so."""

from io import StringIO

import pytest
from django.core.management import call_command

from visits.keys import epochs
from visits.lib import jose
from visits.tablets import greetings

pytestmark = pytest.mark.django_db


def test_the_epoch_lasts_until_a_new_one_is_begun():
    before = epochs.current_epoch()
    assert epochs.current_epoch() == before
    out = StringIO()
    call_command("new_epoch", stdout=out)
    assert out.getvalue().strip() == epochs.current_epoch() != before
    assert (
        jose.peek_jws(greetings.sign_ping(nonce="x" * 16), typ="jb-ping+jws")[1]["epoch"]
        == epochs.current_epoch()
    )
