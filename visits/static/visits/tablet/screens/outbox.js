// What is on its way: every record and report that this tablet holds, of whom, and why it is still here.
import { figuresText } from "../bar.js";
import { put } from "../dom.js";
import { exportOutbox, exportRecord } from "../export.js";
import { homeNames } from "../home_names.js";
import { countHomes } from "../homes.js";
import * as outbox from "../outbox.js";
import { backLink, button, h, heading, icon, redraw, size, tag, troubleText, word } from "../parts.js";
import { status, syncNow } from "../sync.js";
import { clock, moment, t } from "../texts.js";
import { captureTag } from "./saved.js";
import { unfinishedList } from "./unfinished.js";

let sought = ""; // stays while the app is open, as the list does

async function retry(row) {
  await outbox.updateCapture(row.capture, { parked: null });
  syncNow();
}

const refusal = (problem) => h("p", { class: "note danger" }, problem.detail ?? problem.title);
const reference = (row) => t("outbox.ref", { ref: row.capture.slice(-6).toUpperCase() });

function captureRow(row, home) {
  return h(
    "li",
    { class: "card" },
    h("p", {}, h("strong", {}, home?.name || reference(row)), " ", captureTag(row)),
    h(
      "p",
      { class: "small muted" },
      [home?.name && reference(row), home?.place, t("outbox.made", { time: clock(row.madeAt), size: size(row.size) })].filter(Boolean).join(" · "),
    ),
    row.slip && h("p", {}, h("a", { class: "back", href: `#/tanda-terima/${row.capture}` }, icon("print"), t("slip.open"))),
    row.parked && [
      refusal(row.parked),
      h(
        "div",
        { class: "actions" },
        button({ class: "button secondary", onclick: () => retry(row) }, icon("sync"), t("outbox.try")),
        button({ class: "button secondary", id: `export-${row.capture}`, onclick: () => exportRecord(row.capture) }, icon("save"), t("outbox.export-one")),
      ),
    ],
  );
}

function eventText(event) {
  const outcome = event.data.outcome ? word("outcome", event.data.outcome) : "";
  return t(`event.${event.kind}`, { outcome });
}

function eventRow(event, home) {
  const mark = event.parked ? tag("failed", t("state.parked")) : tag("waiting", t("event.waiting"));
  return h(
    "li",
    { class: "card" },
    h("p", {}, h("strong", {}, `${clock(event.at)} ${eventText(event)}`), " ", mark),
    home?.name && h("p", { class: "small muted" }, [home.name, home.place].filter(Boolean).join(" · ")),
    event.parked && refusal(event.parked),
  );
}

/** Rows of which every word is somewhere in what the row shows. */
function found(items) {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => words.every((one) => item.textContent.toLowerCase().includes(one)));
}

const list = (items, none) => (items.length ? h("ul", { class: "plain" }, items) : h("p", { class: "muted" }, sought.trim() ? t("outbox.not-found") : none));

function searchField(draw) {
  const input = h("input", { type: "text", id: "seek", value: sought, autocomplete: "off", spellcheck: "false", enterkeyhint: "search" });
  input.addEventListener("input", () => {
    sought = input.value;
    draw();
  });
  return h("div", { class: "field", hidden: true }, h("label", { for: "seek" }, t("outbox.seek")), input);
}

export async function show(root) {
  let closed = false;
  const top = h("div", {});
  const rows = h("div", {});
  const seek = searchField(draw);
  put(root, h("div", { class: "narrow" }, top, seek, rows));

  async function draw() {
    const [captures, events, homes, unfinished] = await Promise.all([outbox.captures(), outbox.events(), countHomes(), unfinishedList()]);
    const names = await homeNames([...captures, ...events].map((one) => one.visit));
    if (closed) return;
    const held = captures.some((row) => row.state !== "erased") || events.length > 0;
    const reason = troubleText(status.trouble);
    put(
      top,
      backLink("#/", t("stop.back")),
      heading(t("outbox.title")),
      h("p", { id: "homes" }, figuresText(homes)),
      reason && h("p", { class: "note waiting" }, reason, status.phase === "waiting" ? ` ${t("outbox.next", { time: moment(status.nextAt) })}` : ""),
      h("div", { class: "actions" }, button({ class: "button primary", id: "sync-now", onclick: syncNow }, icon("sync"), t("outbox.sync"))),
      unfinished && [h("h2", {}, t("unfinished.title")), unfinished],
    );
    seek.hidden = captures.length + events.length < 2 && !sought;
    const newest = captures.sort((a, b) => (a.capture < b.capture ? 1 : -1));
    put(
      rows,
      h("h2", {}, t("outbox.captures")),
      list(found(newest.map((row) => captureRow(row, names.get(row.visit)))), t("outbox.none")),
      h("h2", {}, t("outbox.events")),
      list(found(events.map((event) => eventRow(event, names.get(event.visit)))), t("outbox.no-events")),
      held && [
        h("div", { class: "actions" }, button({ class: "button secondary", id: "export", onclick: exportOutbox }, icon("save"), t("outbox.export"))),
        h("p", { class: "hint" }, t("outbox.export-hint")),
      ],
    );
  }

  const stop = redraw(["days", "drafts", "outbox", "progress", "sync", "state"], draw);
  await draw();
  return () => {
    closed = true;
    stop();
  };
}
