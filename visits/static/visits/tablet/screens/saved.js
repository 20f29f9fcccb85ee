// After "Simpan": the record is on the tablet, and how far it is on its way.
import { findStop, nextStop } from "../days.js";
import { put } from "../dom.js";
import * as outbox from "../outbox.js";
import { h, heading, icon, interval, redraw, tag } from "../parts.js";
import { t } from "../texts.js";
import { progress } from "../uploads.js";

const SHAPES = { sealed: "waiting", uploading: "waiting", stored: "now", verified: "done", erased: "done" };

/** Where a capture stands, as a word with its shape. */
export function captureTag(row) {
  if (row.parked) return tag("failed", t("state.parked"));
  const counted = progress.get(row.capture);
  if (counted) return tag("waiting", t("state.uploading-n", { sent: counted[0], all: counted[1] }));
  if (row.state !== "erased" && row.serverState === "review") return tag("late", t("state.review"));
  return tag(SHAPES[row.state], t(`state.${row.state}`));
}

/** Where the team goes from here; null at the end of the day. */
async function nextHome(visit) {
  const found = await findStop(visit);
  return found && nextStop(found.day.stops, await outbox.facts());
}

const nextLink = (stop) =>
  h("a", { class: "button primary", id: "next-home", href: `#/kunjungan/${stop.visit}` }, icon("forward"), t("saved.next", { time: interval(stop), name: stop.resident?.name ?? "" }));

export async function savedPanel(root, { capture, visit }) {
  const next = await nextHome(visit);
  const place = h("p", { class: "tags", id: "capture-state", role: "status" });
  put(
    root,
    h(
      "div",
      { class: "narrow saved" },
      h("div", { class: "note done" }, heading(icon("check"), t("capture.saved")), h("p", {}, t("capture.saved-text"))),
      place,
      h(
        "div",
        { class: "actions" },
        next && nextLink(next),
        h("a", { class: `button ${next ? "secondary" : "primary"}`, href: "#/" }, icon("list"), t("stop.back")),
        h("a", { class: "button secondary", id: "to-slip", href: `#/tanda-terima/${capture}` }, icon("print"), t("slip.open")),
      ),
    ),
  );
  document.getElementById("heading").focus();
  const stop = redraw(["outbox", "progress"], draw);

  async function draw() {
    if (!place.isConnected) {
      stop();
      return;
    }
    const row = (await outbox.captures()).find((one) => one.capture === capture);
    put(place, captureTag(row));
  }

  await draw();
}
