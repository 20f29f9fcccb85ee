"""Pages see the moment at which the run stands; their timers run as ever."""

import pytest
from playwright.sync_api import Browser

from tests.support import clock
from tests.support.browser import OFFICE_PC, new_context

pytestmark = pytest.mark.browser
TEN_DAYS_MS = 864_000_000
LOOK = """async () => {
    const [begin, since] = [Date.now(), performance.now()];
    await new Promise(done => setTimeout(done, 200));
    return {
        now: new Date().getTime(), passed: Date.now() - begin, waited: performance.now() - since,
        given: new Date(12).getTime(), text: typeof Date(), parsed: Date.parse("1970-01-01T00:00:01Z"),
        same: new Date() instanceof Date,
    };
}"""


def test_a_page_stands_where_the_run_does(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    real_ms = clock.now().timestamp() * 1000 - clock.ahead_ms()
    monkeypatch.setenv(clock.AHEAD, str(TEN_DAYS_MS / 1000))
    context = new_context(browser, OFFICE_PC)
    seen = context.new_page().evaluate(LOOK)
    context.close()

    assert 0 <= seen["now"] - real_ms - TEN_DAYS_MS < 30_000
    assert seen["passed"] == pytest.approx(seen["waited"], abs=1000)
    assert seen["waited"] >= 199
    assert (seen["given"], seen["text"], seen["parsed"], seen["same"]) == (12, "string", 1000, True)
