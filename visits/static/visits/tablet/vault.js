// The tablet's lock. The data key, under which everything about people lies here, is in memory only while the
// tablet is unlocked; on the disk there is the wrap of pin.js. No CryptoKey is ever stored: the browser writes
// it in clear, whether a script may read it or not.
import { Trouble } from "./api.js";
import { utf8 } from "./ids.js";
import * as pin from "./pin.js";

const ALGORITHM = { name: "AES-GCM", length: 256 };
let dataKey = null;
const forgetters = new Set();
const held = new Set();

export const isOpen = () => dataKey !== null;

/** The data key; a Trouble "locked" without it. */
export function openKey() {
  if (!dataKey) throw new Trouble("locked");
  return dataKey;
}

export const importKey = (bytes) => crypto.subtle.importKey("raw", bytes, ALGORITHM, false, ["encrypt", "decrypt"]);

const bound = (name) => utf8(`jb-box:${name}`);

/** {iv, bytes}: the bytes under a key, bound to their name. */
export async function encryptUnder(key, name, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(name) }, key, bytes);
  return { iv, bytes: new Uint8Array(text) };
}

export async function decryptUnder(key, name, box) {
  const algorithm = { name: "AES-GCM", iv: box.iv, additionalData: bound(name) };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, box.bytes));
}

/** 32 random bytes. */
export const freshBytes = () => crypto.getRandomValues(new Uint8Array(32));

/** What is in memory of the vault's content is forgotten by this function when the tablet is locked. */
export const onLock = (forget) => forgetters.add(forget);

/** Locking waits for this: something typed that is on its way to the disk. */
export function holding(promise) {
  held.add(promise);
  const done = () => held.delete(promise);
  promise.then(done, done);
  return promise;
}

/** Use this key (32 bytes) from now on; the bytes are wiped. */
export async function openWith(bytes) {
  dataKey = await importKey(bytes);
  bytes.fill(0);
}

/** A new vault: a fresh data key under this PIN. */
export async function create(secret) {
  const bytes = freshBytes();
  await pin.wrap(secret, bytes);
  await openWith(bytes);
}

/** {open, left, waitMs}: whether it was the right PIN, tries left before a wait, and the wait. */
export async function unlock(secret) {
  const { bytes, left, waitMs } = await pin.unwrap(secret);
  if (bytes) await openWith(bytes);
  return { open: Boolean(bytes), left, waitMs };
}

/** Another PIN for the same vault: {changed, left, waitMs}, as `unlock` for the old one. */
export const changePin = (old, fresh) => holding(rewrap(old, fresh));

async function rewrap(old, fresh) {
  const { bytes, left, waitMs } = await pin.unwrap(old);
  if (!bytes) return { changed: false, left, waitMs };
  try {
    await pin.wrap(fresh, bytes);
  } finally {
    bytes.fill(0);
  }
  return { changed: true, left, waitMs };
}

export async function lock() {
  do {
    await Promise.allSettled([...held]);
    await new Promise((done) => setTimeout(done)); // what is written next begins when the one before has ended
  } while (held.size);
  dataKey = null;
  for (const forget of forgetters) forget();
}
