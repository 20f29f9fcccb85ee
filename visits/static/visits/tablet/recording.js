// How a kit records, the steps of a record by that way, and what is still missing in each.
import { state } from "./state.js";
import { today } from "./texts.js";
import { missingParts } from "./scanners/body.js";

const TABLET_ONLY = "tablet_only";

/** The steps of each way; "check" comes last. Addresses are Indonesian. */
const STEPS = {
  official_kit: ["identity", "consent", "kit", "check"],
  our_devices: ["identity", "consent", "photo", "signature", "scanners", "check"],
  [TABLET_ONLY]: ["identity", "consent", "photo", "signature", "exceptions", "check"],
};
const ADDRESSES = { identity: "identitas", consent: "persetujuan", kit: "alat", photo: "foto", signature: "tandatangan", exceptions: "pengecualian", scanners: "jari", check: "periksa" };

export const stepsOf = (way) => STEPS[way] ?? STEPS[TABLET_ONLY];
export const addressOf = (visit, step) => `#/rekam/${visit}/${ADDRESSES[step]}`;
export const stepAt = (address) => Object.keys(ADDRESSES).find((step) => ADDRESSES[step] === address);

/** The way of a record: the one that it was begun by. Apps and days of before knew one way only. */
export const wayOf = (draft, day) => draft?.fields.way ?? (draft ? TABLET_ONLY : (day.team?.recording_way ?? TABLET_ONLY));

/** Who signs for somebody else needs a name, what they are to the resident, and a second adult. */
export const isRepresented = (fields) => fields.signer === "other";

const pending = (fields) => fields.exceptions.some(({ what, reason }) => what && !reason);

const CHECKS = {
  identity({ fields }, wrong) {
    const now = today(state.choices.offsetMs ?? 0);
    const birth = fields.birth_date;
    wrong(!fields.identity, "identity", "identity-family_card", "identity");
    wrong(!fields.name, "name", "name", "name");
    wrong(fields.nik && !/^\d{16}$/.test(fields.nik), "nik", "nik", "nik");
    wrong(birth === null || (birth && (birth > now || birth < "1900-01-01")), "birth", "birth-day", "birth");
  },
  consent({ fields }, wrong) {
    const represented = isRepresented(fields);
    wrong(represented && !fields.attorney_name, "attorney-name", "attorney-name", "attorney-name");
    wrong(represented && !fields.attorney_relation, "attorney-relation", "attorney-relation", "attorney-relation");
    wrong(represented && !fields.attorney_witness, "attorney-witness", "attorney-witness", "attorney-witness");
    wrong(!fields.consent, "consent", "signer-self", "consent");
  },
  kit({ fields }, wrong) {
    wrong(!fields.registration_number && !fields.registrationReason, "registration", "registration", "registration");
    wrong(fields.registration_number && !/^[A-Z0-9./-]{4,40}$/.test(fields.registration_number), "registration", "registration", "registration-form");
  },
  photo({ fields, photo }, wrong) {
    wrong(!photo && !fields.photoReason, "photo", "photo-reason", "photo");
  },
  signature({ fields, signature }, wrong) {
    wrong(!signature && !fields.signatureReason, "signature", "signature-reason", "signature");
  },
  exceptions({ fields }, wrong) {
    wrong(pending(fields), "exceptions", "exceptions", "exception");
  },
  scanners({ fields }, wrong) {
    wrong(pending(fields), "exceptions", "exceptions", "exception");
    wrong(!pending(fields) && missingParts(fields).length, "scanners", "scanners", "scanners");
  },
  check() {},
};

/** [{step, id, focus, key}] of what is wrong or missing in one step. */
export function wrongsOf(step, record) {
  const found = [];
  CHECKS[step](record, (when, id, focus, key) => when && found.push({ step, id, focus, key }));
  return found;
}

export const allWrongs = (record) => stepsOf(record.fields.way).flatMap((step) => wrongsOf(step, record));

/** Where a record is taken up again: where it was left, else at the first step that lacks something. */
export function firstStep(record) {
  const steps = stepsOf(record.fields.way);
  if (steps.includes(record.fields.step)) return record.fields.step;
  return steps.find((step) => wrongsOf(step, record).length) ?? "check";
}
