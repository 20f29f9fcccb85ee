// What is half done at a home (a record, a correction, a note on why there is none), kept encrypted until it is handed
// in. It outlives the plan: beside it lies the home itself, so that it can be finished when the day has lost the visit.
import { Trouble } from "./api.js";
import { lockBytes, lockJson, unlockBytes, unlockJson } from "./box.js";
import { findStop } from "./days.js";
import { burnDraftKey } from "./draft_keys.js";
import * as outbox from "./outbox.js";
import { changed, state } from "./state.js";
import { readTablet, writeTablet } from "./store.js";
import { today } from "./texts.js";
import { holding } from "./vault.js";

const FILES = ["photo", "signature", "handover", "fingers", "irises"];
const VISIT = /^[0-9a-f-]{36}$/;

/** What can be half done, the most important first. */
export const KINDS = ["record", "walk_in", "correct", "fail"];

const keyOf = (kind, visit) => (kind === "record" ? visit : `${kind}:${visit}`); // records lay under the bare visit before
const homeKey = (visit) => `home:${visit}`;

/** [kind, visit] of a row's key; null for a home. */
function partsOf(key) {
  if (VISIT.test(key)) return ["record", key];
  const [kind, visit] = key.split(":");
  return KINDS.includes(kind) ? [kind, visit] : null;
}

/** {fields, and each of FILES as Blob or null}; null where there is no draft. */
export async function readDraft(visit, kind = "record") {
  const key = keyOf(kind, visit);
  const row = await readTablet().get("drafts", key);
  if (!row) return null;
  try {
    const draft = { fields: await unlockJson(`draft:${key}`, row.fields) };
    for (const name of FILES) {
      const file = row[name];
      draft[name] = file ? new Blob([await unlockBytes(`${name}:${visit}`, file.box)], { type: file.type }) : null;
    }
    return draft;
  } catch (error) {
    if (error instanceof Trouble) throw error; // locked meanwhile
    return null;
  }
}

const locked = new WeakMap(); // a blob that was encrypted once is not encrypted again for every letter

async function lockFile(name, visit, blob) {
  if (!locked.has(blob)) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    locked.set(blob, { type: blob.type, box: await lockBytes(`${name}:${visit}`, bytes) });
  }
  return locked.get(blob);
}

/** The row of a home: readable without a key is only when something was last written about it. */
async function homeRow({ stop, day: { date, version, team } }) {
  return { at: Date.now(), box: await lockJson(homeKey(stop.visit), { stop, day: { date, version, team } }) };
}

/** Keep what is half done, with the home ({stop, day}) that it belongs to. */
export const writeDraft = (home, draft, kind = "record") => holding(putDraft(home, draft, kind));

async function putDraft(home, { fields, ...files }, kind) {
  const { visit } = home.stop;
  const key = keyOf(kind, visit);
  const row = { fields: await lockJson(`draft:${key}`, fields) };
  for (const name of FILES) if (files[name]) row[name] = await lockFile(name, visit, files[name]);
  const kept = await homeRow(home);
  const fresh = await writeTablet(["drafts"], async (transaction) => {
    const drafts = transaction.objectStore("drafts");
    const known = await drafts.getKey(key);
    await drafts.put(row, key);
    await drafts.put(kept, homeKey(visit));
    return known === undefined;
  });
  if (fresh) changed("drafts");
}

/** Keep the home where the team stands now, in case the office takes the visit out of the day meanwhile. */
export async function keepHome(home) {
  const kept = await homeRow(home);
  await writeTablet(["drafts"], (transaction) => transaction.objectStore("drafts").put(kept, homeKey(home.stop.visit)));
}

/** It is handed in, or nobody wants it any more: the row goes, and its key with it; the home goes with the last of it. */
export async function dropDraft(visit, kind = "record") {
  await writeTablet(["drafts"], async (transaction) => {
    const drafts = transaction.objectStore("drafts");
    await drafts.delete(keyOf(kind, visit));
    const others = await Promise.all(KINDS.map((one) => drafts.getKey(keyOf(one, visit))));
    if (others.every((one) => one === undefined)) await drafts.delete(homeKey(visit));
  });
  await burnDraftKey(keyOf(kind, visit));
  changed("drafts");
}

/** The home of a record that was begun by an older app, and whose day is gone: what was typed is all that is known. */
async function homeOfFields(visit) {
  const draft = await readDraft(visit);
  if (!draft) return null;
  const { name, birth_date: birth, sex, address } = draft.fields;
  const resident = { name, birth_date: birth || null, sex };
  const day = { date: today(state.choices.offsetMs ?? 0), version: "", team: state.me?.team };
  return { stop: { visit, sequence: "–", resident, address, state: "published" }, day, gone: true };
}

/** {stop, day, gone} of a visit: from its day, else (`gone`) as it was kept beside what is half done; null if neither. */
export async function findHome(visit) {
  const found = await findStop(visit);
  if (found) return { ...found, gone: false };
  const kept = await readTablet().get("drafts", homeKey(visit));
  if (!kept) return homeOfFields(visit);
  try {
    return { ...(await unlockJson(homeKey(visit), kept.box)), gone: true };
  } catch (error) {
    if (error instanceof Trouble) throw error; // locked meanwhile
    return null;
  }
}

/** [{visit, kind}] of everything half done, the oldest first: drafts, and homes where the team has arrived and which no
    day names any more (`kind` "arrived"). Opens no draft. */
export async function listUnfinished() {
  const [keys, facts] = await Promise.all([readTablet().getAllKeys("drafts"), outbox.facts()]);
  const found = [];
  for (const [kind, visit] of keys.map(partsOf).filter(Boolean)) {
    if (!(kind === "record" && facts.get(visit)?.outcome?.capture)) found.push({ kind, visit });
  }
  for (const visit of homesOf(keys)) {
    const open = isAtDoor(facts.get(visit)) && !found.some((one) => one.visit === visit);
    if (open && !(await findStop(visit))) found.push({ kind: "arrived", visit });
  }
  const kept = await Promise.all(found.map((one) => readTablet().get("drafts", homeKey(one.visit))));
  const at = new Map(found.map((one, place) => [one, kept[place]?.at ?? 0]));
  return found.sort((a, b) => at.get(a) - at.get(b));
}

const homesOf = (keys) => keys.filter((key) => key.startsWith("home:")).map((key) => key.slice(5));
const isAtDoor = (fact) => Boolean(fact?.arrived && !fact.outcome);

/** At the start, and before a day is renewed: drafts and arrivals of an older app get their homes, and what was sealed
    while the browser was killed is no draft any more. */
export async function tidyDrafts() {
  const [keys, facts] = await Promise.all([readTablet().getAllKeys("drafts"), outbox.facts()]);
  const drafts = keys.map(partsOf).filter(Boolean);
  for (const [kind, visit] of drafts) {
    if (kind === "record" && facts.get(visit)?.outcome?.capture) await dropDraft(visit);
  }
  const atDoor = [...facts.values()].filter(isAtDoor).map((fact) => fact.visit);
  const needed = new Set([...drafts.map((one) => one[1]), ...atDoor]);
  for (const visit of [...needed].filter((one) => !keys.includes(homeKey(one)))) {
    const found = await findStop(visit);
    if (found) await keepHome(found);
  }
  const spare = homesOf(keys).filter((visit) => !needed.has(visit));
  if (!spare.length) return;
  await writeTablet(["drafts"], async (transaction) => {
    for (const visit of spare) await transaction.objectStore("drafts").delete(homeKey(visit));
  });
}
