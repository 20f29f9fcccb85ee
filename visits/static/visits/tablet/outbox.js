// Facts and captures on their way to the office. Written in strict commits, numbered only when they are
// about to leave (so that an undo leaves no gap), removed only by an answer that names them.
import { lockJson, unlockJson } from "./box.js";
import { START, uuid7, wallClock } from "./ids.js";
import { changed, officer } from "./state.js";
import { readOutbox, writeOutbox } from "./store.js";

const HOLD_OUTCOME_MS = 10_000; // time to take a tap back
const HOLD_POSITION_MS = 6_000; // time for the position to arrive
const LONGEST_HOLD_MS = 15_000; // one that lasts longer is a clock that was set back meanwhile

function newEvent({ kind, visit, data = {}, holdMs = 0 }) {
  return {
    id: uuid7(),
    sequence: null,
    kind,
    at: wallClock(),
    mono: Math.round(performance.now()),
    start: START,
    since_ms: 0,
    position: null,
    officer: officer()?.id ?? null,
    visit,
    data,
    holdUntil: Date.now() + holdMs,
    parked: null,
  };
}

async function fact(transaction, visit, change) {
  const facts = transaction.objectStore("facts");
  await facts.put({ ...((await facts.get(visit)) ?? { visit, arrived: null, outcome: null }), ...change });
}

/** `firm`: it can be taken back for as long as an outcome, whenever the position comes. */
export async function arrive(visit, { firm = false } = {}) {
  const event = { ...newEvent({ kind: "arrived", visit, holdMs: firm ? HOLD_OUTCOME_MS : HOLD_POSITION_MS }), firm };
  await writeOutbox(["events", "facts"], async (transaction) => {
    await transaction.objectStore("events").put(event);
    await fact(transaction, visit, { arrived: { at: event.at, event: event.id } });
  });
  changed("outbox");
  return event.id;
}

const dayKey = (date) => `day:${date}`; // what this tablet knows of a day lies beside what it knows of visits

/** Something of a whole day, not of a home; null where this tablet knows it already (`isKnown`, of the fact). */
async function tellOfDay(date, event, isKnown = Boolean) {
  const fresh = await writeOutbox(["events", "facts"], async (transaction) => {
    if (isKnown((await transaction.objectStore("facts").get(dayKey(date)))?.[event.kind])) return false;
    await transaction.objectStore("events").put(event);
    await fact(transaction, dayKey(date), { [event.kind]: { at: event.at, event: event.id } });
    return true;
  });
  if (!fresh) return null;
  changed("outbox");
  return event.id;
}

/** The team leaves its base; null where this tablet has said so already. */
export const depart = (date) =>
  tellOfDay(date, { ...newEvent({ kind: "departed", visit: null, data: { day: date }, holdMs: HOLD_OUTCOME_MS }), firm: true });

/** The team's day is over; `carried` homes lie in a file. Null where this tablet has said so and nothing came after it. */
export const closeDay = (date, { carried, since }) =>
  tellOfDay(date, newEvent({ kind: "day_closed", visit: null, data: { day: date, carried } }), (known) => known && known.at >= since);

/** The fact of a day's departure, if this tablet knows it. */
export const departure = (facts, date) => facts.get(dayKey(date))?.departed ?? null;

/** The fact of a day's end, if this tablet knows it. */
export const closing = (facts, date) => facts.get(dayKey(date))?.day_closed ?? null;

/** What an event says of people lies encrypted in its box, beside what anybody may read in `data`. */
async function lockIn(event, secret) {
  event.box = await lockJson(`event:${event.id}`, secret);
}

export async function outcome(visit, code, note = "") {
  const event = newEvent({ kind: "outcome", visit, data: { outcome: code }, holdMs: HOLD_OUTCOME_MS });
  if (note) await lockIn(event, { note });
  await writeOutbox(["events", "facts"], async (transaction) => {
    await transaction.objectStore("events").put(event);
    await fact(transaction, visit, { outcome: { at: event.at, code, event: event.id } });
  });
  changed("outbox");
  return event.id;
}

/** A contact or a place that the officer found to be another one. */
export async function correct(visit, kind, data) {
  const named = kind === "contact_corrected";
  const event = newEvent({ kind, visit, data: named ? {} : data, holdMs: HOLD_OUTCOME_MS });
  if (named) await lockIn(event, data);
  await writeOutbox(["events", "facts"], async (transaction) => {
    await transaction.objectStore("events").put(event);
    await fact(transaction, visit, { [kind]: { at: event.at, event: event.id } });
  });
  changed("outbox");
}

