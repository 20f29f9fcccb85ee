// The one loop that talks to the office: who is there, hand in facts and captures, ask what became of
// them, fetch the days. It never gives up, and it never takes an answer on trust.
import { Trouble, call } from "./api.js";
import { Backoff } from "./backoff.js";
import { refreshDays } from "./days.js";
import { refreshMe, renewToken, replaceOldKey } from "./device.js";
import { tidyDrafts } from "./drafts.js";
import * as outbox from "./outbox.js";
import { handOverDrafts, wipeWhenDone } from "./revoked.js";
import { ping } from "./server.js";
import { changed, changes, keep, policy, state } from "./state.js";
import { readStorage } from "./storage.js";
import { takeStatus, upload } from "./uploads.js";
import { isOpen } from "./vault.js";

const IDLE_MS = 60_000;
const WATCH_MS = [3_000, 6_000, 12_000, 30_000, 60_000]; // while a stored capture is not opened yet
const ME_EVERY_MS = 15 * 60_000;
const CLOCK_MS = 2_000; // clocks closer than this are the same clock

/** What the bar shows: phase idle | busy | waiting (next try at `nextAt`), and the last trouble. */
export const status = { phase: "idle", trouble: null, nextAt: null };
const backoff = new Backoff();
let timer = null;
let running = false;
let again = false;
let watched = 0;
let meAt = 0;

function show(change) {
  Object.assign(status, change);
  changed("sync");
}

/** Ask who this tablet is, and take from the answer how far its reports are: which number was the last, which are safe. */
async function askMe() {
  await refreshMe();
  meAt = Date.now();
  const { last = 0, backed_up_to: safe = 0 } = state.me.events ?? {};
  await outbox.continueAfter(last);
  if (safe > 0) await outbox.forgetBackedUp(safe);
}

/** A number is only given where the last one is known: not in an outbox that is new to a tablet that was here before. */
async function knowLastNumber(collided) {
  if (!collided && (await outbox.readCounter("sequence")) !== undefined) return;
  if (!isOpen()) throw new Trouble("locked");
  if (state.pairing.revoked) await outbox.continueAfter(state.me?.events?.last ?? 0);
  else await askMe().catch(learnOfRevocation);
}

async function sendBatch(events) {
  const { body } = await call("POST", "/events", {
    token: state.pairing.token,
    body: { events: await Promise.all(events.map(outbox.wire)) },
  });
  const results = body?.results;
  const whole = Array.isArray(results) && results.length === events.length;
  if (!whole || results.some((one, place) => one.id !== events[place].id)) throw new Trouble("stranger");
  const taken = results.filter((one) => ["applied", "duplicate", "review"].includes(one.result));
  const refused = results.filter((one) => one.result === "rejected" && ["fix-data", "review", "never"].includes(one.problem?.retry));
  const collided = refused.filter(({ id, problem }) => problem.code === "content-differs" && !renumberedBefore(events, id));
  if (collided.length) await outbox.renumber(collided.map((one) => one.id));
  const parked = refused.filter((one) => !collided.includes(one));
  await outbox.settle(taken.map((one) => one.id), parked.map(({ id, problem }) => ({ id, problem })));
  return { done: taken.length + refused.length, collided: collided.length > 0 };
}

const renumberedBefore = (events, id) => events.find((one) => one.id === id).renumbered === true;

/** A refused call is halved until the one bad event stands alone; it is parked, the others pass. */
async function sendOrHalve(events) {
  try {
    return await sendBatch(events);
  } catch (error) {
    if (!error.parks) throw error;
    if (events.length === 1) {
      await outbox.settle([], [{ id: events[0].id, problem: error.problem }]);
      return { done: 1, collided: false };
    }
    const middle = Math.floor(events.length / 2);
    const [one, other] = [await sendOrHalve(events.slice(0, middle)), await sendOrHalve(events.slice(middle))];
    return { done: one.done + other.done, collided: one.collided || other.collided };
  }
}

async function sendEvents() {
  let collided = false;
  for (;;) {
    await knowLastNumber(collided);
    const events = await outbox.number(policy().events_per_call ?? 500, { boxes: isOpen() });
    if (!events.length) return;
    const sent = await sendOrHalve(events);
    if (!sent.done) return;
    ({ collided } = sent);
  }
}

/** Does this trouble end the whole pass, or only this item's turn? */
const endsPass = (trouble) =>
  trouble.kind === "offline" || ["reauth", "retry-after", "wipe", "upgrade"].includes(trouble.problem?.retry);

async function sendCaptures() {
  let first = null;
  for (const row of (await outbox.captures()).filter(outbox.isWaiting)) {
    try {
      await upload(row);
    } catch (error) {
      if (!(error instanceof Trouble) || endsPass(error)) throw error;
      if (error.parks) await outbox.updateCapture(row.capture, { parked: error.problem });
      else first ??= error;
    }
  }
  if (first) throw first;
}

const isTight = async () => (await readStorage()).level !== "ok";

