// After "Simpan": the record is on the tablet, and how far it is on its way.
import { put } from "../dom.js";
import * as outbox from "../outbox.js";
import { h, heading, icon, redraw, tag } from "../parts.js";
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

export async function savedPanel(root, { capture }) {
  const place = h("p", { class: "tags", id: "capture-state", role: "status" });
  put(
    root,
    h(
      "div",
      { class: "narrow saved" },
      h("div", { class: "note done" }, heading(icon("check"), t("capture.saved")), h("p", {}, t("capture.saved-text"))),
      place,
      h("div", { class: "actions" }, h("a", { class: "button primary", href: "#/" }, icon("list"), t("stop.back"))),
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
