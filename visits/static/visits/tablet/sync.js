// The one loop that talks to the office: who is there, hand in facts and captures, ask what became of
// them, fetch the days. It never gives up, and it never takes an answer on trust.
import { Trouble, call } from "./api.js";
import { Backoff } from "./backoff.js";
import { refreshDays } from "./days.js";
import { refreshMe, renewToken } from "./device.js";
import * as outbox from "./outbox.js";
import { ping } from "./server.js";
import { changed, changes, keep, policy, state } from "./state.js";
import { takeStatus, upload } from "./uploads.js";

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
  await outbox.settle(taken.map((one) => one.id), refused.map(({ id, problem }) => ({ id, problem })));
  return taken.length + refused.length;
}

/** A refused call is halved until the one bad event stands alone; it is parked, the others pass. */
async function sendOrHalve(events) {
  try {
    return await sendBatch(events);
  } catch (error) {
    if (!error.parks) throw error;
    if (events.length === 1) {
      await outbox.settle([], [{ id: events[0].id, problem: error.problem }]);
      return 1;
    }
    const middle = Math.floor(events.length / 2);
    return (await sendOrHalve(events.slice(0, middle))) + (await sendOrHalve(events.slice(middle)));
  }
}

async function sendEvents() {
  for (;;) {
    const events = await outbox.number(policy().events_per_call ?? 500);
    if (!events.length || !(await sendOrHalve(events))) return;
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

async function askStatus(epochChanged) {
  const held = (await outbox.captures()).filter(
    (row) => row.state === "stored" || (epochChanged && row.state === "verified"),
  );
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
  for (const row of await outbox.captures()) {
    if (row.state === "verified" && now - row.verifiedAt > after) await outbox.eraseChunks(row.capture);
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
    await refreshMe();
    await work();
  }
}

async function readings() {
  if (state.pairing.revoked) return;
  if (Date.now() - meAt > ME_EVERY_MS) {
    await refreshMe();
    meAt = Date.now();
  }
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
  if (said.keys !== state.pairing.keys) await keep({ pairing: { ...state.pairing, keys: said.keys } });
  if (Math.abs(said.offsetMs - (state.choices.offsetMs ?? 0)) > CLOCK_MS) {
    await keep({ choices: { ...state.choices, offsetMs: Math.round(said.offsetMs) } });
  }
  const epochChanged = said.epoch !== state.pairing.epoch;
  await withToken(said.jws, async () => {
    await sendEvents();
    await withKeys(() => askStatus(epochChanged));
    if (epochChanged) await keep({ pairing: { ...state.pairing, epoch: said.epoch } });
    await withKeys(sendCaptures);
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
  if (unopened || waiting) {
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
