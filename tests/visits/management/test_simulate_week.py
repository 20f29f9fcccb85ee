import re
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from outreach.enums import NeedState
from tests.factories.outreach import NeedFactory
from tests.factories.visits import ShiftFactory, VisitFactory, at
from visits.enums import VisitState

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-30T12:00")]

TUESDAY = date(2026, 12, 1)


def published(homes: int, **more) -> None:
    shift = ShiftFactory(date=TUESDAY)
    for number in range(homes):
        VisitFactory(
            shift=shift,
            need=NeedFactory(state=NeedState.PLANNED, resident__latitude=-7.62 + 0.01 * number),
            sequence=number + 1,
            planned_arrive=at(TUESDAY, 480 + 45 * number),
            **more,
        )


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("simulate_week", "--first", "2026-11-30", *arguments)
    return capsys.readouterr().out


def test_a_published_week_is_replayed_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    published(6)
    published(2, state=VisitState.CANCELLED)

    text = said(capsys, "--runs", "200")

    assert "2026-11-30 to 2026-12-06: 1 team-days, 6 visits, replayed 200 times" in text
    assert re.search(r"within the interval told: \d+\.\d % \(stated 80 %\)".replace(" %", "%"), text)
    assert re.search(r"Overtime per team-day: mean 0\.0 min", text)
    without_time = re.compile(r" in \d+\.\d s")
    again = said(capsys, "--runs", "200")
    assert without_time.sub("", again) == without_time.sub("", text)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [([], "Nothing is published"), (["--runs", "0"], "1 or more"), (["--days", "0"], "1 or more")],
)
def test_what_cannot_be_replayed_is_told(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("simulate_week", "--first", "2026-11-30", *arguments)
