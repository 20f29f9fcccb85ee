// What a record's slip for the family says. Kept encrypted in the record's row: the sealed record itself opens nowhere
// but at the office. No NIK, no phone number, no picture.
import { lockJson, unlockJson } from "./box.js";
import * as outbox from "./outbox.js";

const nameOf = (capture) => `slip:${capture}`;

/** The box for a record's row: `taken` at the home {stop, day}, and what is `missing`, as the codes of parts. */
export function lockSlip(capture, { taken, missing, fields }, { stop, day }) {
  const number = (taken.includes("kit") && fields.registration_number) || null;
  const slip = { name: fields.name, village: stop.village ?? "", date: day.date, reference: stop.reference ?? null, number, taken, missing: [...new Set(missing)] };
  return lockJson(nameOf(capture), slip);
}

/** {capture, name, village, date, reference, number, taken, missing} of a record, or null: an older one, or one whose PIN
    is gone. */
export async function readSlip(capture) {
  const row = (await outbox.captures()).find((one) => one.capture === capture);
  if (!row?.slip) return null;
  try {
    return { capture, ...(await unlockJson(nameOf(capture), row.slip)) };
  } catch (error) {
    if (error.name !== "OperationError") throw error;
    return null;
  }
}
