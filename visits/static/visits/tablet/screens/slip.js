// The slip for the family: what was taken, what happens next, where to ask. Shown, copied by hand or printed, offline.
import { put } from "../dom.js";
import { backLink, button, h, heading, icon, word } from "../parts.js";
import { qrCode } from "../qr.js";
import { readSlip } from "../slips.js";
import { state } from "../state.js";
import { known, longDate, t } from "../texts.js";

const { statusUrl } = document.documentElement.dataset;
const STEPS = ["slip.next-sent", "slip.next-checked", "slip.next-card"];

const partName = (what) => (known(`slip.part-${what}`) ? t(`slip.part-${what}`) : word("what", what));
const list = (items) => h("ul", {}, items.map((one) => h("li", {}, one)));

/** With the family's own number, the way to its status; else whom to ask with the record's number. */
function whereToAsk({ reference }) {
  if (!reference) return h("p", {}, t("slip.no-reference"));
  return [
    h("p", {}, t("slip.ask")),
    h("p", { class: "slip-number" }, h("span", {}, t("slip.reference")), " ", h("strong", { id: "slip-reference" }, reference)),
    qrCode(`${statusUrl}#${reference}`, t("slip.qr")),
    h("p", { class: "slip-address" }, statusUrl),
  ];
}

function paper(slip) {
  return h(
    "article",
    { class: "slip card", id: "slip" },
    heading(t("slip.title")),
    h("p", { class: "lead" }, slip.name),
    h("p", {}, [slip.village, longDate(slip.date), state.me?.team?.name].filter(Boolean).join(" · ")),
    h("p", { class: "slip-number" }, h("span", {}, t("slip.record")), " ", h("strong", {}, slip.capture.slice(-6).toUpperCase())),
    slip.number && h("p", { class: "slip-number" }, h("span", {}, t("slip.number")), " ", h("strong", {}, slip.number)),
    h("h2", {}, t("slip.taken")),
    list(slip.taken.map(partName)),
    slip.missing.length > 0 && [h("h2", {}, t("slip.missing")), list(slip.missing.map(partName))],
    h("h2", {}, t("slip.next")),
    h("ol", {}, STEPS.map((key) => h("li", {}, t(key)))),
    h("h2", {}, t("slip.where")),
    whereToAsk(slip),
    h("p", {}, h("strong", {}, t("slip.free"))),
  );
}

export async function show(root, { capture }) {
  const slip = await readSlip(capture);
  const back = backLink("#/", t("stop.back"));
  if (!slip) {
    put(root, h("div", { class: "narrow" }, back, heading(t("slip.none"))));
    return null;
  }
  const print = button({ class: "button primary", id: "print", onclick: () => globalThis.print() }, icon("print"), t("slip.print"));
  put(root, h("div", { class: "narrow" }, back, paper(slip), h("div", { class: "actions no-print" }, print)));
  return null;
}
