// What this tablet knows about itself: pairing, what the server told it, choices. Small, in memory once
// read, and written through. `changes` tells the screens that something they show is new.
import { readTablet, writeTablet } from "./store.js";

export const changes = new EventTarget();
export const changed = (what) => changes.dispatchEvent(new CustomEvent("change", { detail: what }));

const memory = { pairing: null, me: null, choices: {}, listing: null };
export const state = memory;

const STORED = ["pairing", "me", "choices", "listing"];

export async function load() {
  for (const name of STORED) memory[name] = (await readTablet().get("state", name)) ?? memory[name];
}

/** Keep values by name, all in one commit. */
export async function keep(values) {
  await writeTablet(["state"], async (transaction) => {
    const store = transaction.objectStore("state");
    for (const [name, value] of Object.entries(values)) {
      if (!STORED.includes(name)) throw new Error(`unknown state ${name}`);
      await store.put(value, name);
    }
  });
  Object.assign(memory, values);
  changed("state");
}

export const policy = () => memory.me?.policy ?? {};

/** The officer who works now: the one chosen on this tablet, as long as the team still has that officer. */
export function officer() {
  const officers = memory.me?.officers ?? [];
  return officers.find((one) => one.id === memory.choices.officer) ?? (officers.length === 1 ? officers[0] : null);
}
