// How full the browser's storage is, and whether the browser has promised to keep it.
const TIGHT = 0.8; // from here on the officer is told
const FULL = 0.95; // from here on no photo: what was typed must still find room

/** {usage, quota} in bytes, `kept`: the browser deletes nothing by itself, `level`: "ok" | "tight" | "full". */
export async function readStorage() {
  const { usage = 0, quota = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const kept = (await navigator.storage?.persisted?.()) ?? false;
  const share = quota ? usage / quota : 0;
  return { usage, quota, kept, level: share >= FULL ? "full" : share >= TIGHT ? "tight" : "ok" };
}

/** Ask the browser for its promise; whether it gave it. */
export const askToKeep = async () => (await navigator.storage?.persist?.().catch(() => false)) ?? false;

export const hasRoomForPhotos = async () => (await readStorage()).level !== "full";
