// "Berangkat dari kantor": the first tap of a day. From it the office knows that the team is on its way.
import { standing } from "../days.js";
import { toBringOnDay } from "../mind.js";
import * as outbox from "../outbox.js";
import { announce, button, h, icon } from "../parts.js";
import { position } from "../position.js";
import { officer } from "../state.js";
import { clock, t } from "../texts.js";
import { undoButton } from "./visit.js";

async function depart(date) {
  const id = await outbox.depart(date);
  if (!id) return;
  announce(t("departure.done"));
  await outbox.placeEvent(id, await position());
}

/** Whether the team has been at a home of this day, or has none left: it needs no tap any more. */
function isOut(held, facts) {
  const steps = held.stops.map((stop) => standing(stop, facts.get(stop.visit)).step);
  const came = [...facts.values()].some((fact) => fact.arrived?.at.startsWith(held.date)); // also at a home that is listed no more
  return came || steps.includes("arrived") || steps.includes("recorded") || !steps.includes("planned");
}

/** The button that says so, until the team has left. */
export function departureButton(held, { facts }) {
  if (!held?.stops.length || outbox.departure(facts, held.date) || isOut(held, facts)) return null;
  const onclick = () => depart(held.date);
  return h("div", { class: "actions departure" }, button({ class: "button primary wide", id: "depart", disabled: !officer(), onclick }, icon("depart"), t("departure.button")));
}

/** What to bring, before the team has left; then when it left, and the way back as long as there is one. */
export function departureNote(held, { facts, undoable }) {
  if (!held?.stops.length) return null;
  const left = outbox.departure(facts, held.date);
  if (left && undoable.has(left.event)) {
    return h("div", { class: "note done undo-note", id: "departed" }, h("p", {}, t("departure.undoable", { time: clock(left.at) })), undoButton(left.event));
  }
  if (left) return h("p", { class: "note done", id: "departed" }, t("departure.at", { time: clock(left.at) }));
  return isOut(held, facts) ? null : bringList(held);
}

/** Folded: what the whole day needs, and at how many homes. */
function bringList(held) {
  const things = toBringOnDay(held.stops);
  if (!things.length) return null;
  const rows = things.map(([what, n]) => h("li", {}, t("departure.bring-row", { what, n })));
  return h("details", { class: "bring", id: "bring" }, h("summary", {}, t("departure.bring", { n: things.length })), h("ul", {}, rows));
}
