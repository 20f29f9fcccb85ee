// A day of the team: its stops as big cards, beside or behind a map.
import { OPEN_STEPS, day, heldDates, nextStop, standing } from "../days.js";
import { put } from "../dom.js";
import { findHome } from "../drafts.js";
import { forgetLoss } from "../ledger.js";
import { toBring, toMind } from "../mind.js";
import * as outbox from "../outbox.js";
import { departureButton, departureNote } from "./departure.js";
import { actions, undoButton, who } from "./visit.js";
import {
  announce, button, callLink, h, heading, icon, interval, marks, named, place, redraw, standingTag, stopNumber, teamClass, word,
} from "../parts.js";
import { planNews } from "./plan_news.js";
import { storageWarning } from "./storage.js";
import { unfinishedList } from "./unfinished.js";
import { keep, officer, state } from "../state.js";
import { clock, longDate, shortDate, t, today } from "../texts.js";

const WIDE = matchMedia("(min-width: 62rem)");
let chosenDate = null; // stays while the app is open
let chosenView = "list";

const now = () => today(state.choices.offsetMs ?? 0);

function officerCard() {
  return h(
    "section",
    { class: "card ask", "aria-labelledby": "ask" },
    h("h2", { id: "ask" }, t("officer.ask")),
    h(
      "div",
      { class: "actions" },
      (state.me?.officers ?? []).map((one) =>
        button(
          { class: "button primary", onclick: () => keep({ choices: { ...state.choices, officer: one.id } }) },
          one.name,
        ),
      ),
    ),
  );
}

/** What went with an outbox that the browser threw away; it stays until somebody has read it. */
async function lossNote() {
  const { loss } = state;
  if (!loss) return null;
  const homes = await Promise.all(loss.records.map(findHome));
  const names = homes.map((home) => home?.stop.resident?.name || t("unfinished.nameless"));
  return h(
    "section",
    { class: "note danger", id: "loss", role: "alert" },
    h("h2", {}, t("loss.title")),
    h("p", {}, loss.records.length || loss.events ? t("loss.text", { records: loss.records.length, events: loss.events }) : t("loss.nothing")),
    names.length > 0 && h("ul", {}, names.map((name) => h("li", {}, name))),
    button({ class: "button secondary", onclick: forgetLoss }, icon("check"), t("today.message-read")),
  );
}

function messages() {
  const read = state.choices.read ?? [];
  return (state.listing?.messages ?? [])
    .filter((message) => !read.includes(message.id))
    .map((message) =>
      h(
        "section",
        { class: "note waiting" },
        h("h2", {}, t("today.message")),
        h("p", {}, message.text),
        button({ class: "button secondary", onclick: () => markRead(message.id) }, icon("check"), t("today.message-read")),
      ),
    );
}

async function markRead(id) {
  await outbox.readMessage(id);
  await keep({ choices: { ...state.choices, read: [...(state.choices.read ?? []), id].slice(-50) } });
}

function card(stop, held, context) {
  const { facts, undoable, next } = context;
  const fact = facts.get(stop.visit);
  const stands = standing(stop, fact);
  const isNext = next === stop.visit;
  const isOpen = isNext || stands.step === "arrived";
  const steps = isOpen ? actions({ stop, date: held.date, fact, stands, undoable, compact: true }) : stands.step === "planned" && h("div", { class: "actions" }, callLink(stop));
  return h(
    "li",
    { class: `card stop ${stands.step} ${isNext ? "next" : ""} ${teamClass(held.team)}` },
    h(
      "a",
      { class: "stop-link", href: `#/kunjungan/${stop.visit}`, id: `stop-${stop.visit}` },
      stopNumber(stop, held.team),
      h(
        "span",
        { class: "stop-text" },
        h("span", { class: "stop-time" }, interval(stop), isNext && h("strong", {}, t("stop.next"))),
        h("strong", { class: "stop-name" }, stop.resident?.name),
        h("span", { class: "muted" }, who(stop, held.date)),
        h("span", {}, place(stop)),
      ),
      icon("forward"),
    ),
    isOpen && steps, // the main button first, in sight on a small screen
    h("div", { class: "tags" }, standingTag(stands), marks(stop)),
    isOpen && mindLines(stop),
    !isOpen && steps,
  );
}

