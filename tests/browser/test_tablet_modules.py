"""Small modules of the tablet, each asked in the browser that runs them."""

import io
import zipfile
from base64 import b64decode
from uuid import UUID

import pytest
from playwright.sync_api import Page

from outreach.lib.text import clean_text
from tests.support.pasted import paste
from tests.support.stack import Stack
from visits.sync.capture_words import CaptureWord

pytestmark = pytest.mark.browser


@pytest.fixture
def ask(lasting_stack: Stack, page: Page):
    """Evaluate an expression with the exports of a module in `m`."""
    page.goto(lasting_stack.tablet)

    def evaluate(module: str, expression: str, argument: object = None) -> object:
        return page.evaluate(
            f"async (a) => {{ const m = await import('/static/visits/tablet/{module}.js'); return {expression}; }}",
            argument,
        )

    return evaluate


def test_waits_have_full_jitter_and_a_ceiling_of_five_minutes(ask):
    waits = "Array.from({length: 12}, () => b.next())"
    most = ask("backoff", f"(() => {{ const b = new m.Backoff({{random: () => 1}}); return {waits}; }})()")
    assert most == [2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 300000, 300000, 300000, 300000]
    least = ask("backoff", f"(() => {{ const b = new m.Backoff({{random: () => 0}}); return {waits}; }})()")
    assert least == [0] * 12
    again = ask(
        "backoff",
        "(() => { const b = new m.Backoff({random: () => 1}); b.next(); b.next(); b.reset(); return b.next(); })()",
    )
    assert again == 2000
    named = "[new m.Backoff({random: () => 0}).next(90_000), new m.Backoff().next(9e9)]"
    assert ask("backoff", named) == [90_000, 300_000]


def test_ids_are_uuids_of_version_7_that_sort_by_time(ask):
    made = ask("ids", "[m.uuid7(1), m.uuid7(1_700_000_000_000), m.uuid7(281_474_976_710_655)]")
    ids = [UUID(one) for one in made]
    assert [one.version for one in ids] == [7, 7, 7]
    assert [one.int >> 80 for one in ids] == [1, 1_700_000_000_000, 281_474_976_710_655]
    assert made == sorted(made)


def test_the_wall_clock_carries_the_tablets_own_offset(ask):
    assert ask("ids", "m.wallClock(new Date(1_764_000_000_123))") == "2025-11-24T23:00:00.123+07:00"


def test_planned_times_are_shown_as_the_office_wrote_them(ask):
    assert ask("texts", "m.clock('2026-12-01T09:10:00+08:00')") == "09.10"
    assert ask("texts", "m.longDate('2026-12-01')") == "Selasa, 1 Desember 2026"
    assert ask("texts", "m.age('1950-12-02', '2026-12-01')") == 75
    assert ask("texts", "m.age('1950-12-01', '2026-12-01')") == 76


def test_the_bundle_is_a_zip_that_others_can_read(ask):
    packed = ask(
        "zip",
        """(async () => {
          const blob = m.zip([["a/é.txt", new TextEncoder().encode("isi")], ["b.bin", new Uint8Array(70_000).fill(7)]]);
          const bytes = new Uint8Array(await blob.arrayBuffer());
          return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
        })()""",
    )
    with zipfile.ZipFile(io.BytesIO(b64decode(str(packed)))) as bundle:
        assert bundle.testzip() is None
        assert bundle.namelist() == ["a/é.txt", "b.bin"]
        assert bundle.read("a/é.txt") == b"isi"
        assert bundle.read("b.bin") == b"\x07" * 70_000


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        ("c.fillStyle = '#777'; c.fillRect(0, 0, 800, 600)", ["blurred"]),
        ("c.fillStyle = '#000'; c.fillRect(0, 0, 800, 600)", ["blurred", "dark"]),
        ("c.fillStyle = '#fff'; c.fillRect(0, 0, 800, 600)", ["blurred", "bright"]),
        (
            "for (let x = 0; x < 800; x += 8) { c.fillStyle = x % 16 ? '#222' : '#ccc'; c.fillRect(x, 0, 8, 600); }",
            [],
        ),
    ],
    ids=["plain", "dark", "bright", "crisp"],
)
def test_photos_are_judged(ask, draw: str, expected: list[str]):
    verdict = ask(
        "photo",
        f"""(async () => {{
          const canvas = new OffscreenCanvas(800, 600), c = canvas.getContext("2d");
          {draw};
          return m.verdicts(m.judge(canvas));
        }})()""",
    )
    assert verdict == expected


