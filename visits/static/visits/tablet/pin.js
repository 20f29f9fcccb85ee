// The wrap: the data key as it lies on the disk, encrypted under a key that only the PIN gives. Each PIN has a
// small database of its own, which is deleted when another PIN takes its place. Tries are counted in a strict
// commit before they are made, so that a killed browser forgets none; from the fifth wrong one on there is a
// wait, which only an open page counts down: neither a restart nor another clock shortens it.
import { utf8 } from "./ids.js";
import { burn, databases, readRow, readRows, writeRows } from "./store.js";

export const LEAST_LENGTH = 8;
const PREFIX = "jb-pin-";
const LEAST_ITERATIONS = 600_000;
const MOST_ITERATIONS = 5_000_000;
const PROBE_ITERATIONS = 60_000;
const DERIVE_MS = 700;
const FREE_TRIES = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
const TURN = "jb-pin"; // one page at a time writes a wrap or burns one
const WRAP = { name: "AES-GCM", additionalData: utf8("jb-wrap:1") };

const waitAfter = (tries) => (tries < FREE_TRIES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (tries - FREE_TRIES), LONGEST_WAIT_MS));

async function derive(secret, { salt, iterations }) {
  const base = await crypto.subtle.importKey("raw", utf8(secret.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** As many iterations as this machine does in about 0.7 s, never fewer than 600,000. */
async function calibrated() {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const before = performance.now();
  await derive("calibration", { salt, iterations: PROBE_ITERATIONS });
  const wanted = (DERIVE_MS / Math.max(1, performance.now() - before)) * PROBE_ITERATIONS;
  return Math.round(Math.min(MOST_ITERATIONS, Math.max(LEAST_ITERATIONS, wanted)));
}

/** The database of the PIN in force: the newest that has a wrap. One without was being written when the browser died. */
async function current() {
  for (const name of (await databases(PREFIX)).reverse()) {
    if (await readRow(name, "wrap")) return name;
  }
  return null;
}

const numbered = (number) => PREFIX + String(number).padStart(6, "0");

/** Wrap the key (32 bytes) under a PIN or passphrase, and burn the wrap before it. Until the new one is on the disk the
    old one counts, from then on the new one alone. */
export async function wrap(secret, bytes) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const iterations = await calibrated();
  const key = await derive(secret, { salt, iterations });
  const box = new Uint8Array(await crypto.subtle.encrypt({ ...WRAP, iv }, key, bytes));
  const digits = /^\d+$/.test(secret) ? secret.length : null; // so that a number pad knows when it is whole
  await navigator.locks.request(TURN, async () => {
    const known = await databases(PREFIX);
    const name = numbered(Number(known.at(-1)?.slice(PREFIX.length) ?? 0) + 1);
    await writeRows(name, async (rows) => {
      await rows.put({ salt, iv, iterations, box, digits }, "wrap");
      await rows.put({ tries: 0, waitMs: 0 }, "tries");
    });
  });
  await burnOldPins().catch(console.error); // the new one counts all the same, and the next start tries again
}

/** Burn the wraps of PINs that are not in force any more. */
export function burnOldPins() {
  return navigator.locks.request(TURN, async () => {
    const inForce = await current();
    const others = (await databases(PREFIX)).filter((name) => name !== inForce);
    for (const old of inForce ? others : []) await burn(old);
  });
}

/** {digits, tries, waitMs} of the PIN in force; null if this tablet has none. */
export async function readPin() {
  for (const name of (await databases(PREFIX)).reverse()) {
    const [wrapped, tries] = await readRows(name, ["wrap", "tries"]);
    if (wrapped) return { digits: wrapped.digits, ...tries };
  }
  return null;
}

async function changeTries(name, change) {
  return writeRows(name, async (rows) => {
    const next = change(await rows.get("tries"));
    await rows.put(next, "tries");
    return next;
  });
}

/** The page has waited for so long. */
export async function countWait(ms) {
  const name = await current();
  return changeTries(name, ({ tries, waitMs }) => ({ tries, waitMs: Math.max(0, waitMs - ms) }));
}

/** Try a PIN: {bytes, left, waitMs}. `bytes` is the key, null when it is the wrong PIN; `left` tries without a wait. */
export async function unwrap(secret) {
  const name = await current();
  let refused = false;
  const { tries, waitMs } = await changeTries(name, (row) => {
    refused = row.waitMs > 0;
    return refused ? row : { tries: row.tries + 1, waitMs: waitAfter(row.tries + 1) };
  });
  const left = Math.max(0, FREE_TRIES - tries);
  if (refused) return { bytes: null, left, waitMs };
  const row = await readRow(name, "wrap");
  const key = await derive(secret, row);
  let bytes;
  try {
    bytes = new Uint8Array(await crypto.subtle.decrypt({ ...WRAP, iv: row.iv }, key, row.box));
  } catch {
    return { bytes: null, left, waitMs };
  }
  await changeTries(name, () => ({ tries: 0, waitMs: 0 }));
  return { bytes, left: FREE_TRIES, waitMs: 0 };
}

/** Forget the PIN, and with it all that it protects. */
export async function burnPins() {
  for (const name of await databases(PREFIX)) await burn(name);
}
