// The two databases of the tablet. The outbox is one of its own with its own versions: nothing that
// renews the app, its caches or the plans can touch what has not been handed in.
import { openDB } from "./lib.js";

const OUTBOX_VERSION = 1;
const TABLET_VERSION = 1;
let outbox = null;
let tablet = null;

function upgradeOutbox(db, from) {
  if (from < 1) {
    db.createObjectStore("events", { keyPath: "id" }); // facts on their way
    db.createObjectStore("captures", { keyPath: "capture" }); // manifest, state, receipts
    db.createObjectStore("chunks"); // [capture, sha256] -> ciphertext
    db.createObjectStore("facts", { keyPath: "visit" }); // what this tablet knows happened at a visit
    db.createObjectStore("counters"); // sequence, sent, last success
  }
}

function upgradeTablet(db, from) {
  if (from < 1) {
    db.createObjectStore("keys"); // device key, data key
    db.createObjectStore("state"); // pairing, policy, choices
    db.createObjectStore("days"); // date -> sealed day
    db.createObjectStore("drafts"); // visit -> sealed draft
  }
}

/** A database that was closed under us (deleted, or upgraded by another tab) says so once. */
export const trouble = new EventTarget();
const lost = () => trouble.dispatchEvent(new Event("lost"));

export async function open() {
  if (outbox && tablet) return;
  outbox = await openDB("jb-outbox", OUTBOX_VERSION, { upgrade: upgradeOutbox, terminated: lost });
  tablet = await openDB("jb-tablet", TABLET_VERSION, { upgrade: upgradeTablet, terminated: lost });
  for (const db of [outbox, tablet]) {
    db.addEventListener("versionchange", () => {
      db.close();
      lost();
    });
  }
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
export const writeTablet = (stores, change) => write(tablet, stores, change);
export const readOutbox = () => outbox;
export const readTablet = () => tablet;
