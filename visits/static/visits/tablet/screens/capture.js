// The record of a visit: identity, consent, photo, signature, exceptions; sealed and committed in one go.
import { findStop } from "../days.js";
import { dropDraft, readDraft, writeDraft } from "../drafts.js";
import { put } from "../dom.js";
import { exceptionsField } from "../exceptions_field.js";
import { checkbox, choices, dateField, field, forgetErrors, select, showErrors, text } from "../fields.js";
import * as outbox from "../outbox.js";
import { announce, backLink, button, h, heading, icon, namedHeading, word } from "../parts.js";
import { photoField } from "../photo_field.js";
import { position } from "../position.js";
import { sealCapture } from "../seal.js";
import { signatureField } from "../signature_field.js";
import { officer, policy, state } from "../state.js";
import { t, today } from "../texts.js";
import { savedPanel } from "./saved.js";

const IDENTITY = ["family_card", "birth_certificate", "old_card", "village_letter", "known"];
const DRAFT_MS = 400;

function firstFields(stop) {
  const { name, birth_date: birthDate, sex } = stop.resident ?? {};
  return { identity: "", name: name ?? "", nik: "", birth_date: birthDate ?? "", sex: sex ?? "", phone: "", address: stop.address ?? "", consent: false, note: "", photoReason: "", signatureReason: "", exceptions: [], quality: null };
}

function build({ fields, photo, signature }, changed) {
  const parts = {
    identity: choices("identity", t("capture.identity"), IDENTITY.map((code) => [code, word("identity", code)]), fields.identity),
    name: text("name", fields.name, { maxlength: "120" }),
    nik: text("nik", fields.nik, { inputmode: "numeric", maxlength: "20" }),
    birth: dateField("birth", t("capture.birth"), fields.birth_raw ?? fields.birth_date, { hint: t("capture.birth-hint"), day: t("capture.day"), month: t("capture.month"), year: t("capture.year") }),
    sex: select("sex", fields.sex, [["female", t("capture.female")], ["male", t("capture.male")]], t("capture.sex-unknown")),
    phone: text("phone", fields.phone, { type: "tel", maxlength: "20" }),
    address: text("address", fields.address, { maxlength: "200" }),
    consent: checkbox("consent", t("capture.consent"), fields.consent),
    note: h("textarea", { id: "note", rows: "2", maxlength: "1000", autocomplete: "off", value: fields.note }),
    photo: photoField({ photo, quality: fields.quality, reason: fields.photoReason, changed }),
    signature: signatureField({ signature, reason: fields.signatureReason, changed }),
    exceptions: exceptionsField({ rows: fields.exceptions, changed }),
  };
  const summary = h("div", { class: "error-summary", role: "alert", tabindex: "-1", hidden: true });
  const save = button({ class: "button primary wide", type: "submit", id: "save" }, icon("save"), t("capture.save"));
  const form = h(
    "form",
    { class: "capture", novalidate: true },
    summary,
    parts.identity.element,
    h("h2", {}, t("capture.person")),
    field(t("capture.name"), parts.name),
    field(t("capture.nik"), parts.nik, { hint: t("capture.nik-hint") }),
    parts.birth.element,
    h("details", {}, h("summary", {}, t("capture.more")), field(t("capture.sex"), parts.sex), field(t("capture.phone"), parts.phone), field(t("capture.address"), parts.address)),
    parts.consent.element,
    parts.photo.element,
    parts.signature.element,
    parts.exceptions.element,
    field(t("capture.note"), parts.note),
    h("p", { id: "save-error", class: "error", role: "alert" }),
    save,
    h("p", { class: "hint after" }, t("capture.draft")),
  );
  return { parts, form, summary, save };
}

function read(parts) {
  const photo = parts.photo.read();
  const signature = parts.signature.read();
  return {
    fields: {
      identity: parts.identity.read(),
      name: parts.name.value.trim(),
      nik: parts.nik.value.replaceAll(/[\s.-]/g, ""),
      birth_date: parts.birth.read(),
      birth_raw: parts.birth.raw(),
      sex: parts.sex.value,
      phone: parts.phone.value.trim(),
      address: parts.address.value.trim(),
      consent: parts.consent.input.checked,
      note: parts.note.value.trim(),
      photoReason: photo.reason,
      signatureReason: signature.reason,
      exceptions: parts.exceptions.read(),
      quality: photo.quality,
    },
    photo: photo.blob,
    signature: signature.blob,
  };
}