/** What to bring to the next home, and what to mind there. */
function mindLines(stop) {
  const [bring, mind] = [toBring(stop), toMind(stop)];
  return [
    bring.length > 0 && h("p", { class: "small" }, h("strong", {}, `${t("stop.needs")}: `), bring.join(", ")),
    mind.length > 0 && [h("p", { class: "small mind" }, h("strong", {}, t("stop.mind"))), h("ul", { class: "small mind" }, mind.map((one) => h("li", {}, one)))],
  ];
}

/** The way to the end of the day; the main button once no home is left. */
const closeLink = (next) =>
  h("div", { class: "actions" }, h("a", { class: `button ${next ? "secondary" : "primary"}`, id: "close-day", href: "#/tutup" }, icon("check"), t("close.title")));

let finishedShown = false; // stays while the app is open

function finishedStops(stops, held, all) {
  if (!stops.length) return null;
  const ontoggle = ({ target }) => {
    finishedShown = target.open;
  };
  const cards = h("ol", { class: "stops" }, stops.map((stop) => card(stop, held, all)));
  return h("li", {}, h("details", { id: "finished", open: finishedShown, ontoggle }, h("summary", { id: "finished-n" }, t("today.finished", { n: stops.length })), cards));
}

/** The next home first, whatever its number; then `notes`, the homes to come, and those that are done, folded. */
function stopList(held, all, notes) {
  const isOpen = (stop) => OPEN_STEPS.includes(standing(stop, all.facts.get(stop.visit)).step);
  const next = held.stops.filter((stop) => stop.visit === all.next);
  const later = held.stops.filter((stop) => isOpen(stop) && stop.visit !== all.next);
  const told = notes.flat().filter(Boolean);
  const draw = (stops) => stops.map((stop) => card(stop, held, all));
  return h(
    "ol",
    { class: "stops", "aria-label": t("today.stops") },
    draw(next),
    told.length > 0 && h("li", { class: "notes" }, told),
    draw(later),
    finishedStops(held.stops.filter((stop) => !isOpen(stop)), held, all),
  );
}

const inVillages = (held) => (held.villages ?? []).reduce((sum, row) => sum + row.count, 0);

function summary(held) {
  const rows = held.villages ?? [];
  const count = inVillages(held);
  if (!count) return null;
  return [
    h("p", {}, t("today.summary", { count })),
    h(
      "ul",
      { class: "plain" },
      rows.map((row) => h("li", { class: "card" }, h("strong", {}, t("today.summary-row", row)), " · ", t("today.count", { n: row.count }))),
    ),
  ];
}

async function empty(date, dates) {
  for (const other of dates.filter((one) => one > date)) {
    const held = await day(other);
    if (held && (held.stops.length || held.villages?.length)) {
      return h(
        "div",
        { class: "empty" },
        h("p", {}, t("today.empty")),
        h("p", {}, t("today.empty-next", { date: longDate(other), n: held.stops.length || inVillages(held) })),
        button({ class: "button primary", onclick: () => choose(other) }, t("today.empty-go", { date: shortDate(other) })),
      );
    }
  }
  const text = dates.length ? [t("today.empty"), t("today.empty-wait")] : [t("today.not-fetched")];
  return h("div", { class: "empty" }, text.map((line) => h("p", {}, line)));
}

async function choose(date) {
  chosenDate = date;
  await state.redrawToday?.();
  named();
  if (document.activeElement === document.body) document.getElementById("heading")?.focus({ preventScroll: true });
  announce(longDate(date));
}

function dayPicker(date, dates) {
  const at = dates.indexOf(date);
  const step = (by, label, sign) =>
    button(
      { class: "button secondary square", id: `day${by}`, disabled: !dates[at + by], onclick: () => choose(dates[at + by]) },
      icon(sign),
      h("span", { class: "sr-only" }, label),
    );
  const name = { 0: t("today.today"), 1: t("today.tomorrow") }[Math.round((Date.parse(date) - Date.parse(now())) / 86_400_000)];
  return h(
    "div",
    { class: "day-picker" },
    step(-1, t("today.previous"), "back"),
    heading(name ? h("span", { class: "day-name" }, name, h("span", { class: "sr-only" }, ", ")) : null, longDate(date)),
    step(1, t("today.next"), "forward"),
  );
}

