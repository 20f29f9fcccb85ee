// The PIN is forgotten: what it protects is lost, so it goes, and the tablet can be paired again. The outbox stays:
// records are sealed for the office, and signed already. Reports leave under the number of the new pairing.
import { OLD_KEY } from "./adopt.js";
import { burnAllDraftKeys } from "./draft_keys.js";
import { burnPins } from "./pin.js";
import { burn, readTablet, writeOutbox, writeTablet } from "./store.js";

const STORES = ["keys", "state", "days", "drafts"];

/** How many drafts go with the PIN. */
export const countLost = async () => (await readTablet().getAllKeys("drafts")).filter((key) => !key.startsWith("home:")).length;

export async function forgetVault() {
  await writeOutbox(["events", "counters"], async (transaction) => {
    const events = transaction.objectStore("events");
    for (const event of await events.getAll()) {
      if (event.sent) await events.delete(event.id); // the office has it from the pairing before, and takes it from no other
      else await events.put({ ...event, sequence: null });
    }
    await transaction.objectStore("counters").put(0, "sequence");
  });
  await burnAllDraftKeys();
  await writeTablet(STORES, async (transaction) => {
    for (const name of STORES) await transaction.objectStore(name).clear();
  });
  await burn(OLD_KEY);
  await burnPins();
}
