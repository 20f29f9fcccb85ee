// Each draft has a key of its own, wrapped by the data key, in a database of its own. When the draft is sealed,
// that database is burnt: the rows of the draft that stay in the log of the vault are noise then, also for
// somebody who learns the PIN one day.
import { burn, databases, readRow, readTablet, writeRows } from "./store.js";
import { decryptUnder, encryptUnder, freshBytes, importKey, onLock, openKey } from "./vault.js";

const PREFIX = "jb-draft-";
const SETTLED_MS = 60_000; // a key that is younger may belong to a draft that is just being written
const known = new Map();
onLock(() => known.clear());

const boxName = (draft) => `draft-key:${draft}`;

async function load(draft) {
  const master = openKey();
  const bytes = freshBytes();
  const box = await encryptUnder(master, boxName(draft), bytes);
  bytes.fill(0);
  const row = await writeRows(PREFIX + draft, async (rows) => {
    const there = await rows.get("key");
    if (there) return there;
    const made = { box, at: Date.now() };
    await rows.put(made, "key");
    return made;
  });
  const plain = await decryptUnder(master, boxName(draft), row.box);
  const key = await importKey(plain);
  plain.fill(0);
  return key;
}

/** The key of a draft, made when it is first asked for. */
export function draftKey(draft) {
  if (!known.has(draft)) {
    const loading = load(draft);
    known.set(draft, loading);
    loading.catch(() => known.delete(draft));
  }
  return known.get(draft);
}

export async function burnDraftKey(draft) {
  known.delete(draft);
  await burn(PREFIX + draft);
}

/** Burn the keys whose drafts are gone: the browser died between the two. */
export async function tidyDraftKeys() {
  const drafts = new Set(await readTablet().getAllKeys("drafts"));
  for (const name of await databases(PREFIX)) {
    const draft = name.slice(PREFIX.length);
    if (drafts.has(draft)) continue;
    const row = await readRow(name, "key");
    if (!row || Math.abs(Date.now() - row.at) > SETTLED_MS) await burnDraftKey(draft);
  }
}

/** Burn the keys of all drafts. */
export async function burnAllDraftKeys() {
  for (const name of await databases(PREFIX)) await burnDraftKey(name.slice(PREFIX.length));
}
