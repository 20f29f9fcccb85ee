// What this tablet knows about itself: pairing, what the server told it, choices. Small, in memory once
// read, and written through. `changes` tells the screens that something they show is new. Only the choices
// and the counts of the outbox lie on the disk as they are; the rest is encrypted, and forgotten while the tablet is locked.
import { lockJson, unlockJson } from "./box.js";
import { readTablet, writeTablet } from "./store.js";
import { onLock } from "./vault.js";

export const changes = new EventTarget();
export const changed = (what) => changes.dispatchEvent(new CustomEvent("change", { detail: what }));

const memory = { pairing: null, me: null, choices: {}, listing: null, ledger: null, loss: null, wiped: null };
export const state = memory;

const CLEAR = ["choices", "ledger", "loss", "wiped"];
export const ENCRYPTED = ["pairing", "me", "listing"];
const boxName = (name) => `state:${name}`;

// The pairing stays in memory, on no disk: what is sealed already is handed in while the tablet is locked.
onLock(() => Object.assign(memory, { me: null, listing: null }));

/** What may be known while the tablet is locked. */
export async function loadChoices() {
  const read = async (name) => {
    memory[name] = (await readTablet().get("state", name)) ?? memory[name];
  };
  await Promise.all(CLEAR.map(read));
}

/** The rest, once it is unlocked. */
export async function loadSecrets() {
  const read = async (name) => {
    const box = await readTablet().get("state", name);
    memory[name] = box ? await unlockJson(boxName(name), box) : null;
  };
  await Promise.all(ENCRYPTED.map(read));
}

/** Keep values by name, all in one commit; `quiet` where no screen shows them. */
export async function keep(values, { quiet = false } = {}) {
  const rows = [];
  for (const [name, value] of Object.entries(values)) {
    if (![...CLEAR, ...ENCRYPTED].includes(name)) throw new Error(`unknown state ${name}`);
    rows.push([name, CLEAR.includes(name) ? value : await lockJson(boxName(name), value)]);
  }
  await writeTablet(["state"], async (transaction) => {
    for (const [name, row] of rows) await transaction.objectStore("state").put(row, name);
  });
  Object.assign(memory, values);
  if (!quiet) changed("state");
}

/** Of a tablet that was wiped: nothing but that it was, and its language. */
export async function forgetAll() {
  const choices = { language: memory.choices.language };
  Object.assign(memory, { pairing: null, me: null, listing: null, ledger: null, loss: null });
  await keep({ choices, wiped: true });
}

export const policy = () => memory.me?.policy ?? {};

/** The officer who works now: the one chosen on this tablet, as long as the team still has that officer. */
export function officer() {
  const officers = memory.me?.officers ?? [];
  return officers.find((one) => one.id === memory.choices.officer) ?? (officers.length === 1 ? officers[0] : null);
}
