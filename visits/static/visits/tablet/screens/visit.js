// One visit: who, where, what to mind, and the next thing to do.
import { standing } from "../days.js";
import { findHome, keepHome, readDraft } from "../drafts.js";
import { put } from "../dom.js";
import { toBring, toMind } from "../mind.js";
import * as outbox from "../outbox.js";
import {
  announce, backLink, button, callLink, h, heading, namedHeading, icon, interval, marks, phoneText, place, redraw, standingTag, stopNumber,
} from "../parts.js";
import { position } from "../position.js";
import { changed, officer, state } from "../state.js";
import { age, clock, longDate, t, today } from "../texts.js";

/** "76 tahun, perempuan" */
export function who(stop, on) {
  const { birth_date: birth, sex } = stop.resident ?? {};
  const parts = [birth && t("stop.years", { n: age(birth, on) }), ["female", "male"].includes(sex) && t(`stop.${sex}`)];
  return parts.filter(Boolean).join(", ");
}

let asked = null; // the visit of another day whose arrival waits for a yes

const isToday = (date) => date === today(state.choices.offsetMs ?? 0);

function ask(visit) {
  asked = visit;
  changed("asked");
}

async function arrive(visit, { firm = false } = {}) {
  asked = null;
  const home = await findHome(visit);
  if (home) await keepHome(home);
  const id = await outbox.arrive(visit, { firm });
  announce(t("stop.arrived"));
  await outbox.placeEvent(id, await position());
}

async function undo(event) {
  announce((await outbox.undo(event)) ? t("stop.undone") : t("stop.undo-late"));
}

export const undoButton = (event) => button({ class: "button secondary", id: `undo-${event}`, onclick: () => undo(event) }, icon("undo"), t("stop.undo"));

/** "Kunjungan ini untuk besok": an arrival on another day than the plan's is asked for. */
function arrivalQuestion(stop, date) {
  return h(
    "div",
    { class: "note waiting", id: `ask-${stop.visit}`, role: "alert" },
    h("p", {}, t("stop.other-day", { date: longDate(date) })),
    h(
      "div",
      { class: "actions" },
      button({ class: "button primary", id: `sure-${stop.visit}`, onclick: () => arrive(stop.visit, { firm: true }) }, icon("arrive"), t("stop.arrive-sure")),
      button({ class: "button secondary", onclick: () => ask(null) }, icon("close"), t("stop.arrive-not")),
    ),
  );
}

/** The way there in the tablet's own map app. The label tells it a number, not a name. */
export function wayLink({ location, sequence }) {
  if (!Number.isFinite(location?.lat)) return null;
  const place = `${location.lat},${location.lon}`;
  const label = encodeURIComponent(t("stop.number", { n: sequence }));
  return h("a", { class: "button secondary", href: `geo:${place}?q=${place}(${label})` }, icon("depart"), t("stop.way"));
}

/** The buttons of a stop of the day `date` as it stands. On a card (`compact`) only the next step and the call. */
export function actions({ stop, date, fact, stands, undoable, compact = false, draft = false }) {
  if (asked === stop.visit && stands.step === "planned") return arrivalQuestion(stop, date);
  const buttons = [];
  const blocked = !officer();
  if (stands.step === "planned" && !draft) {
    buttons.push(
      button(
        { class: "button primary", id: `arrive-${stop.visit}`, disabled: blocked, onclick: () => (isToday(date) ? arrive(stop.visit) : ask(stop.visit)) },
        icon("arrive"),
        t("stop.arrive"),
      ),
    );
  }
  if (stands.step === "arrived" || (draft && stands.step !== "recorded")) {
    const text = draft ? t("stop.continue") : t("stop.capture");
    buttons.push(h("a", { class: "button primary", id: `capture-${stop.visit}`, href: `#/rekam/${stop.visit}` }, icon("pen"), text));
    if (undoable.has(fact?.arrived?.event)) buttons.push(undoButton(fact.arrived.event));
  }
  if (["planned", "arrived"].includes(stands.step)) {
    if (!compact) buttons.push(h("a", { class: "button secondary", href: `#/gagal/${stop.visit}` }, icon("close"), t("stop.fail")));
    if (stands.step === "planned") buttons.push(wayLink(stop));
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
  const [bring, mind] = [toBring(stop), toMind(stop)];
  return h(
    "dl",
    { class: "facts" },
    row(t("stop.needs"), bring.join(", ")),
    row(t("stop.mind"), mind.map((one) => h("span", { class: "block" }, one))),
    row(t("stop.who"), who(stop, date)),
    row(t("stop.address"), stop.address && h("span", { class: "block" }, stop.address), h("span", { class: "block" }, place(stop)), stop.district),
    row(t("stop.contact"), contact(stop.contact ?? {})),
    row(t("stop.note"), stop.note),
  );
}

/** What was corrected here from this tablet, and the way back as long as there is one. */
function corrections(fact, undoable) {
  return ["contact_corrected", "location_fixed", "walk_in"]
    .filter((kind) => fact?.[kind])
    .map((kind) => {
      const { at, event } = fact[kind];
      const words = h("p", {}, t(`corrected.${kind}`, { time: clock(at) }));
      return h("div", { class: "note done undo-note" }, words, undoable.has(event) && undoButton(event));
    });
}

/** Whether the team is, or was, at this home. */
const isAtHome = ({ step }) => !["planned", "cancelled"].includes(step);

export async function show(root, { visit }) {
  let closed = false;

  async function draw() {
    const found = await findHome(visit);
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
        found.gone && h("p", { class: "note waiting" }, t("stop.gone")),
        actions({ stop, date: day.date, fact, stands, undoable, draft: Boolean(draft) }),
        corrections(fact, undoable),
        facts(stop, day.date),
        h(
          "div",
          { class: "actions" },
          officer() && h("a", { class: "button secondary", href: `#/perbaiki/${visit}` }, icon("pen"), t("stop.correct")),
          officer() && isAtHome(stands) && h("a", { class: "button secondary", href: `#/warga-lain/${visit}` }, icon("pen"), t("walk.title")),
          h("a", { class: "button secondary", href: "#/peta" }, icon("map"), t("stop.open-map")),
        ),
      ),
    );
  }

  const stop = redraw(["asked", "days", "drafts", "outbox", "state"], draw);
  await draw();
  return () => {
    closed = true;
    stop();
  };
}
