// The team's days: cached as the server gave them, whole, under its version.
import { Trouble, call } from "./api.js";
import { lockJson, unlockJson } from "./box.js";
import { compare, outline } from "./plan_news.js";
import { changed, keep, state } from "./state.js";
import { readTablet, writeTablet } from "./store.js";

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Fetch the list of versions, then every day whose version is new. */
export async function refreshDays() {
  const { token } = state.pairing;
  const { status, body, etag } = await call("GET", "/days", { token, etag: state.listing?.etag ?? null });
  let { listing } = state;
  if (status === 200) {
    if (!body?.days || !DATE.test(body.today ?? "")) throw new Trouble("stranger");
    listing = { etag, today: body.today, days: body.days, messages: body.messages ?? [] };
  }
  let news = false;
  for (const [date, version] of Object.entries(listing.days)) {
    if (DATE.test(date) && (await readTablet().get("days", date))?.version !== version) {
      news = (await fetchDay(date, token)) || news;
    }
  }
  await forgetOldDays(listing.days);
  if (status === 200) await keep({ listing }); // last: a listing that is kept has its days
  if (news) changed("days");
}

async function fetchDay(date, token) {
  const { body } = await call("GET", `/days/${date}`, { token });
  if (body?.date !== date || typeof body.version !== "string" || body.content?.date !== date) throw new Trouble("stranger");
  const [box, seen] = [await lockJson(`day:${date}`, body.content), await seenBox(date, body.content)];
  await writeTablet(["days"], (transaction) =>
    transaction.objectStore("days").put({ date, version: body.version, box, seen }, date),
  );
  return true;
}

/** The outline of a kept day as the officer last read it; null if there is none. */
async function seenOutline(date, row) {
  if (row?.seen) return unlockJson(`seen:${date}`, row.seen);
  return row ? outline(await unlockJson(`day:${date}`, row.box)) : null; // kept by an older app
}

/** The same for the day that comes now: as before, or, of a day that is told in full for the first time, as it comes. */
async function seenBox(date, content) {
  const before = await seenOutline(date, await readTablet().get("days", date)).catch(() => null);
  return lockJson(`seen:${date}`, before?.full ? before : outline(content));
}

/** The officer has read what changed. */
export async function markSeen(date) {
  const row = await readTablet().get("days", date);
  const seen = await lockJson(`seen:${date}`, outline(await unlockJson(`day:${date}`, row.box)));
  await writeTablet(["days"], async (transaction) => {
    const days = transaction.objectStore("days");
    const now = await days.get(date);
    if (now?.version === row.version) await days.put({ ...now, seen }, date); // a newer one has not been read
  });
  changed("days");
}

async function forgetOldDays(wanted) {
  const held = await readTablet().getAllKeys("days");
  const old = held.filter((date) => !(date in wanted));
  if (!old.length) return;
  await writeTablet(["days"], async (transaction) => {
    for (const date of old) await transaction.objectStore("days").delete(date);
  });
}

/** A cached day with its version, and as `news` what changed in it since the officer last read it; or null. */
export async function day(date) {
  const row = await readTablet().get("days", date);
  if (!row) return null;
  try {
    const content = await unlockJson(`day:${date}`, row.box);
    const news = row.seen ? compare(await unlockJson(`seen:${date}`, row.seen), outline(content)) : [];
    return { ...content, version: row.version, news };
  } catch {
    return null; // the data key is gone (browser data cleared by halves): the server has the day
  }
}

export const heldDates = async () => (await readTablet().getAllKeys("days")).sort();

/** The stop of a visit, with its day. */
export async function findStop(visit) {
  for (const date of await heldDates()) {
    const held = await day(date);
    const stop = held?.stops.find((one) => one.visit === visit);
    if (stop) return { stop, day: held };
  }
  return null;
}

const FINISHED = ["finished", "done"];
export const OPEN_STEPS = ["planned", "arrived"];

/** How a stop stands: what the server knows, and over it what this tablet knows. */
export function standing(stop, fact) {
  const code = fact?.outcome?.code ?? stop.outcome;
  if (fact?.outcome || FINISHED.includes(stop.state)) {
    return { step: code === "recorded" ? "recorded" : "failed", code, at: fact?.outcome?.at ?? "" };
  }
  // who stands at the door finishes, even if the office has cancelled the visit meanwhile
  if (fact?.arrived || stop.state === "arrived") return { step: "arrived", code: "", at: fact?.arrived?.at ?? "" };
  if (stop.state === "cancelled") return { step: "cancelled", code: "", at: "" };
  return { step: "planned", code: "", at: "" };
}

/** The home to go to now: where the team stands, else the first that is still to come; null if none is left. */
export function nextStop(stops, facts) {
  const at = (step) => stops.find((stop) => standing(stop, facts.get(stop.visit)).step === step);
  return at("arrived") ?? at("planned") ?? null;
}