async function askStatus(epochChanged) {
  const tight = await isTight(); // then it counts which are in a backup: these may go before their time
  const isAsked = ({ state: stage, backedUp }) => stage === "stored" || (stage === "verified" && (epochChanged || (tight && !backedUp)));
  const held = (await outbox.captures()).filter(isAsked);
  for (let from = 0; from < held.length; from += 500) {
    const part = held.slice(from, from + 500);
    const { body } = await call("POST", "/captures/status", {
      token: state.pairing.token,
      body: { captures: part.map((row) => row.capture) },
    });
    const told = body?.captures;
    const whole = Array.isArray(told) && told.length === part.length;
    if (!whole || told.some((one, place) => one.capture !== part[place].capture)) throw new Trouble("stranger");
    for (const [place, row] of part.entries()) await takeStatus(row, told[place]);
  }
}

async function eraseOld(now) {
  const after = (policy().erase_after_days ?? 7) * 86_400_000;
  const tight = await isTight();
  for (const row of await outbox.captures()) {
    const isDue = now - row.verifiedAt > after || (tight && row.backedUp);
    if (row.state === "verified" && isDue) await outbox.eraseChunks(row.capture);
  }
}

async function withToken(pingJws, work) {
  try {
    return await work();
  } catch (error) {
    if (error.problem?.retry !== "reauth") throw error;
    await renewToken(pingJws);
    return work();
  }
}

/** A receipt by a key that is newer than what this tablet knows: ask who the server's keys are, and again. */
async function withKeys(work) {
  try {
    await work();
  } catch (error) {
    if (!error.unknownKey || state.pairing.revoked) throw error;
    await askMe();
    await work();
  }
}

async function readings() {
  if (state.pairing.revoked || !isOpen()) return;
  if (Date.now() - meAt > ME_EVERY_MS) await askMe();
  await tidyDrafts(); // a day that loses a visit must not take the home of a draft with it
  await refreshDays();
}

/** A revoked tablet's reads are refused; what it holds is still handed in. */
async function learnOfRevocation(error) {
  if (error.problem?.retry !== "wipe" || state.pairing.revoked) throw error;
  await refreshMe().catch((answer) => {
    if (!state.pairing.revoked) throw answer;
  });
}

async function pass() {
  const said = await ping({ keys: state.pairing.keys });
  if (status.trouble?.kind === "offline") show({ trouble: null }); // much may be waiting to be sent: hours until it is all there
  if (!isOpen() && (said.keys !== state.pairing.keys || said.epoch !== state.pairing.epoch)) throw new Trouble("locked");
  if (said.keys !== state.pairing.keys) await keep({ pairing: { ...state.pairing, keys: said.keys } });
  if (Math.abs(said.offsetMs - (state.choices.offsetMs ?? 0)) > CLOCK_MS) {
    await keep({ choices: { ...state.choices, offsetMs: Math.round(said.offsetMs) } });
  }
  const epochChanged = said.epoch !== state.pairing.epoch;
  if (state.pairing.revoked) await handOverDrafts();
  if (await wipeWhenDone()) return;
  if (epochChanged) await outbox.offerAgain();
  await withToken(said.jws, async () => {
    await sendEvents();
    await withKeys(() => askStatus(epochChanged));
    if (epochChanged) await keep({ pairing: { ...state.pairing, epoch: said.epoch } });
    await withKeys(sendCaptures);
    if (isOpen() && !(await outbox.captures()).some(outbox.isWaiting)) await replaceOldKey(said.jws).catch(learnOfRevocation);
    await readings().catch(learnOfRevocation);
  });
  await outbox.setCounter("lastSuccess", Date.now());
  await eraseOld(Date.now());
}

function schedule(ms) {
  clearTimeout(timer);
  status.nextAt = Date.now() + ms;
  timer = setTimeout(run, ms);
}

async function nextTurn() {
  const { waiting, unopened, heldUntil } = await outbox.figures();
  const held = heldUntil - Date.now();
  if (waiting && held > 0) return Math.min(held + 50, IDLE_MS);
  if (unopened || waiting || state.pairing?.revoked) {
    watched = Math.min(watched + 1, WATCH_MS.length);
    return WATCH_MS[watched - 1];
  }
  watched = 0;
  return IDLE_MS;
}

async function turn() {
  show({ phase: "busy" });
  try {
    await pass();
    backoff.reset();
    show({ phase: "idle", trouble: null });
    schedule(again ? 50 : await nextTurn());
  } catch (error) {
    const trouble = error instanceof Trouble ? error : new Trouble("fault");
    if (!(error instanceof Trouble)) console.error(error);
    show({ phase: "waiting", trouble });
    schedule(backoff.next(trouble.afterMs));
    changed("sync");
  }
}

/** One tab talks; another that finds it busy looks again later. */
async function run() {
  if (!state.pairing) return;
  if (running) {
    again = true;
    return;
  }
  running = true;
  again = false;
  try {
    await navigator.locks.request("jb-sync", { ifAvailable: true }, (lock) => (lock ? turn() : schedule(5_000)));
  } finally {
    running = false;
  }
}

/** Now, not later: somebody pressed the button, the network came back, or there is something to hand in. */
export function syncNow() {
  backoff.reset();
  watched = 0;
  clearTimeout(timer);
  return run();
}

export function start() {
  addEventListener("online", syncNow);
  changes.addEventListener("change", ({ detail }) => {
    const told = status.trouble?.afterMs; // a server that said when to come again is not asked sooner
    if (detail === "outbox" && !running && !told) schedule(300);
  });
  return run();
}