def test_a_big_photo_is_made_small(ask):
    made = ask(
        "photo",
        """(async () => {
          const canvas = new OffscreenCanvas(4000, 3000), c = canvas.getContext("2d");
          for (let n = 0; n < 60_000; n += 1) {
            c.fillStyle = `hsl(${n * 137 % 360} 60% ${n * 71 % 90}%)`;
            c.fillRect(n * 7919 % 4000, n * 104729 % 3000, 24, 24);
          }
          const file = await canvas.convertToBlob({type: "image/jpeg", quality: 0.95});
          const {blob} = await m.shrink(file);
          const image = await createImageBitmap(blob);
          return [blob.type, blob.size, image.width, image.height];
        })()""",
    )
    kind, size, width, height = made
    assert kind == "image/jpeg"
    assert size <= 307_200
    assert max(width, height) <= 1280
    assert abs(width / height - 4 / 3) < 0.01


def test_names_on_the_map_keep_clear_of_each_other_and_of_the_stops(ask):
    names = [
        {"x": 200, "y": 100, "text": "Kaibon"},
        {"x": 205, "y": 104, "text": "Geger"},  # over Kaibon
        {"x": 300, "y": 100, "text": "Pagotan"},
        {"x": 100, "y": 200, "text": "Uteran"},  # under a stop
        {"x": 395, "y": 100, "text": "Slambur"},  # over the edge
    ]
    stop, frame = {"x": 100, "y": 204}, {"left": 0, "top": 0, "right": 400, "bottom": 300}
    kept = ask(
        "names",
        "m.fitting(a.names, {taken: [m.around(a.stop, 19)], frame: a.frame}).map((name) => name.text)",
        {"names": names, "stop": stop, "frame": frame},
    )
    assert kept == ["Kaibon", "Pagotan"]


def test_a_name_that_may_move_finds_the_nearest_free_spot(ask):
    kept = ask(
        "names",
        "m.fitting(a.names, {taken: [m.around(a.mark, 13)], frame: a.frame}).map((name) => name.moved)",
        {
            "names": [{"x": 200, "y": 93, "text": "Wungu", "spots": [[0, 0], [0, -24], [0, 24]]}],
            "mark": {"x": 200, "y": 96},
            "frame": {"left": 0, "top": 80, "right": 400, "bottom": 300},  # no room above
        },
    )
    assert kept == [[0, 24]]


def test_a_phone_number_is_shown_as_people_write_it(ask):
    assert ask("parts", "m.phoneText('+6281234567890')") == "0812-3456-7890"
    assert ask("parts", "m.phoneText('+60123456789')") == "+60123456789"


@pytest.mark.parametrize("word", CaptureWord)
def test_every_word_for_a_record_is_understood(ask, word: CaptureWord):
    """Of a stored record: offered again where the office has lost it, else kept, the word shown as one of ours."""
    row, tag = ask(
        "uploads",
        """(async () => {
          const here = "/static/visits/tablet/";
          const [store, outbox, saved] = await Promise.all(
            ["store.js", "outbox.js", "screens/saved.js"].map((name) => import(here + name)),
          );
          await store.open();
          const row = { capture: crypto.randomUUID(), state: "stored", serverState: "", receipts: {} };
          await store.writeOutbox(["captures"], (change) => change.objectStore("captures").put(row));
          await m.takeStatus(row, { capture: row.capture, state: a, receipts: {}, missing: [], backed_up: false });
          const kept = (await outbox.captures()).find((one) => one.capture === row.capture);
          return [kept, saved.captureTag(kept).textContent];
        })()""",
        word,
    )
    lost = word in (CaptureWord.UNKNOWN, CaptureWord.INCOMPLETE)
    assert (row["state"], row["serverState"]) == (("sealed", "") if lost else ("stored", word))
    shown = {CaptureWord.REVIEW: "Sampai, dilihat koordinator"}
    held = "Terkunci, menunggu dikirim" if lost else "Sampai di kantor, belum dibuka"
    assert tag == shown.get(word, held)


