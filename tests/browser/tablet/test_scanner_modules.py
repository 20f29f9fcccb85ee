"""What the tablet believes of devices, whichever way their answers come: asked in the browser that runs it."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.fakes.sbi import FakeDevices
from tests.fakes.sbi_answers import EMPTY, MadeUpDevice
from tests.support import scanners
from tests.support.field import TeamsDay
from tests.support.stack import Stack

pytestmark = pytest.mark.browser

FOLDER = "/static/visits/tablet/scanners"
TRANSACTION = "01900000-0000-7000-8000-000000000001"
LEFT = ["Left IndexFinger", "Left MiddleFinger", "Left RingFinger", "Left LittleFinger"]
PARTS = ["left_index", "left_middle", "left_ring", "left_little"]
VERIFY = """async ([answer, asked]) => {
  const { verifyCapture } = await import("/static/visits/tablet/scanners/chain.js");
  return verifyCapture(answer, asked).catch((error) => error.code ?? String(error));
}"""
# A shell of Android as bridge.js describes it, over one device of this test.
SHELL = """({ info, answer }) => {
  globalThis.passed = [];
  globalThis.JemputBolaScanners = {
    contract: 1,
    discover: async (request) => { passed.push(["discover", request]); return '["id.contoh.alat"]'; },
    info: async (appId) => { passed.push(["info", appId]); return info; },
    capture: async (appId, request) => {
      passed.push(["capture", appId, request]);
      if (typeof answer !== "string") throw new Error(answer.error);
      return answer;
    },
    cancel() {},
  };
}"""
# One that does not stop when it is told to, and answers when the test lets it. A hand is taken at once.
STUBBORN_SHELL = """(info) => {
  const late = new Promise((resolve) => (globalThis.answerNow = resolve));
  globalThis.JemputBolaScanners = {
    contract: 1,
    discover: async () => '["id.contoh.alat"]',
    info: async () => info,
    async capture(appId, request) {
      const text = await globalThis.takeHand(request);
      globalThis.taken = true;
      await late;
      return text;
    },
    cancel() {},
  };
}"""
# What lies in the tablet of a record that was begun: which members its row has, and the noise of its fields.
DRAFT_ROW = """async (visit) => {
  const { readTablet } = await import("/static/visits/tablet/store.js");
  const row = await readTablet().get("drafts", visit);
  return [Object.keys(row), Array.from(row.fields.bytes)];
}"""
CAPTURE = """async (transaction) => {
  const { openLine, findScanners, chooseScanner, captureGroup } = await import("/static/visits/tablet/scanners/session.js");
  const { GROUPS } = await import("/static/visits/tablet/scanners/body.js");
  const { EMPTY_HASH } = await import("/static/visits/tablet/scanners/chain.js");
  const line = openLine();
  try {
    const [group] = GROUPS;
    const scanner = chooseScanner(await findScanners(line), group);
    const asked = { group, parts: group.parts, transaction, previous: EMPTY_HASH, timeoutMs: globalThis.patienceMs ?? 30_000 };
    const { scores, last } = await captureGroup(line, scanner, asked);
    return { scores, last };
  } catch (error) {
    return error.kind ?? String(error);
  } finally {
    line.close();
  }
}"""


@pytest.fixture(scope="module")
def device() -> MadeUpDevice:
    return MadeUpDevice()


@pytest.fixture
def app(shared_stack: Stack, page: Page) -> Page:
    page.goto(shared_stack.tablet)
    return page


def _hand(device: MadeUpDevice, names: list[str] = LEFT, **changes: Any) -> list[dict[str, Any]]:
    return device.capture("Finger", names, **{"transaction": TRANSACTION, "previous": EMPTY, **changes})


def _asked(**changes: Any) -> dict[str, Any]:
    asked = {
        "type": "Finger",
        "parts": PARTS,
        "transaction": TRANSACTION,
        "previous": EMPTY,
        "version": "1.0",
    }
    return asked | changes


@pytest.mark.parametrize("rule", ["digests", "text"])
def test_verify_capture_gives_what_to_keep(app: Page, device: MadeUpDevice, rule: str):
    device.rule = rule
    answer = _hand(device)

    found = app.evaluate(VERIFY, [answer, _asked()])

    assert found["scores"] == dict.fromkeys(PARTS, 80)
    assert found["last"] == answer[-1]["hash"]
    assert found["entries"] == [
        {name: one[name] for name in ("specVersion", "data", "hash")} for one in answer
    ]


def test_verify_capture_refuses_what_was_not_asked_for(app: Page, device: MadeUpDevice):
    answer = _hand(device)
    header, _, signature = answer[0]["data"].split(".")
    other = device.entry("Finger", LEFT[0], transaction=TRANSACTION, previous=EMPTY, qualityScore="99")
    forged = {**answer[0], "data": ".".join((header, other["data"].split(".")[1], signature))}
    unsigned = {**answer[0], "data": device.sign({}, alg="none")}
    cases: list[tuple[Any, dict[str, Any], str]] = [
        (answer, {"transaction": "lain"}, "transaction"),
        (answer, {"previous": "0" * 64}, "hash"),
        (answer, {"version": "0.9.5"}, "version"),
        (answer, {"type": "Iris"}, "parts"),
        (answer, {"parts": PARTS[:-1]}, "parts"),
        (answer, {"parts": [*PARTS[:-1], "left_thumb"]}, "parts"),
        (answer[:-1], {}, "parts"),
        (answer[::-1], {}, "hash"),
        ([*answer[:-1], {**answer[-1], "hash": "0" * 64}], {}, "hash"),
        ([*answer[:-1], {**answer[-1], "hash": None}], {}, "shape"),
        ([forged, *answer[1:]], {}, "signature"),
        ([unsigned, *answer[1:]], {}, "shape"),
        ([{**answer[0], "data": None}, *answer[1:]], {}, "shape"),
        ([{**answer[0], "data": "a.b.c"}, *answer[1:]], {}, "shape"),
        ([None, *answer[1:]], {}, "shape"),
        (None, {}, "parts"),
        (_hand(device, qualityScore="baik"), {}, "shape"),
        (_hand(device, bioValue=""), {}, "shape"),
        (_hand(device, bioSubType="UNKNOWN"), {}, "parts"),
    ]
    assert [app.evaluate(VERIFY, [given, _asked(**asked)]) for given, asked, _code in cases] == [
        code for _given, _asked_for, code in cases
    ]


def test_the_newest_version_that_both_know_is_chosen(app: Page):
    offers = [["0.9.5"], ["0.9.5", "1.0"], ["1.0.0", "0.9.5"], ["0.9.2"], [], "0.9.5", None]
    chosen = app.evaluate(
        f"async offers => {{ const m = await import('{FOLDER}/sbi.js'); return offers.map(m.chooseVersion); }}",
        offers,
    )
    assert chosen == ["0.9.5", "1.0", "1.0.0", None, None, "0.9.5", None]


def _information(device: MadeUpDevice) -> str:
    told = {"deviceStatus": "Ready", "deviceId": "contoh", "deviceSubId": ["1", "2", "3"], "env": "Developer"}
    told |= {"specVersion": ["1.0"], "digitalId": device.digital_id("Finger")}
    return json.dumps([{"deviceInfo": device.sign(told)}, {"deviceInfo": "?"}, {"deviceInfo": None}])


def test_answers_over_androids_bridge_are_verified_as_over_http(app: Page, device: MadeUpDevice):
    device.rule = "digests"
    good = _hand(device)
    app.evaluate(SHELL, {"info": _information(device), "answer": json.dumps({"biometrics": good})})

    found = app.evaluate(CAPTURE, TRANSACTION)

    assert found == {"scores": dict.fromkeys(PARTS, 80), "last": good[-1]["hash"]}
    passed = app.evaluate("globalThis.passed")
    assert [call[:2] for call in passed] == [
        ["discover", '{"type":"Biometric Device"}'],
        ["info", "id.contoh.alat"],
        ["capture", "id.contoh.alat"],
    ]
    assert json.loads(passed[-1][2])["transactionId"] == TRANSACTION
    assert app.locator("iframe").count() == 0  # no port is asked where there is a bridge
    for answer, kind in (
        (json.dumps({"biometrics": good[:-1]}), "broken"),
        (json.dumps({"biometrics": _hand(device, transaction="lain")}), "broken"),
        ("<html>", "broken"),
        ("null", "broken"),
        (json.dumps({"error": {"errorCode": "111"}}), "busy"),
        ({"error": "slow"}, "slow"),
        ({"error": "sebab lain"}, "gone"),
    ):
        app.evaluate(SHELL, {"info": _information(device), "answer": answer})
        assert app.evaluate(CAPTURE, TRANSACTION) == kind


def test_a_capture_that_comes_after_its_screen_was_left_changes_no_draft(
    shared_stack: Stack, page: Page, kit_day: TeamsDay, device: MadeUpDevice
):
    visit = kit_day.visits[0]

    def take_hand(request: str) -> str:
        asked = json.loads(request)
        (bio,) = asked["bio"]
        given = {"transaction": asked["transactionId"], "previous": bio["previousHash"]}
        return json.dumps({"biometrics": device.capture("Finger", bio["bioSubType"], **given)})

    page.expose_function("takeHand", take_hand)
    page.add_init_script(f"({STUBBORN_SHELL})({json.dumps(_information(device))})")
    scanners.open_record(page, shared_stack, kit_day)
    expect(page.locator("#scanner-trouble")).to_contain_text("Alat mata")  # looked for, and there is none
    page.locator("form.capture .button.primary").click()  # fingers can be taken all the same
    page.wait_for_function("globalThis.taken")
    page.locator("a.back").click()
    expect(page.get_by_role("heading", name="Jari dan mata", level=1)).to_have_count(0)
    page.wait_for_timeout(500)  # what waited to be written when the screen was left
    before = page.evaluate(DRAFT_ROW, visit)
    assert "photo" in before[0]

    page.evaluate("globalThis.answerNow()")
    page.wait_for_timeout(1500)

    assert page.evaluate(DRAFT_ROW, visit) == before


def test_a_shell_of_another_contract_is_left_alone(app: Page, device: MadeUpDevice):
    app.evaluate(SHELL, {"info": _information(device), "answer": ""})
    app.evaluate("globalThis.JemputBolaScanners.contract = 2")
    found = app.evaluate(f"async () => (await import('{FOLDER}/bridge.js')).findBridge()")
    assert found is None


def test_a_device_that_never_answers_is_given_up(app: Page, devices: FakeDevices):
    devices.set(delay=20)
    app.evaluate("globalThis.patienceMs = -4000")  # and five seconds of grace
    assert app.evaluate(CAPTURE, TRANSACTION) == "slow"


@pytest.mark.usefixtures("devices")
def test_the_page_itself_reaches_no_port_and_the_frame_reaches_no_server(app: Page):
    asked = """async (frame) => {
      const window = frame ? document.querySelector("iframe").contentWindow : globalThis;
      const ask = (address, method) => window.fetch(address, { method }).then(() => "reached", () => "kept off");
      return Promise.all([ask("http://127.0.0.1:4537/device", "GET"), ask("/peta.json", "GET"), ask("http://127.0.0.1:4500/", "GET")]);
    }"""
    assert app.evaluate(asked, False) == ["kept off", "reached", "kept off"]
    app.evaluate(f"import('{FOLDER}/loopback.js').then((m) => new m.LoopbackLine().discover())")
    assert app.evaluate(asked, True) == ["reached", "kept off", "kept off"]
