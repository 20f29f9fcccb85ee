// A filled form becomes a record in the outbox: sealed to the office, with the outcome that goes with it.
import * as outbox from "./outbox.js";
import { isRepresented, wayOf } from "./recording.js";
import { sealCapture } from "./seal.js";
import { lockSlip } from "./slips.js";
import { policy } from "./state.js";

const CONSENT_TEXT = "2026-12"; // which words were read out
const PARTS = { official_kit: ["handover"], tablet_only: ["photo", "signature"], our_devices: ["photo", "signature", "fingers", "irises"] };
const partsOf = (way) => PARTS[way] ?? PARTS.tablet_only;

/** What is missing has its reason among the exceptions, if one was chosen. */
function listExceptions({ fields, photo, signature }) {
  if (fields.way === "official_kit") {
    return fields.registration_number || !fields.registrationReason ? [] : [{ what: "registration_number", reason: fields.registrationReason, note: "" }];
  }
  const exceptions = fields.exceptions.filter(({ what }) => what).map(({ what, reason }) => ({ what, reason, note: "" }));
  if (!photo && fields.photoReason) exceptions.push({ what: "photo", reason: fields.photoReason, note: "" });
  if (!signature && fields.signatureReason) exceptions.push({ what: "signature", reason: fields.signatureReason, note: "" });
  return exceptions;
}

/** What the slip for the family names as taken. */
const takenOf = ({ fields }, files) => ["identity", "consent", fields.way === "official_kit" && fields.registration_number && "kit", ...Object.keys(files)].filter(Boolean);

/** Who signed for the resident, or null; "?" for what a record that was only half done does not say. */
function attorneyOf(fields) {
  if (!isRepresented(fields)) return null;
  return { name: fields.attorney_name || "?", relation: fields.attorney_relation || "?", witness: fields.attorney_witness || "?" };
}

/** The chain of what devices took, or null where they took nothing. */
function biometricsOf({ way, biometrics }) {
  return way === "our_devices" && biometrics?.links.length ? { transaction: biometrics.transaction, links: biometrics.links } : null;
}

/** The form as the office's worker reads it. */
function officeForm(record) {
  const { name, phone, address, note, consent, identity, nik, birth_date: birth, sex, way, registration_number: number } = record.fields;
  return {
    version: policy().form_version ?? 1,
    way,
    name,
    nik: nik || null,
    birth_date: birth || null,
    sex,
    phone,
    address,
    identity,
    note,
    consent,
    consent_text: CONSENT_TEXT,
    attorney: attorneyOf(record.fields),
    registration_number: (way === "official_kit" && number) || null,
    exceptions: listExceptions(record),
    half: record.half, // left out unless it is true
    biometrics: biometricsOf(record.fields),
  };
}

/** Seal and commit, {fields, photo, signature, handover, and half: true if it was not finished} of a home {stop, day}; gives the row. Only when this returns is it
    "Tersimpan". */
export async function sealRecord(filled, { stop, day }, { officer, position }) {
  const record = { ...filled, fields: { ...filled.fields, way: wayOf(filled, day) } };
  const files = {};
  for (const name of partsOf(record.fields.way)) if (filled[name]) files[name] = filled[name];
  const sealed = await sealCapture({
    form: officeForm(record),
    files,
    stop,
    day,
    officer,
    quality: (filled.photo ? filled.fields.quality : filled.handover && filled.fields.handoverQuality) ?? {},
    position,
  });
  const told = { taken: takenOf(record, files), missing: listExceptions(record).map(({ what }) => what) };
  sealed.row.slip = await lockSlip(sealed.row.capture, { ...told, fields: record.fields }, { stop, day });
  await outbox.addCapture(sealed);
  return sealed.row;
}