/** Another resident of the same home asks to be recorded, too. */
export async function walkIn(visit, data) {
  const event = newEvent({ kind: "walk_in", visit, holdMs: HOLD_OUTCOME_MS });
  await lockIn(event, data);
  await writeOutbox(["events", "facts"], async (transaction) => {
    await transaction.objectStore("events").put(event);
    await fact(transaction, visit, { walk_in: { at: event.at, event: event.id } });
  });
  changed("outbox");
}

/** A note about a visit, without an outcome. */
export async function note(visit, text) {
  const event = newEvent({ kind: "note", visit });
  await lockIn(event, { text });
  await writeOutbox(["events"], (transaction) => transaction.objectStore("events").put(event));
  changed("outbox");
}

/** The coordinator's message was read. */
export async function readMessage(message) {
  const event = newEvent({ kind: "message_read", visit: null, data: { message } });
  await writeOutbox(["events"], (transaction) => transaction.objectStore("events").put(event));
  changed("outbox");
}

/** A sealed capture, its chunks and the outcome that goes with it: all or nothing, and the draft is done. */
export async function addCapture({ row, chunks }) {
  const event = newEvent({ kind: "outcome", visit: row.visit, data: { outcome: "recorded", capture: row.capture } });
  event.position = row.position;
  await writeOutbox(["captures", "chunks", "events", "facts"], async (transaction) => {
    await transaction.objectStore("captures").add(row);
    for (const [hash, bytes] of chunks) await transaction.objectStore("chunks").put(bytes, [row.capture, hash]);
    await transaction.objectStore("events").put(event);
    const told = { at: event.at, code: "recorded", event: event.id, capture: row.capture };
    await fact(transaction, row.visit, { outcome: told });
  });
  changed("outbox");
}

/** Take the last tap back, as long as it has not begun to leave. */
export async function undo(id) {
  const undone = await writeOutbox(["events", "facts"], async (transaction) => {
    const events = transaction.objectStore("events");
    const event = await events.get(id);
    if (!event || event.sequence !== null || event.data.capture) return false;
    await events.delete(id);
    await fact(transaction, event.visit ?? dayKey(event.data.day), { [event.kind]: null });
    return true;
  });
  changed("outbox");
  return undone;
}

/** Where the tablet was; only a fact that has not begun to leave can still learn it. A firm one is held all the
    same: the time to take it back does not depend on how soon the position comes. */
export async function placeEvent(id, position) {
  await writeOutbox(["events"], async (transaction) => {
    const events = transaction.objectStore("events");
    const event = await events.get(id);
    if (event && event.sequence === null) await events.put({ ...event, position, holdUntil: event.firm ? event.holdUntil : 0 });
  });
  changed("outbox");
}

const made = (a, b) => (a.id < b.id ? -1 : 1);

const isOnItsWay = (event) => !event.parked && !event.sent;

const isHeld = (event, now) => event.holdUntil > now && event.holdUntil - now <= LONGEST_HOLD_MS;

/** Give numbers to what may leave now, in the order of its making; from here on it never changes. A locked tablet
    (`boxes` false) cannot open what is said of people: that waits, and what comes after it. */
export async function number(limit, { boxes = true, now = Date.now() } = {}) {
  return writeOutbox(["events", "counters"], async (transaction) => {
    const events = transaction.objectStore("events");
    const counters = transaction.objectStore("counters");
    const all = (await events.getAll()).filter(isOnItsWay).sort(made);
    let sequence = (await counters.get("sequence")) ?? 0;
    let before = (await counters.get("before")) ?? { start: null, mono: 0 };
    const leaving = [];
    for (const event of all) {
      if (leaving.length >= limit || (event.box && !boxes)) break;
      if (event.sequence === null) {
        if (isHeld(event, now)) break; // later facts wait for it: numbers follow the order of making
        sequence += 1;
        event.sequence = sequence;
        event.since_ms = event.start === before.start ? Math.max(0, event.mono - before.mono) : 0;
        before = { start: event.start, mono: event.mono };
        await events.put(event);
      }
      leaving.push(event);
    }
    await counters.put(sequence, "sequence");
    await counters.put(before, "before");
    return leaving.sort((a, b) => a.sequence - b.sequence);
  });
}

/** An event without what it says of people. */
export function bare(event) {
  const { id, sequence, kind, at, since_ms, position, visit, data } = event;
  return { id, sequence, kind, at, since_ms, position, officer: event.officer, visit, data };
}

/** The data key is gone (browser data cleared by halves): the number is used up all the same. Any other trouble
    passes; what was written then waits for it. */
function withoutKey(error) {
  if (error.name !== "OperationError") throw error;
  return {};
}

