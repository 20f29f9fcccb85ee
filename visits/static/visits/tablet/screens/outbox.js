// What is on its way: every record and report that this tablet holds, and why it is still here.
import { put } from "../dom.js";
import { exportOutbox } from "../export.js";
import * as outbox from "../outbox.js";
import { backLink, button, h, heading, icon, redraw, size, tag, troubleText, word } from "../parts.js";
import { status, syncNow } from "../sync.js";
import { clock, moment, t } from "../texts.js";
import { captureTag } from "./saved.js";

async function retry(row) {
  await outbox.updateCapture(row.capture, { parked: null });
  syncNow();
}

const refusal = (problem) => h("p", { class: "note danger" }, problem.detail ?? problem.title);

function captureRow(row) {
  return h(
    "li",
    { class: "card" },
    h("p", {}, h("strong", {}, t("outbox.ref", { ref: row.capture.slice(-6).toUpperCase() })), " ", captureTag(row)),
    h("p", { class: "small muted" }, t("outbox.made", { time: clock(row.madeAt), size: size(row.size) })),
    row.parked && [refusal(row.parked), button({ class: "button secondary", onclick: () => retry(row) }, icon("sync"), t("outbox.try"))],
  );
}

function eventText(event) {
  const outcome = event.data.outcome ? word("outcome", event.data.outcome) : "";
  return t(`event.${event.kind}`, { outcome });
}

function eventRow(event) {
  const mark = event.parked ? tag("failed", t("state.parked")) : tag("waiting", t("event.waiting"));
  return h(
    "li",
    { class: "card" },
    h("p", {}, h("strong", {}, `${clock(event.at)} ${eventText(event)}`), " ", mark),
    event.parked && refusal(event.parked),
  );
}

export async function show(root) {
  let closed = false;

  async function draw() {
    const [captures, events, figures] = await Promise.all([outbox.captures(), outbox.events(), outbox.figures()]);
    if (closed) return;
    const held = captures.some((row) => row.state !== "erased") || events.length;
    const reason = troubleText(status.trouble);
    put(
      root,
      h(
        "div",
        { class: "narrow" },
        backLink("#/", t("stop.back")),
        heading(t("outbox.title")),
        h("p", {}, t("bar.figures", figures)),
        reason && h("p", { class: "note waiting" }, reason, status.phase === "waiting" ? ` ${t("outbox.next", { time: moment(status.nextAt) })}` : ""),
        h("div", { class: "actions" }, button({ class: "button primary", id: "sync-now", onclick: syncNow }, icon("sync"), t("outbox.sync"))),
        h("h2", {}, t("outbox.captures")),
        captures.length
          ? h("ul", { class: "plain" }, captures.sort((a, b) => (a.capture < b.capture ? 1 : -1)).map(captureRow))
          : h("p", { class: "muted" }, t("outbox.none")),
        h("h2", {}, t("outbox.events")),
        events.length ? h("ul", { class: "plain" }, events.map(eventRow)) : h("p", { class: "muted" }, t("outbox.no-events")),
        held && [
          h("div", { class: "actions" }, button({ class: "button secondary", id: "export", onclick: exportOutbox }, icon("save"), t("outbox.export"))),
          h("p", { class: "hint" }, t("outbox.export-hint")),
        ],
      ),
    );
  }

  const stop = redraw(["outbox", "progress", "sync", "state"], draw);
  await draw();
  return () => {
    closed = true;
    stop();
  };
}
