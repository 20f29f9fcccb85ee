// What is typed for a visit, kept encrypted until it is sealed: a reload loses nothing.
import { lockBytes, lockJson, unlockBytes, unlockJson } from "./box.js";
import { readTablet, writeTablet } from "./store.js";

const FILES = ["photo", "signature"];

/** {fields, photo: Blob|null, signature: Blob|null} or null. */
export async function readDraft(visit) {
  const row = await readTablet().get("drafts", visit);
  if (!row) return null;
  try {
    const draft = { fields: await unlockJson(`draft:${visit}`, row.fields) };
    for (const name of FILES) {
      const file = row[name];
      draft[name] = file ? new Blob([await unlockBytes(`${name}:${visit}`, file.box)], { type: file.type }) : null;
    }
    return draft;
  } catch {
    return null;
  }
}

export async function writeDraft(visit, { fields, photo, signature }) {
  const row = { fields: await lockJson(`draft:${visit}`, fields) };
  for (const [name, blob] of Object.entries({ photo, signature })) {
    if (!blob) continue;
    const bytes = new Uint8Array(await blob.arrayBuffer());
    row[name] = { type: blob.type, box: await lockBytes(`${name}:${visit}`, bytes) };
  }
  await writeTablet(["drafts"], (transaction) => transaction.objectStore("drafts").put(row, visit));
}

export const dropDraft = (visit) =>
  writeTablet(["drafts"], (transaction) => transaction.objectStore("drafts").delete(visit));
