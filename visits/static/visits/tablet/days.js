// The team's days: cached as the server gave them, whole, under its version.
import { Trouble, call } from "./api.js";
import { lockJson, unlockJson } from "./box.js";
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
  const box = await lockJson(`day:${date}`, body.content);
  await writeTablet(["days"], (transaction) =>
    transaction.objectStore("days").put({ date, version: body.version, box }, date),
  );
  return true;
}

async function forgetOldDays(wanted) {
  const held = await readTablet().getAllKeys("days");
  const old = held.filter((date) => !(date in wanted));
  if (!old.length) return;
  await writeTablet(["days"], async (transaction) => {
    for (const date of old) await transaction.objectStore("days").delete(date);
  });
}

/** A cached day with its version, or null. */
export async function day(date) {
  const row = await readTablet().get("days", date);
  if (!row) return null;
  try {
    return { ...(await unlockJson(`day:${date}`, row.box)), version: row.version };
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

/** How a stop stands: what the server knows, and over it what this tablet knows. */
export function standing(stop, fact) {
  const code = fact?.outcome?.code ?? stop.outcome;
  if (fact?.outcome || FINISHED.includes(stop.state)) {
    return { step: code === "recorded" ? "recorded" : "failed", code, at: fact?.outcome?.at ?? "" };
  }
  if (stop.state === "cancelled") return { step: "cancelled", code: "", at: "" };
  if (fact?.arrived || stop.state === "arrived") return { step: "arrived", code: "", at: fact?.arrived?.at ?? "" };
  return { step: "planned", code: "", at: "" };
}
