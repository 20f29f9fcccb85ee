// Why a visit came to nothing: one tap on the reason.
import { dropDraft, findHome, readDraft, writeDraft } from "../drafts.js";
import { put } from "../dom.js";
import { Keeper } from "../keeper.js";
import * as outbox from "../outbox.js";
import { announce, backLink, button, h, heading, icon, word } from "../parts.js";
import { t } from "../texts.js";

const AGAIN = ["not_home", "refused_today", "unwell", "address_not_found", "unsafe"];
const CLOSED = ["moved", "recorded_elsewhere", "deceased"];

export async function show(root, { visit }) {
  const found = await findHome(visit);
  if (!found) {
    location.hash = "#/";
    return null;
  }
  const draft = await readDraft(visit, "fail");
  const note = h("textarea", { id: "note", rows: "2", maxlength: "500", autocomplete: "off", value: draft?.fields.note ?? "" });
  const keeper = new Keeper(() => writeDraft(found, { fields: { note: note.value } }, "fail").catch(console.error));
  note.addEventListener("input", () => keeper.later());

  async function choose(code) {
    await outbox.outcome(visit, code, note.value.trim());
    await keeper.stop();
    await dropDraft(visit, "fail").catch(console.error);
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
      h("details", { open: Boolean(draft?.fields.note) }, h("summary", {}, t("fail.note")), h("div", { class: "field" }, h("label", { for: "note", class: "sr-only" }, t("fail.note")), note)),
      group(t("fail.again"), AGAIN),
      group(t("fail.closed"), CLOSED),
    ),
  );
  return () => keeper.close();
}
