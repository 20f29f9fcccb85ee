// Why a visit came to nothing: one tap on the reason.
import { findStop } from "../days.js";
import { put } from "../dom.js";
import * as outbox from "../outbox.js";
import { announce, backLink, button, h, heading, icon, word } from "../parts.js";
import { t } from "../texts.js";

const AGAIN = ["not_home", "refused_today", "unwell", "address_not_found", "unsafe"];
const CLOSED = ["moved", "recorded_elsewhere", "deceased"];

export async function show(root, { visit }) {
  const found = await findStop(visit);
  if (!found) {
    location.hash = "#/";
    return;
  }
  const note = h("textarea", { id: "note", rows: "2", maxlength: "500", autocomplete: "off" });

  async function choose(code) {
    await outbox.outcome(visit, code, note.value.trim());
    announce(t("fail.saved", { reason: word("outcome", code) }));
    location.hash = "#/";
  }

  const group = (title, codes) =>
    h(
      "section",
      {},
      h("h2", {}, title),
      h(
        "div",
        { class: "choices" },
        codes.map((code) => button({ class: "button choice", onclick: () => choose(code) }, word("outcome", code), icon("forward"))),
      ),
    );

  put(
    root,
    h(
      "div",
      { class: "narrow" },
      backLink(`#/kunjungan/${visit}`, found.stop.resident?.name ?? t("stop.back")),
      heading(t("fail.title")),
      h("details", {}, h("summary", {}, t("fail.note")), h("div", { class: "field" }, h("label", { for: "note", class: "sr-only" }, t("fail.note")), note)),
      group(t("fail.again"), AGAIN),
      group(t("fail.closed"), CLOSED),
    ),
  );
}
