// The databases of the tablet. The outbox is one of its own with its own versions: nothing that renews the
// app, its caches or the plans can touch what has not been handed in. What must not stay readable in the
// browser's files lies in databases that are deleted whole (`burn`): a row that is only dropped stays in the
// database's log, a deleted database is compacted out of the files.
import { deleteDB, openDB } from "./lib.js";

const OUTBOX_VERSION = 1;
const VAULT_VERSION = 1;
const RINSE = "jb-rinse";
const RINSE_AGAIN_MS = 3000;
const MOST_RINSES = 4;
let rinsing = 0;
let outbox = null;
let vault = null;

function upgradeOutbox(db, from) {
  if (from < 1) {
    db.createObjectStore("events", { keyPath: "id" }); // facts on their way
    db.createObjectStore("captures", { keyPath: "capture" }); // manifest, state, receipts
    db.createObjectStore("chunks"); // [capture, sha256] -> ciphertext
    db.createObjectStore("facts", { keyPath: "visit" }); // what this tablet knows happened at a visit
    db.createObjectStore("counters"); // sequence, sent, last success
  }
}

function upgradeVault(db, from) {
  if (from < 1) {
    db.createObjectStore("keys"); // the device key, encrypted
    db.createObjectStore("state"); // choices; encrypted: pairing, policy, listing
    db.createObjectStore("days"); // date -> encrypted day
    db.createObjectStore("drafts"); // visit -> encrypted draft
  }
}

/** A database that was closed under us (deleted, or upgraded by another tab) says so once. */
export const trouble = new EventTarget();
const lost = () => trouble.dispatchEvent(new Event("lost"));

export async function open() {
  if (outbox && vault) return;
  [outbox, vault] = await Promise.all([
    openDB("jb-outbox", OUTBOX_VERSION, { upgrade: upgradeOutbox, terminated: lost }),
    openDB("jb-vault", VAULT_VERSION, { upgrade: upgradeVault, terminated: lost }),
  ]);
  for (const db of [outbox, vault]) {
    db.addEventListener("versionchange", () => {
      db.close();
      lost();
    });
  }
  if ((await databases(RINSE)).length) rinseLater(MOST_RINSES);
}

async function write(db, stores, change) {
  const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
  try {
    const result = await change(transaction);
    await transaction.done;
    return result;
  } catch (error) {
    transaction.done.catch(() => {}); // the first error is the one to tell
    try {
      transaction.abort();
    } catch {
      // it had ended by itself
    }
    throw error;
  }
}

/** Change the outbox in one strict transaction: when this returns, it is on the disk. */
export const writeOutbox = (stores, change) => write(outbox, stores, change);
export const writeTablet = (stores, change) => write(vault, stores, change);
export const readOutbox = () => outbox;
export const readTablet = () => vault;

/** Names of databases that begin like this. */
export async function databases(prefix) {
  return (await indexedDB.databases()).map((one) => one.name).filter((name) => name.startsWith(prefix)).sort();
}

/** Work on a small database with one store, "rows", that is open only meanwhile. */
async function brief(name, work) {
  const db = await openDB(name, 1, { upgrade: (fresh) => fresh.createObjectStore("rows") });
  db.addEventListener("versionchange", () => db.close());
  try {
    return await work(db);
  } finally {
    db.close();
  }
}

export const readRow = (name, key) => brief(name, (db) => db.get("rows", key));
export const readRows = (name, keys) => brief(name, (db) => Promise.all(keys.map((key) => db.get("rows", key))));

/** Change rows of a small database in one strict transaction; `change` is given its store. */
export const writeRows = (name, change) =>
  brief(name, (db) => write(db, ["rows"], (transaction) => change(transaction.objectStore("rows"))));

/** Make the browser compact its files: what was compacted away before is unlinked then, unless somebody is just reading
 * it. So `left` more are owed, at growing distances; a page that ends before leaves them to the next one. */
function rinse(left) {
  return navigator.locks.request(RINSE, async () => {
    await writeRows(RINSE, (rows) => rows.put(left, "left"));
    await deleteDB(RINSE);
    if (left) await writeRows(RINSE, (rows) => rows.put(left, "left"));
    rinseLater(left);
  });
}

function rinseLater(left) {
  clearTimeout(rinsing);
  if (left) rinsing = setTimeout(() => rinse(left - 1).catch(() => {}), RINSE_AGAIN_MS * 3 ** (MOST_RINSES - left));
}

/** Delete a database out of the browser's files. The note is for a page that dies here; without room for it the
 * database goes all the same. */
export async function burn(name) {
  const owe = () => writeRows(RINSE, (rows) => rows.put(MOST_RINSES, "left"));
  await navigator.locks.request(RINSE, owe).catch(() => {});
  await deleteDB(name);
  await rinse(MOST_RINSES).catch(() => rinseLater(MOST_RINSES));
}
