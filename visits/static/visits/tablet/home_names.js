// Who lives where a record or a report was made, as long as this tablet may know it: while it is unlocked.
import { day, heldDates } from "./days.js";
import { findHome } from "./drafts.js";

/** visit -> {name, place} of the homes among `visits` that a day of this tablet names, or something half done there. */
export async function homeNames(visits) {
  const found = new Map();
  const add = ({ visit, resident, village }) => found.set(visit, { name: resident?.name ?? "", place: village ?? "" });
  for (const date of await heldDates()) (await day(date))?.stops.forEach(add);
  for (const visit of new Set(visits)) {
    if (!visit || found.has(visit)) continue;
    const home = await findHome(visit);
    if (home) add(home.stop);
  }
  return found;
}
