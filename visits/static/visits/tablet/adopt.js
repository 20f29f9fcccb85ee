// A tablet of before had its keys beside its data. Here everything moves into the vault, under fresh keys; the
// old database is burnt only when all of it is there, and until the new wrap is written it alone counts: a
// browser that is killed meanwhile begins again. The old device key signs on until the office knows the new one.
import { lockBytes, lockJson } from "./box.js";
import { burnAllDraftKeys } from "./draft_keys.js";
import { openDB } from "./lib.js";
import * as pin from "./pin.js";
import { ENCRYPTED } from "./state.js";
import { burn, databases, readOutbox, writeOutbox, writeRows, writeTablet } from "./store.js";
import { decryptUnder, encryptUnder, freshBytes, openKey, openWith } from "./vault.js";

const OLD = "jb-tablet";
export const OLD_KEY = "jb-old-key";
const FILES = ["photo", "signature"];

async function withOld(work) {
  if (!(await databases(OLD)).includes(OLD)) return null;
  const old = await openDB(OLD);
  old.addEventListener("versionchange", () => old.close());
  try {
    return await work(old);
  } finally {
    old.close();
  }
}

/** Is there a tablet of before, paired and without a PIN? */
export async function isOld() {
  const used = await withOld(async (old) => Boolean((await old.get("state", "pairing")) || (await old.count("drafts"))));
  if (used === false) await burn(OLD); // opened once, never paired
  return Boolean(used);
}

const put = (store, value, key) => writeTablet([store], (transaction) => transaction.objectStore(store).put(value, key));

async function moveState(old) {
  for (const name of await old.getAllKeys("state")) {
    const value = await old.get("state", name);
    await put("state", ENCRYPTED.includes(name) ? await lockJson(`state:${name}`, value) : value, name);
  }
}

async function moveDays(old, key) {
  for (const row of await old.getAll("days")) {
    const name = `day:${row.date}`;
    await put("days", { ...row, box: await lockBytes(name, await decryptUnder(key, name, row.box)) }, row.date);
  }
}

async function moveDraft(old, key, draft) {
  const row = await old.get("drafts", draft);
  const again = async (name, box) => lockBytes(name, await decryptUnder(key, name, box));
  const moved = { ...row };
  if (row.box) moved.box = await again(draft, row.box); // the home that is kept beside a draft
  if (row.fields) moved.fields = await again(`draft:${draft}`, row.fields);
  for (const name of FILES.filter((file) => row[file])) {
    moved[name] = { type: row[name].type, box: await again(`${name}:${draft}`, row[name].box) };
  }
  await put("drafts", moved, draft);
}

/** Move everything into a new vault under this PIN; `told` hears how far it is. */
export async function adopt(secret, told) {
  const bytes = freshBytes();
  await openWith(bytes.slice());
  await burnAllDraftKeys();
  await writeTablet(["keys", "state", "days", "drafts"], async (transaction) => {
    for (const name of ["keys", "state", "days", "drafts"]) await transaction.objectStore(name).clear();
  });
  await withOld(async (old) => {
    const [key, device] = [await old.get("keys", "data"), await old.get("keys", "device")];
    if (device) await writeRows(OLD_KEY, (rows) => rows.put(device, "device"));
    await moveState(old);
    if (key) await moveDays(old, key);
    const drafts = await old.getAllKeys("drafts");
    for (const [place, draft] of drafts.entries()) {
      told(place, drafts.length);
      await moveDraft(old, key, draft);
    }
  });
  await pin.wrap(secret, bytes); // from here on the vault counts
  bytes.fill(0);
  await finishAdoption();
}

async function opened(event, oldKey) {
  const name = `event:${event.id}`;
  try {
    await decryptUnder(openKey(), name, event.box);
    return null; // moved already
  } catch {
    return decryptUnder(oldKey, name, event.box).catch(() => null);
  }
}

/** What is left to do once the vault counts: the reports' boxes, and the end of the old database. */
export async function finishAdoption() {
  await withOld(async (old) => {
    const key = await old.get("keys", "data");
    for (const event of key ? (await readOutbox().getAll("events")).filter((one) => one.box) : []) {
      const plain = await opened(event, key);
      if (!plain) continue;
      const box = await encryptUnder(openKey(), `event:${event.id}`, plain);
      await writeOutbox(["events"], async (transaction) => {
        const events = transaction.objectStore("events");
        const there = await events.get(event.id);
        if (there) await events.put({ ...there, box });
      });
    }
  });
  if ((await databases(OLD)).includes(OLD)) await burn(OLD);
}