/** An event as it goes over the line. */
export async function wire(event) {
  const secret = event.box ? await unlockJson(`event:${event.id}`, event.box).catch(withoutKey) : {};
  return { ...bare(event), data: { ...event.data, ...secret } };
}

async function count(transaction, name, by) {
  const counters = transaction.objectStore("counters");
  await counters.put(((await counters.get(name)) ?? 0) + by, name);
}

/** What the server said about each event: taken (and kept until a backup holds it), or refused and visible with its reason. */
export async function settle(done, parked) {
  await writeOutbox(["events", "counters"], async (transaction) => {
    const events = transaction.objectStore("events");
    let sent = 0;
    for (const id of done) {
      const event = await events.get(id);
      if (!event) continue;
      if (!event.counted) sent += 1;
      await events.put({ ...event, sent: true, counted: true });
    }
    for (const { id, problem } of parked) {
      const event = await events.get(id);
      if (event) await events.put({ ...event, parked: problem });
    }
    await count(transaction, "sent", sent);
  });
  changed("outbox");
}

async function changeEvents(change) {
  await writeOutbox(["events"], async (transaction) => {
    const events = transaction.objectStore("events");
    for (const event of await events.getAll()) {
      const fresh = change(event);
      if (fresh === null) await events.delete(event.id);
      else if (fresh !== event) await events.put(fresh);
    }
  });
  changed("outbox");
}

/** The database of the office is an older one: what it had taken is offered again, under the same numbers. */
export const offerAgain = () => changeEvents((event) => (event.sent ? { ...event, sent: false } : event));

/** Let go of what the office has taken up to this number, for a backup holds it. */
export const forgetBackedUp = (number) => changeEvents((event) => (event.sent && event.sequence <= number ? null : event));

/** These numbers were used up before, by an outbox that is gone: other numbers, once the office has told the last one. */
export async function renumber(ids) {
  const again = new Set(ids);
  await changeEvents((event) => (again.has(event.id) ? { ...event, sequence: null, holdUntil: 0, renumbered: true } : event));
}

/** Numbers go on after the last one that the office has; `last` is from its signed answer. */
export async function continueAfter(last) {
  await writeOutbox(["counters"], async (transaction) => {
    const counters = transaction.objectStore("counters");
    if (((await counters.get("sequence")) ?? -1) < last) await counters.put(last, "sequence");
  });
}

export async function updateCapture(capture, change, { sent = 0 } = {}) {
  await writeOutbox(["captures", "counters"], async (transaction) => {
    const captures = transaction.objectStore("captures");
    await captures.put({ ...(await captures.get(capture)), ...change });
    if (sent) await count(transaction, "sent", sent);
  });
  changed("outbox");
}

/** Free the bytes of a capture that the office has opened; its row and receipts stay. */
export async function eraseChunks(capture) {
  await writeOutbox(["captures", "chunks"], async (transaction) => {
    const captures = transaction.objectStore("captures");
    await captures.put({ ...(await captures.get(capture)), state: "erased" });
    await transaction.objectStore("chunks").delete(IDBKeyRange.bound([capture], [capture, []]));
  });
  changed("outbox");
}

export const setCounter = (name, value) =>
  writeOutbox(["counters"], (transaction) => transaction.objectStore("counters").put(value, name));

export const captures = () => readOutbox().getAll("captures");
/** What has not been handed in, in the order of its making. */
export const events = async () => (await readOutbox().getAll("events")).filter((event) => !event.sent).sort(made);
export const readCounter = (name) => readOutbox().get("counters", name);
export const facts = async () => new Map((await readOutbox().getAll("facts")).map((one) => [one.visit, one]));
export const chunk = (capture, hash) => readOutbox().get("chunks", [capture, hash]);

const WAITING = new Set(["sealed", "uploading"]);
export const isWaiting = (capture) => WAITING.has(capture.state) && !capture.parked;

/** The figures of the sync bar. */
export async function figures() {
  const [allEvents, allCaptures, sent, last] = await Promise.all([
    events(),
    captures(),
    readOutbox().get("counters", "sent"),
    readOutbox().get("counters", "lastSuccess"),
  ]);
  const waitingEvents = allEvents.filter((event) => !event.parked);
  const parked = allEvents.length - waitingEvents.length + allCaptures.filter((one) => one.parked).length;
  return {
    waiting: waitingEvents.length + allCaptures.filter(isWaiting).length,
    parked,
    sent: sent ?? 0,
    last: last ?? null,
    unopened: allCaptures.filter((one) => one.state === "stored").length,
    heldUntil: Math.max(0, ...waitingEvents.filter((event) => event.sequence === null).map((event) => event.holdUntil)),
  };
}