function wrongs({ fields, photo, signature }, parts) {
  const now = today(state.choices.offsetMs ?? 0);
  const errors = [];
  const wrong = (when, id, focus, key) => when && errors.push({ id, focus, text: t(`error.${key}`) });
  wrong(!fields.identity, "identity", parts.identity.focus, "identity");
  wrong(!fields.name, "name", "name", "name");
  wrong(fields.nik && !/^\d{16}$/.test(fields.nik), "nik", "nik", "nik");
  const birth = fields.birth_date;
  wrong(birth === null || (birth && (birth > now || birth < "1900-01-01")), "birth", parts.birth.focus, "birth");
  wrong(!fields.consent, "consent", "consent", "consent");
  wrong(!photo && !fields.photoReason, "photo", parts.photo.focus, "photo");
  wrong(!signature && !fields.signatureReason, "signature", parts.signature.focus, "signature");
  for (const { id, focus } of parts.exceptions.wrong()) wrong(true, id, focus, "exception");
  return errors;
}

/** The form as the office's worker reads it. */
function officeForm({ fields, photo, signature }) {
  const exceptions = fields.exceptions.map(({ what, reason }) => ({ what, reason, note: "" }));
  if (!photo) exceptions.push({ what: "photo", reason: fields.photoReason, note: "" });
  if (!signature) exceptions.push({ what: "signature", reason: fields.signatureReason, note: "" });
  const { name, phone, address, note, consent, identity } = fields;
  return {
    version: policy().form_version ?? 1,
    name,
    nik: fields.nik || null,
    birth_date: fields.birth_date || null,
    sex: fields.sex,
    phone,
    address,
    identity,
    note,
    consent,
    exceptions,
  };
}

/** Seal and commit. Only when this returns is it "Tersimpan". */
async function commit(filled, { stop, day }) {
  const files = {};
  for (const name of ["photo", "signature"]) if (filled[name]) files[name] = filled[name];
  const sealed = await sealCapture({
    form: officeForm(filled),
    files,
    stop,
    day,
    officer: officer(),
    quality: filled.photo && filled.fields.quality ? filled.fields.quality : {},
    position: await position(),
  });
  await outbox.addCapture(sealed);
  await dropDraft(stop.visit);
  return sealed.row;
}

export async function show(root, { visit }) {
  const found = await findStop(visit);
  if (!found) {
    location.hash = "#/";
    return null;
  }
  const { stop } = found;
  const fact = (await outbox.facts()).get(visit);
  const back = backLink(`#/kunjungan/${visit}`, stop.resident?.name ?? t("stop.back"));
  if (fact?.outcome) {
    put(root, h("div", { class: "narrow" }, back, heading(t("capture.already", { outcome: word("outcome", fact.outcome.code) }))));
    return null;
  }
  const draft = (await readDraft(visit)) ?? { fields: firstFields(stop), photo: null, signature: null };
  let waiting = null;
  let finished = false;
  const keepDraft = () => {
    clearTimeout(waiting);
    waiting = null;
    return finished ? null : writeDraft(visit, read(made.parts)).catch(() => announce(t("capture.save-failed")));
  };
  const later = () => {
    clearTimeout(waiting);
    waiting = setTimeout(keepDraft, DRAFT_MS);
  };
  const made = build({ ...draft, fields: { ...firstFields(stop), ...draft.fields } }, later);
  const close = () => {
    if (waiting) keepDraft();
    made.parts.photo.close();
    made.parts.signature.close();
  };

  async function save(event) {
    event.preventDefault();
    const filled = read(made.parts);
    const errors = wrongs(filled, made.parts);
    showErrors(made.form, made.summary, errors);
    const place = made.form.querySelector("#save-error");
    const noKey = state.me?.capture_keys?.length ? false : state.me?.capture_keys ? "no-office-key" : "no-key";
    const missing = (!officer() && "no-officer") || noKey;
    place.textContent = !errors.length && missing ? t(`capture.${missing}`) : "";
    if (errors.length || missing || made.save.disabled) return;
    made.save.disabled = true;
    put(made.save, icon("hourglass"), t("capture.saving"));
    try {
      const row = await commit(filled, found);
      finished = true;
      clearTimeout(waiting);
      announce(t("capture.saved"));
      await savedPanel(root, row);
    } catch (error) {
      console.error(error);
      place.textContent = t("capture.save-failed");
      made.save.disabled = false;
      put(made.save, icon("save"), t("capture.save"));
    }
  }

  made.form.addEventListener("submit", save);
  made.form.addEventListener("input", later);
  made.form.addEventListener("input", forgetErrors);
  put(root, h("div", { class: "narrow" }, back, namedHeading(t("capture.save"), t("capture.title", { name: stop.resident?.name ?? "" })), made.form));
  return close;
}
