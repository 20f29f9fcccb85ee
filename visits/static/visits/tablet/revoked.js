// A tablet that the coordinator has revoked: what is half done goes to the office as it is, sealed; when all of it is
// there, keys and everything else go from here.
import { OLD_KEY } from "./adopt.js";
import { call } from "./api.js";
import { burnAllDraftKeys } from "./draft_keys.js";
import { dropDraft, findHome, listUnfinished, readDraft } from "./drafts.js";
import * as outbox from "./outbox.js";
import { burnPins } from "./pin.js";
import { sealRecord } from "./record.js";
import { changed, forgetAll, officer, state } from "./state.js";
import { burn, writeOutbox, writeTablet } from "./store.js";
import { walkInData } from "./walk_ins.js";
import { isOpen, lock } from "./vault.js";

const OPENED = ["review", "accepted", "set_aside", "queued"]; // the office's worker has looked at it

const isRight = (text, pattern) => (pattern.test(text) ? text : "");

/** A half-filled form may hold what no form may; that is left out, or the office could not read the rest. */
function tidied({ fields, ...files }) {
  const { nik = "", birth_date: birth, exceptions = [], name = "" } = fields;
  const whole = exceptions.filter(({ what, reason }) => what && reason);
  return {
    ...files,
    half: true,
    fields: { ...fields, name: name || "?", nik: isRight(nik, /^\d{16}$/), birth_date: birth || "", exceptions: whole },
  };
}

const HAND_OVER = {
  async record(draft, home) {
    const who = officer() ?? state.me?.officers?.[0];
    if (!who || !state.me?.capture_keys?.length) return false;
    await sealRecord(tidied(draft), home, { officer: who, position: null });
    return true;
  },
  async correct({ fields }, { stop }) {
    const told = { name: fields.name?.trim(), phone: fields.phone?.replaceAll(/[^\d+]/g, "") };
    const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value));
    if (Object.keys(given).length) await outbox.correct(stop.visit, "contact_corrected", given);
    return true;
  },
  async walk_in({ fields }, { stop }) {
    const data = walkInData(fields);
    if (data) await outbox.walkIn(stop.visit, { ...data, nik: isRight(data.nik, /^\d{16}$/) });
    return true; // without consent nobody may be told of
  },
  async fail({ fields }, { stop }) {
    if (fields.note?.trim()) await outbox.note(stop.visit, fields.note.trim());
    return true;
  },
};

/** Every draft goes into the outbox, once the tablet is unlocked. One that its own key does not open is noise, and goes. */
export async function handOverDrafts() {
  if (!isOpen()) return;
  for (const { kind, visit } of await listUnfinished()) {
    if (kind === "arrived") continue;
    const [draft, home] = [await readDraft(visit, kind), await findHome(visit)];
    if (!draft || !home || (await HAND_OVER[kind](draft, home))) await dropDraft(visit, kind);
  }
}

async function isDone() {
  const [figures, captures, unfinished] = await Promise.all([outbox.figures(), outbox.captures(), listUnfinished()]);
  const opened = captures.every((row) => ["verified", "erased"].includes(row.state) || OPENED.includes(row.serverState));
  return opened && !figures.waiting && !figures.parked && unfinished.every(({ kind }) => kind === "arrived");
}

/** Tell the office the last word and remove everything, once nothing is left to hand in. Whether that is done. */
export async function wipeWhenDone() {
  if (!state.pairing.revoked || !(await isDone())) return false;
  try {
    await call("POST", "/devices/me/wiped", { token: state.pairing.token, body: {} });
  } catch (error) {
    if (error.problem?.code !== "unauthenticated") throw error; // it had been told before, and the answer was lost
  }
  await burn(OLD_KEY); // of a tablet from before the vault: it would sign in the next pairing
  await writeOutbox(["events", "captures", "chunks", "facts", "counters"], clear);
  await writeTablet(["keys", "state", "days", "drafts"], clear);
  await burnPins();
  await burnAllDraftKeys();
  await forgetAll();
  await lock(); // what is in memory goes, too
  changed("paired");
  return true;
}

async function clear(transaction) {
  for (const name of transaction.objectStoreNames) await transaction.objectStore(name).clear();
}