function viewPicker() {
  const pick = (view, sign) =>
    button(
      {
        class: "segment",
        id: `view-${view}`,
        "aria-pressed": String(chosenView === view),
        onclick: () => {
          chosenView = view;
          state.redrawToday?.();
        },
      },
      icon(sign),
      t(`today.${view}`),
    );
  return h("div", { class: "segments" }, pick("list", "list"), pick("map", "map"));
}

function progressLine(held, facts) {
  const done = held.stops.filter((stop) => !OPEN_STEPS.includes(standing(stop, facts.get(stop.visit)).step));
  const hours = held.shift ? t("today.hours", { start: clock(held.shift.start), end: clock(held.shift.end) }) : "";
  return h("p", { class: "muted progress-line" }, [t("today.progress", { done: done.length, all: held.stops.length }), hours].filter(Boolean).join(" · "));
}

/** What was tapped last, at the top of the list, as long as it can be taken back. */
function undoNotes(held, { facts, undoable }) {
  return (held?.stops ?? [])
    .filter((stop) => undoable.has(facts.get(stop.visit)?.outcome?.event))
    .map((stop) => {
      const { event, code } = facts.get(stop.visit).outcome;
      const words = t("stop.noted", { name: stop.resident?.name, outcome: word("outcome", code) });
      return h("div", { class: "note waiting undo-note" }, h("p", {}, words), undoButton(event));
    });
}

async function context(held) {
  const [facts, events] = await Promise.all([outbox.facts(), outbox.events()]);
  const undoable = new Set(events.filter((event) => event.sequence === null && !event.data.capture).map((event) => event.id));
  return { facts, undoable, next: nextStop(held?.stops ?? [], facts)?.visit };
}

export async function show(root, { view }) {
  if (view) chosenView = view;
  const mapPlace = h("div", { class: "map-place" });
  const listPlace = h("div", { class: "list-place" });
  put(root, h("div", { class: "today" }, listPlace, mapPlace));
  let map = null;
  let closed = false;

  async function drawMap(held, facts) {
    const wanted = held?.stops.length && (WIDE.matches || chosenView === "map");
    mapPlace.hidden = !wanted;
    if (!wanted) return;
    try {
      const { DayMap } = await import("../map.js");
      if (closed) return;
      map ??= new DayMap(mapPlace);
      await map.draw({ held, facts });
    } catch (error) {
      console.error(error);
      put(mapPlace, h("p", { class: "note waiting" }, t("map.failed")));
    }
  }

  async function draw() {
    const dates = await heldDates();
    const date = chosenDate ?? (dates.includes(now()) ? now() : (state.listing?.today ?? now()));
    const held = await day(date);
    const [all, loss, room] = await Promise.all([context(held), lossNote(), storageWarning()]);
    const unfinished = await unfinishedList(held?.stops.map((stop) => stop.visit));
    const isFull = held?.stops.length > 0;
    const notes = [
      undoNotes(held, all),
      date === now() && departureNote(held, all),
      planNews(held),
      loss,
      messages(),
      room,
      unfinished && h("section", { class: "note waiting" }, h("h2", {}, t("unfinished.title")), unfinished),
    ];
    const content = isFull ? stopList(held, all, notes) : [notes, (held && summary(held)) ?? (await empty(date, dates))];
    if (closed) return;
    put(
      listPlace,
      dayPicker(date, dates),
      isFull && progressLine(held, all.facts),
      isFull && !WIDE.matches && viewPicker(),
      date !== now() && isFull && h("p", { class: "note waiting" }, t("today.other-day")),
      state.me?.capture_keys?.length === 0 && h("p", { class: "note danger", role: "alert" }, t("today.no-office-key")),
      !officer() && state.me?.officers?.length > 0 && officerCard(),
      date === now() && departureButton(held, all),
      WIDE.matches || chosenView === "list" || !isFull ? content : notes,
      date === now() && isFull && closeLink(all.next),
    );
    root.firstChild.classList.toggle("with-map", Boolean(held?.stops.length) && WIDE.matches);
    await drawMap(held, all.facts);
  }

  state.redrawToday = draw;
  const stop = redraw(["asked", "days", "drafts", "outbox", "state"], draw);
  WIDE.addEventListener("change", draw);
  await draw();
  announce("");
  return () => {
    closed = true;
    stop();
    WIDE.removeEventListener("change", draw);
    map?.remove();
    state.redrawToday = null;
  };
}
