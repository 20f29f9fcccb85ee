// Why a visit came to nothing: one tap on the reason.
import { put } from "../dom.js";
import * as outbox from "../outbox.js";
import { button, h, heading, icon, word } from "../parts.js";
import { t } from "../texts.js";
import { openForm } from "./home_form.js";

const AGAIN = ["not_home", "refused_today", "unwell", "address_not_found", "unsafe"];
const CLOSED = ["moved", "recorded_elsewhere", "deceased"];

export async function show(root, { visit }) {
  const home = await openForm(visit, "fail", { anybody: true });
  if (!home) return null;
  const note = h("textarea", { id: "note", rows: "2", maxlength: "500", autocomplete: "off", value: home.fields.note ?? "" });
  note.addEventListener("input", () => home.typed({ note: note.value }));
  const choose = (code) => home.handIn(() => outbox.outcome(visit, code, note.value.trim()), t("fail.saved", { reason: word("outcome", code) }), "#/");

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
      home.backLink(),
      heading(t("fail.title")),
      h("details", { open: Boolean(home.fields.note) }, h("summary", {}, t("fail.note")), h("div", { class: "field" }, h("label", { for: "note", class: "sr-only" }, t("fail.note")), note)),
      group(t("fail.again"), AGAIN),
      group(t("fail.closed"), CLOSED),
    ),
  );
  return () => home.keeper.close();
}
