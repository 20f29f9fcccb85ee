// "Warga lain di rumah ini": somebody else at this home asks to be recorded, too. It becomes a request at the office.
import { put } from "../dom.js";
import { birthField, checkbox, choices, field, forgetErrors, isPhone, phoneDigits, select, showErrors, text } from "../fields.js";
import * as outbox from "../outbox.js";
import { h, heading, icon, word } from "../parts.js";
import { state } from "../state.js";
import { t, today } from "../texts.js";
import { walkInData } from "../walk_ins.js";
import { openForm } from "./home_form.js";

const KINDS = ["elderly", "sick", "disabled", "mental_disorder"];
const ASKERS = ["self", "family", "neighbour"];

function build(draft) {
  const parts = {
    name: text("walk-name", draft.name, { maxlength: "120" }),
    birth: birthField("walk-birth", draft.birth_raw ?? ""),
    sex: select("walk-sex", draft.sex, [["female", t("capture.female")], ["male", t("capture.male")]], t("capture.sex-unknown")),
    nik: text("walk-nik", draft.nik, { inputmode: "numeric", maxlength: "20" }),
    phone: text("walk-phone", draft.phone, { type: "tel", inputmode: "tel", maxlength: "20" }),
    kind: choices("walk-kind", t("walk.kind"), KINDS.map((code) => [code, word("category", code)]), draft.kind),
    relation: choices("walk-relation", t("walk.relation"), ASKERS.map((code) => [code, t(`walk.by-${code}`)]), draft.relation),
    consent: checkbox("walk-consent", t("walk.consent"), draft.consent),
  };
  const summary = h("div", { class: "error-summary", role: "alert", tabindex: "-1", hidden: true });
  const form = h(
    "form",
    { novalidate: true, autocomplete: "off" },
    summary,
    field(t("capture.name"), parts.name),
    parts.birth.element,
    field(t("capture.sex"), parts.sex),
    field(t("capture.nik"), parts.nik, { hint: t("capture.nik-hint") }),
    field(t("capture.phone"), parts.phone),
    parts.kind.element,
    parts.relation.element,
    parts.consent.element,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "button primary", id: "walk-save" }, icon("save"), t("walk.save"))),
  );
  return { parts, form, summary };
}

const read = (parts) => ({
  name: parts.name.value.trim(),
  birth_date: parts.birth.read(),
  birth_raw: parts.birth.raw(),
  sex: parts.sex.value,
  nik: parts.nik.value.replaceAll(/[\s.-]/g, ""),
  phone: phoneDigits(parts.phone.value),
  kind: parts.kind.read(),
  relation: parts.relation.read(),
  consent: parts.consent.input.checked,
});

function wrongs(told, parts) {
  const now = today(state.choices.offsetMs ?? 0);
  const errors = [];
  const wrong = (when, id, focus, key) => when && errors.push({ id, focus, text: t(key) });
  const { birth_date: birth } = told;
  wrong(!told.name, "walk-name", "walk-name", "error.name");
  wrong(birth === null || (birth && (birth > now || birth < "1900-01-01")), "walk-birth", parts.birth.focus, "error.birth");
  wrong(told.nik && !/^\d{16}$/.test(told.nik), "walk-nik", "walk-nik", "error.nik");
  wrong(told.phone && !isPhone(told.phone), "walk-phone", "walk-phone", "error.phone");
  wrong(!told.kind, "walk-kind", parts.kind.focus, "walk.no-kind");
  wrong(!told.relation, "walk-relation", parts.relation.focus, "walk.no-relation");
  wrong(!told.consent, "walk-consent", "walk-consent", "walk.no-consent");
  return errors;
}

export async function show(root, { visit }) {
  const home = await openForm(visit, "walk_in");
  if (!home) return null;
  const { parts, form, summary } = build(home.fields);
  form.addEventListener("input", forgetErrors);
  form.addEventListener("input", () => home.typed(read(parts)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const told = read(parts);
    const errors = wrongs(told, parts);
    showErrors(form, summary, errors);
    if (!errors.length) home.handIn(() => outbox.walkIn(visit, walkInData(told)), t("correct.saved"));
  });
  put(root, h("div", { class: "narrow" }, home.backLink(), heading(t("walk.title")), h("p", {}, t("walk.lead")), form));
  return () => home.keeper.close();
}
