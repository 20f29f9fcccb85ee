"""The closed list of problems: each tells the officer what to do and the tablet whether to try again."""

import re

import pytest

from tests.architecture.tree import ROOT
from visits.lib.problems import PROBLEMS, ProblemError

RETRY = {"retry", "retry-after", "fix-data", "resync", "reauth", "upgrade", "wipe", "review", "never"}


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_problem_has_all_members(code):
    document = ProblemError(code).document()
    assert document["type"].endswith("/" + code)
    assert document["code"] == code
    assert document["retry"] in RETRY
    assert 400 <= document["status"] < 600
    assert document["title"]
    assert document["detail"].endswith(".")


def test_what_an_officer_is_told_to_press_is_on_the_tablet():
    texts = (ROOT / "visits" / "static" / "visits" / "tablet" / "texts" / "id.js").read_text()
    named = {
        name for code in PROBLEMS for name in re.findall("“(.+?)”", ProblemError(code).document()["detail"])
    }
    assert named
    assert [name for name in named if f': "{name}"' not in texts] == []


def test_fields_and_further_members_are_told():
    problem = ProblemError("invalid", errors=[{"field": "visit", "message": "x"}], extra={"signed": "y"})
    assert problem.document()["errors"] == [{"field": "visit", "message": "x"}]
    assert problem.document()["signed"] == "y"
