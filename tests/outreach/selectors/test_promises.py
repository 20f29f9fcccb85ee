"""What the office promises, kept or late, and whom to call."""

from datetime import date

import pytest

from outreach.selectors.flow import Stage
from outreach.selectors.promises import describe_promise, promised_day

pytestmark = [pytest.mark.django_db, pytest.mark.clock("2026-11-24T12:00", tick=False)]


def test_the_day_is_counted_in_the_offices_working_days() -> None:
    assert promised_day(Stage.DECIDED, date(2026, 11, 20)) == date(2026, 11, 25)


def test_a_promise_is_not_late_on_its_day_and_late_the_day_after(clock, settings) -> None:
    settings.OFFICE_PHONE = "0351-123456"
    since = clock.now()

    def said() -> str:
        return describe_promise(Stage.DECIDED, since, now=clock.now())

    kept = (
        "Kami usahakan jawabannya ada paling lambat Jumat, 27 November 2026; "
        "bila terlambat, hubungi kantor di 0351-123456."
    )
    assert said() == kept
    clock.move_to("2026-11-27T23:00")
    assert said() == kept
    clock.move_to("2026-11-28T00:10")
    assert said() == (
        "Kami terlambat: jawabannya seharusnya ada paling lambat Jumat, 27 November 2026. Mohon maaf; "
        "hubungi kantor di 0351-123456."
    )


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.CARD])
def test_every_stage_has_a_kept_and_a_late_sentence(stage: Stage, clock) -> None:
    since = clock.now()

    assert describe_promise(stage, since, now=since).startswith("Kami usahakan ")
    clock.move_to("2027-11-24T12:00")
    assert describe_promise(stage, since, now=clock.now()).startswith("Kami terlambat: ")


def test_a_card_is_not_ours_to_promise(clock) -> None:
    since = clock.now()

    assert describe_promise(Stage.CARD, since, now=since).startswith("Pencetakan menunggu server nasional")
    clock.move_to("2027-11-24T12:00")
    assert describe_promise(Stage.CARD, since, now=clock.now()) == (
        "Ini sudah lebih lama dari 180 hari. Agar kami tanyakan ke pusat, hubungi kantor atau perangkat desa."
    )


def test_the_wait_for_the_card_promises_no_news_that_nobody_writes(clock) -> None:
    said = describe_promise(Stage.CARD, clock.now(), now=clock.now())

    assert "Untuk menanyakan KTP-el-nya" in said
    assert "halaman ini" not in said
