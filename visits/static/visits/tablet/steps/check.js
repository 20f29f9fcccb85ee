// Everything once more before it is sealed: what each step holds, the way back to it, and the note.
import { h, icon } from "../dom.js";
import { field } from "../fields.js";
import { tag, word } from "../parts.js";
import { addressOf, isRepresented, stepsOf, wrongsOf } from "../recording.js";
import { countTaken } from "../scanners/body.js";
import { t } from "../texts.js";

const joined = (...values) => values.filter(Boolean).join(" · ");
const because = (reason) => reason && word("reason", reason);

const SAID = {
  identity: ({ fields }) => joined(fields.name, fields.nik && `NIK ${fields.nik}`, fields.identity && word("identity", fields.identity)),
  consent: ({ fields }) => fields.consent && joined(t("consent.given"), isRepresented(fields) && t("check.by", { name: fields.attorney_name })),
  kit: ({ fields, handover }) => joined(fields.registration_number || because(fields.registrationReason), handover && t("kit.handover-there")),
  photo: ({ fields, photo }) => (photo ? t("check.photo") : because(fields.photoReason)),
  signature: ({ fields, signature }) => (signature ? t("capture.signature-ok") : because(fields.signatureReason)),
  scanners: ({ fields }) => joined(t("check.taken", countTaken(fields)), fields.exceptions.length && t("check.exceptions", { n: fields.exceptions.length })),
  exceptions: ({ fields }) => (fields.exceptions.length ? t("check.exceptions", { n: fields.exceptions.length }) : t("check.no-exceptions")),
};

function line(step, record, visit) {
  const whole = !wrongsOf(step, record).length;
  const title = t(`step.${step}`);
  return h(
    "li",
    { class: "card check" },
    h("div", {}, h("p", {}, h("strong", {}, title), " ", whole ? tag("done", t("check.whole")) : tag("late", t("check.missing"))), h("p", { class: "muted" }, SAID[step](record) || "–")),
    h("a", { class: "button secondary", href: addressOf(visit, step), "aria-label": t("check.change-step", { step: title }) }, icon("pen"), t("check.change")),
  );
}

export function build(record, { visit }) {
  const note = h("textarea", { id: "note", rows: "2", maxlength: "1000", autocomplete: "off", value: record.fields.note });
  const steps = stepsOf(record.fields.way).filter((step) => step !== "check");
  return {
    content: [h("ul", { class: "plain" }, steps.map((step) => line(step, record, visit))), field(t("capture.note"), note), h("p", { class: "hint" }, t("capture.draft"))],
    main: () => ({ words: [icon("save"), t("capture.save")], save: true }),
    read: () => ({ fields: { note: note.value.trim() } }),
  };
}
