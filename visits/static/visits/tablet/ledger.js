// What waits in the outbox, noted in the other database: if the browser throws the outbox away, the tablet says what is
// gone with it.
import { uuid7 } from "./ids.js";
import * as outbox from "./outbox.js";
import { changes, keep, state } from "./state.js";

const NOTE_MS = 200;
let timer = null;

async function write() {
  const [mark, events, captures] = await Promise.all([outbox.readCounter("mark"), outbox.events(), outbox.captures()]);
  const records = captures.filter((row) => ["sealed", "uploading"].includes(row.state)).map((row) => row.visit);
  const ledger = { mark, events: events.length, records };
  if (JSON.stringify(ledger) !== JSON.stringify(state.ledger)) await keep({ ledger }, { quiet: true });
}

/** At the start: is this the outbox that was here before? If not, `state.loss` says what it held; then keep notes. */
export async function watchOutbox() {
  const { ledger } = state;
  const mark = await outbox.readCounter("mark");
  if (!mark) await outbox.setCounter("mark", uuid7());
  if (ledger && ledger.mark !== mark) {
    const before = state.loss ?? { events: 0, records: [] };
    const records = [...new Set([...before.records, ...ledger.records])];
    await keep({ loss: { at: Date.now(), events: before.events + ledger.events, records } });
  }
  await write();
  changes.addEventListener("change", ({ detail }) => {
    if (detail !== "outbox") return;
    timer ??= setTimeout(() => {
      timer = null;
      write().catch(console.error);
    }, NOTE_MS);
  });
}

/** The officer has read what is gone. */
export const forgetLoss = () => keep({ loss: null });