def test_what_is_typed_is_written_soon_after_the_first_key_and_one_write_at_a_time(ask):
    """The timer is set by the first key and not put off by later ones; a write takes what stands when it begins."""
    told = ask(
        "keeper",
        """(async () => {
          const real = [setTimeout, clearTimeout], waits = [], writes = [];
          let due = null, typed = "", free = null;
          globalThis.setTimeout = (work, ms) => { waits.push(ms); due = work; return waits.length; };
          globalThis.clearTimeout = () => { due = null; };
          const k = new m.Keeper(async () => {
            writes.push(typed);
            await new Promise((done) => { free = done; });
            writes.push("on the disk");
          });
          const type = (letter) => { typed += letter; k.later(); };
          type("a"); type("b");
          due(); type("c");
          const left = k.close();
          for (const _write of [1, 2]) { while (!free) await null; const done = free; free = null; done(); await null; }
          await left;
          [globalThis.setTimeout, globalThis.clearTimeout] = real;
          return [waits, writes];
        })()""",
    )
    waits, writes = told
    assert len(waits) == 2
    assert max(waits) <= 150  # with the write itself it is on the disk within 300 ms of the last key
    assert writes == ["abc", "on the disk", "abc", "on the disk"]


@pytest.mark.parametrize(
    "text",
    [
        paste("3519015705500001"),
        paste("Nur-Hayati binti Karto 12.30"),
        "Cafe\u0301 \u2212 \ufe0fA\uff22\u2800C\x07",
        "\u1a97\u0669\U0001d7d9\uabf3",  # digits whose scripts begin at other places
        "satu\r\ndua\u2028tiga",
    ],
)
def test_text_is_cleaned_as_the_office_cleans_it(ask, text: str):
    assert ask("typed", "m.cleanTyped(a).trim()", text) == clean_text(text)


PASTE = """(text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""


def test_what_is_pasted_into_the_app_is_clean_and_whole(lasting_stack: Stack, page: Page):
    page.goto(lasting_stack.tablet)
    box = page.get_by_label("Kode")
    box.click()

    page.evaluate(PASTE, paste("2345-6789-AB"))  # longer than the box takes, until it is clean
    assert box.input_value() == "2345-6789-AB"

    box.fill("")
    page.keyboard.insert_text("23\u200b\u0664")
    page.keyboard.type("5")
    assert box.input_value() == "2345"


def test_a_pin_stays_as_it_was_typed(lasting_stack: Stack, page: Page):
    page.goto(lasting_stack.tablet)
    box = page.locator("#pin-new")
    box.click()

    page.keyboard.insert_text("12\u200b3")

    assert box.input_value() == "12\u200b3"


def test_the_page_names_at_once_every_module_of_the_start_and_no_other(lasting_stack: Stack, page: Page):
    """What the browser would find only one layer after the other costs a slow tablet a second."""
    page.goto(lasting_stack.tablet)
    page.get_by_label("Kode pemasangan").wait_for()
    loaded = "performance.getEntriesByType('resource').map((one) => new URL(one.name).pathname)"
    modules = {path for path in page.evaluate(loaded) if path.endswith("js")}
    named = page.evaluate(
        "[...document.querySelectorAll('link[rel=modulepreload]')].map((one) => new URL(one.href).pathname)"
    )
    assert len(named) == len(set(named)) > 60
    assert modules - set(named) == {"/static/visits/tablet/boot.js"}
    assert set(named) <= modules
    late = page.evaluate(
        f"import('/static/visits/tablet/map.js').then(() => {loaded}.filter((path) => path.includes('leaflet-src')))"
    )
    assert late, "the map brings its own library when it is drawn"
