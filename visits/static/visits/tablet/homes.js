// What the bar and the end of a day count: homes, not the records and reports that were made there.
import * as outbox from "./outbox.js";
import { state } from "./state.js";
import { today } from "./texts.js";

const ORDER = ["sent", "carried", "waiting", "parked"]; // what a home is, the worst of what it has

const isOn = (one, date) => typeof one?.at === "string" && one.at.startsWith(date); // texts, too, have an `at`

/** The homes a fact of which was made on this date; days, too, have facts. */
const visited = (facts, date) =>
  [...facts.values()]
    .filter((fact) => !fact.visit.startsWith("day:") && Object.values(fact).some((one) => isOn(one, date)))
    .map((fact) => fact.visit);

/** Homes whose every record that is still here lies in a file: records' ids sort by their making. */
function carriedHomes(held, carriedTo) {
  const later = new Set(held.filter((row) => !carriedTo || row.capture > carriedTo).map((row) => row.visit));
  return new Set(held.map((row) => row.visit).filter((visit) => !later.has(visit)));
}

/** When something was last said of a home on this date (ISO, as facts have it); "" if nothing was. */
export const lastFact = (facts, date) =>
  visited(facts, date)
    .flatMap((visit) => Object.values(facts.get(visit)).map((one) => (isOn(one, date) ? one.at : "")))
    .reduce((latest, at) => (at > latest ? at : latest), "");

/** Map of visit -> "parked" | "waiting" | "sent": what this tablet still holds, and whose everything is handed in of the
    homes where it was on `date`. Under "" what belongs to no home. With `carriedTo`, the last record that was saved to a
    file, a home is "carried" if its records are there. */
export async function standings(date, { carriedTo = null } = {}) {
  const [facts, events, captures] = await Promise.all([outbox.facts(), outbox.events(), outbox.captures()]);
  const found = new Map(visited(facts, date).map((visit) => [visit, "sent"]));
  const add = (visit, stands) => {
    const before = found.get(visit ?? "") ?? "sent";
    found.set(visit ?? "", ORDER[Math.max(ORDER.indexOf(before), ORDER.indexOf(stands))]);
  };
  const held = captures.filter((one) => one.parked || outbox.isWaiting(one));
  const carried = carriedHomes(held, carriedTo);
  const counted = events.filter((event) => event.kind !== "day_closed"); // the word that all is done is no part of it
  for (const { visit, parked } of [...counted, ...held]) add(visit, carried.has(visit) ? "carried" : parked ? "parked" : "waiting");
  return found;
}

/** {waiting, sent, parked} in homes: `sent` of today, the others of whenever. `others`: reports of no home that wait. */
export async function countHomes() {
  const [found, events] = await Promise.all([standings(today(state.choices.offsetMs ?? 0)), outbox.events()]);
  const count = (stands) => [...found].filter(([visit, one]) => visit && one === stands).length;
  const others = events.filter((event) => !event.visit).length;
  return { waiting: count("waiting"), sent: count("sent"), parked: count("parked"), others };
}
