// One visit: who, where, what to mind, and the next thing to do.
import { findStop, standing } from "../days.js";
import { readDraft } from "../drafts.js";
import { put } from "../dom.js";
import * as outbox from "../outbox.js";
import {
  announce, backLink, button, callLink, h, heading, namedHeading, icon, interval, marks, phoneText, place, redraw, standingTag, stopNumber, word,
} from "../parts.js";
import { position } from "../position.js";
import { officer } from "../state.js";
import { age, clock, longDate, t } from "../texts.js";

/** "76 tahun, perempuan" */
export function who(stop, on) {
  const { birth_date: birth, sex } = stop.resident ?? {};
  const parts = [birth && t("stop.years", { n: age(birth, on) }), ["female", "male"].includes(sex) && t(`stop.${sex}`)];
  return parts.filter(Boolean).join(", ");
}

async function arrive(visit) {
  const id = await outbox.arrive(visit);
  announce(t("stop.arrived"));
  await outbox.placeEvent(id, await position());
}

async function undo(event) {
  announce((await outbox.undo(event)) ? t("stop.undone") : t("stop.undo-late"));
}

export const undoButton = (event) => button({ class: "button secondary", id: `undo-${event}`, onclick: () => undo(event) }, icon("undo"), t("stop.undo"));

/** The buttons of a stop as it stands. On a card (`compact`) only the next step and the call. */
export function actions({ stop, fact, stands, undoable, compact = false, draft = false }) {
  const buttons = [];
  const blocked = !officer();
  if (stands.step === "planned") {
    buttons.push(
      button(
        { class: "button primary", id: `arrive-${stop.visit}`, disabled: blocked, onclick: () => arrive(stop.visit) },
        icon("arrive"),
        t("stop.arrive"),
      ),
    );
  }
  if (stands.step === "arrived") {
    const text = draft ? t("stop.continue") : t("stop.capture");
    buttons.push(h("a", { class: "button primary", id: `capture-${stop.visit}`, href: `#/rekam/${stop.visit}` }, icon("pen"), text));
    if (undoable.has(fact?.arrived?.event)) buttons.push(undoButton(fact.arrived.event));
  }
  if (["planned", "arrived"].includes(stands.step)) {
    if (!compact) buttons.push(h("a", { class: "button secondary", href: `#/gagal/${stop.visit}` }, icon("close"), t("stop.fail")));
    buttons.push(callLink(stop));
  }
  if (undoable.has(fact?.outcome?.event)) buttons.push(undoButton(fact.outcome.event));
  return buttons.length ? h("div", { class: "actions" }, buttons) : null;
}

const row = (term, ...content) => (content.some(Boolean) ? h("div", {}, h("dt", {}, term), h("dd", {}, ...content)) : null);

function contact({ name, phone }) {
  if (!phone) return name;
  return [name, name && " · ", h("span", { class: "one-line" }, phoneText(phone))];
}

export function facts(stop, date) {
  const needs = (stop.skills ?? []).map((code) => word("skill", code)).join(", ");
  return h(
    "dl",
    { class: "facts" },
    row(t("stop.who"), who(stop, date)),
    row(t("stop.address"), stop.address && h("span", { class: "block" }, stop.address), h("span", { class: "block" }, place(stop)), stop.district),
    row(t("stop.contact"), contact(stop.contact ?? {})),
    row(t("stop.needs"), needs),
    row(t("stop.note"), stop.note),
  );
}

/** What was corrected here from this tablet, and the way back as long as there is one. */
function corrections(fact, undoable) {
  return ["contact_corrected", "location_fixed"]
    .filter((kind) => fact?.[kind])
    .map((kind) => {
      const { at, event } = fact[kind];
      const words = h("p", {}, t(`corrected.${kind}`, { time: clock(at) }));
      return h("div", { class: "note done undo-note" }, words, undoable.has(event) && undoButton(event));
    });
}

export async function show(root, { visit }) {
  let closed = false;

  async function draw() {
    const found = await findStop(visit);
    const [allFacts, events, draft] = await Promise.all([outbox.facts(), outbox.events(), readDraft(visit)]);
    if (closed) return;
    if (!found) {
      put(root, h("div", { class: "narrow" }, backLink("#/", t("stop.back")), heading(t("stop.missing"))));
      return;
    }
    const { stop, day } = found;
    const fact = allFacts.get(visit);
    const stands = standing(stop, fact);
    const undoable = new Set(events.filter((event) => event.sequence === null && !event.data.capture).map((event) => event.id));
    put(
      root,
      h(
        "div",
        { class: "narrow" },
        backLink("#/", t("stop.back")),
        h("div", { class: "visit-head" }, stopNumber(stop, day.team), namedHeading(t("stop.number", { n: stop.sequence }), stop.resident?.name)),
        h("p", { class: "lead" }, `${longDate(day.date)}, ${interval(stop)}`),
        h("div", { class: "tags" }, standingTag(stands), stands.at && h("span", { class: "muted" }, t("stop.at", { time: clock(stands.at) })), marks(stop)),
        stop.told && stands.step === "planned" && h("p", { class: "muted" }, t("stop.wait", { time: clock(stop.told[0]) })),
        actions({ stop, fact, stands, undoable, draft: Boolean(draft) }),
        corrections(fact, undoable),
        facts(stop, day.date),
        officer() && h("p", {}, h("a", { class: "button secondary", href: `#/perbaiki/${visit}` }, icon("pen"), t("stop.correct"))),
      ),
    );
  }

  const stop = redraw(["days", "outbox", "state"], draw);
  await draw();
  return () => {
    closed = true;
    stop();
  };
}
