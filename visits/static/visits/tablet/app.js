// The tablet's app: opens its databases, shows the frame, and follows the address after "#".
import "./policy.js";
import { finishAdoption, isOld } from "./adopt.js";
import { startBar } from "./bar.js";
import { put } from "./dom.js";
import { tidyDraftKeys } from "./draft_keys.js";
import { tidyDrafts } from "./drafts.js";
import { Idle } from "./idle.js";
import { announce, button, h, heading, icon, named } from "./parts.js";
import { watchOutbox } from "./ledger.js";
import { burnOldPins, readPin } from "./pin.js";
import { changed, changes, loadChoices, loadSecrets, policy, state } from "./state.js";
import { open, trouble } from "./store.js";
import * as sync from "./sync.js";
import { speak, t } from "./texts.js";
import { watchTyping } from "./typed.js";
import { startWorker } from "./updates.js";
import { isOpen, lock } from "./vault.js";
import * as capture from "./screens/capture.js";
import * as changePin from "./screens/change_pin.js";
import * as choosePin from "./screens/choose_pin.js";
import * as closeDay from "./screens/close_day.js";
import * as correct from "./screens/correct.js";
import * as fail from "./screens/fail.js";
import * as locked from "./screens/lock.js";
import * as outbox from "./screens/outbox.js";
import * as pair from "./screens/pair.js";
import * as revoked from "./screens/revoked.js";
import * as tablet from "./screens/tablet.js";
import * as today from "./screens/today.js";
import * as visit from "./screens/visit.js";
import * as walkIn from "./screens/walk_in.js";

const slip = { show: async (...given) => (await import("./screens/slip.js")).show(...given) }; // not at the start: it draws QR codes

const ROUTES = [
  [/^\/?$/, today, () => ({})],
  [/^\/peta$/, today, () => ({ view: "map" })],
  [/^\/kunjungan\/([0-9a-f-]{36})$/, visit, ([, id]) => ({ visit: id })],
  [/^\/gagal\/([0-9a-f-]{36})$/, fail, ([, id]) => ({ visit: id })],
  [/^\/perbaiki\/([0-9a-f-]{36})$/, correct, ([, id]) => ({ visit: id })],
  [/^\/rekam\/([0-9a-f-]{36})(?:\/([a-z]+))?$/, capture, ([, id, step]) => ({ visit: id, step })],
  [/^\/tanda-terima\/([0-9a-f-]{36})$/, slip, ([, id]) => ({ capture: id })],
  [/^\/warga-lain\/([0-9a-f-]{36})$/, walkIn, ([, id]) => ({ visit: id })],
  [/^\/tutup$/, closeDay, () => ({})],
  [/^\/kotak$/, outbox, () => ({})],
  [/^\/tablet$/, tablet, () => ({ redrawAll })],
  [/^\/pin$/, changePin, () => ({ lockNow })],
];
const root = document.getElementById("app");
const LOCK_MINUTES = 5;
let gate = null; // the screen before all others: locked, or choosePin
let heldPin = null;
let idle = null;
let offered = null; // a pairing code from the QR link
let close = null;
let turn = 0;

/** "#kode=…&sidik=…" of the QR link, taken out of the address at once. */
function takeOffer() {
  const values = new URLSearchParams(location.hash.slice(1));
  if (!values.get("kode")) return;
  offered = { code: values.get("kode"), fingerprint: values.get("sidik") };
  history.replaceState(null, "", "#/");
}

function theme(name) {
  document.documentElement.dataset.theme = name;
  localStorage.setItem("jb-theme", name);
  drawHead();
}

function drawHead() {
  const night = document.documentElement.dataset.theme === "night";
  const { me } = state;
  put(
    document.getElementById("head"),
    h("a", { class: "home", href: "#/" }, h("strong", {}, me?.team?.name ?? "Jemput Bola"), me && h("span", {}, t("head.list"))),
    button({ class: "button secondary", id: "theme", onclick: () => theme(night ? "sun" : "night") }, icon(night ? "sun" : "moon"), night ? t("head.sun") : t("head.night")),
    me && !gate && h("a", { class: "button secondary", id: "to-tablet", href: "#/tablet" }, icon("tablet"), t("head.tablet")),
  );
}

function screen() {
  if (state.wiped) return [revoked, {}];
  if (gate) {
    const held = heldPin; // as it was read at the start; whoever locks later reads it anew
    heldPin = null;
    return [gate, { opened, held }];
  }
  if (!state.pairing) return [pair, { offered }];
  const path = location.hash.slice(1);
  if (state.pairing.revoked && path !== "/kotak") return [revoked, {}];
  for (const [pattern, page, read] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return [page, read(found)];
  }
  return [today, {}];
}

/** A screen that fails says so in its place. */
async function showScreen(page, place, values) {
  try {
    return await page.show(place, values);
  } catch (error) {
    console.error(error);
    put(place, h("div", { class: "narrow" }, heading(t("app.screen-failed")), h("p", {}, t("trouble.fault")), reloadButton()));
    return null;
  }
}

const reloadButton = () => button({ class: "button primary", onclick: () => location.reload() }, t("app.reload"));

/** What failed without anybody waiting for it is said on the screen: the last tap may be lost. */
function sayFault(error) {
  if (!error) return;
  console.error(error);
  if (document.getElementById("fault")) return;
  const note = h(
    "div",
    { class: "note danger", id: "fault", role: "alert" },
    h("p", {}, t("fault.text")),
    h("div", { class: "actions" }, button({ class: "button secondary", onclick: () => note.remove() }, icon("close"), t("fault.close")), reloadButton()),
  );
  root.before(note);
}

async function follow() {
  const mine = (turn += 1);
  close?.();
  close = null;
  const place = h("div", {});
  root.replaceChildren(place);
  const [page, values] = screen();
  const end = await showScreen(page, place, values);
  if (mine !== turn) {
    end?.();
    return;
  }
  close = end;
  document.body.dataset.screen = page === capture ? "capture" : "other";
  idle.look();
  named();
  if (mine > 1) {
    scrollTo(0, 0);
    document.getElementById("heading")?.focus({ preventScroll: true });
  }
}

function redrawAll() {
  document.getElementById("skip").textContent = t("app.skip");
  drawHead();
  startBarOnce();
  follow();
}

let bar = false;
function startBarOnce() {
  const place = document.getElementById("bar");
  place.hidden = Boolean(state.wiped) || (gate ? gate !== locked : !state.pairing);
  if (place.hidden) return;
  if (!bar) startBar(place);
  bar = true;
}

function refuse(text) {
  put(
    root,
    h("div", { class: "narrow" }, heading(t("app.broken")), h("p", {}, text), reloadButton()),
  );
}

const recording = () => document.body.dataset.screen === "capture";

/** The tablet was unlocked: what was forgotten is read again. */
async function opened() {
  await finishAdoption();
  await loadSecrets();
  await tidyDrafts().catch(console.error); // before any day is renewed
  gate = null;
  idle.begin();
  redrawAll();
  sync.syncNow();
  await burnOldPins();
  await tidyDraftKeys();
}

/** What is typed is written first; then keys and everything read with them are forgotten. */
async function lockNow() {
  if (!isOpen() || gate) return;
  gate = locked;
  delete document.body.dataset.lockDue;
  turn += 1;
  close?.();
  close = null;
  root.replaceChildren();
  await lock();
  changed("state");
  redrawAll();
}

function watchIdle() {
  idle = new Idle({
    minutes: () => policy().lock_minutes ?? LOCK_MINUTES,
    busy: recording,
    lock: lockNow,
    due: () => {
      document.body.dataset.lockDue = "true";
      announce(t("lock.due"));
      changed("state");
    },
  });
}

async function findGate() {
  heldPin = await readPin();
  if (heldPin) return locked;
  return (await isOld()) ? choosePin : null;
}

async function start() {
  document.documentElement.dataset.started = "1"; // from here on the app speaks for itself (boot.js)
  addEventListener("error", ({ error }) => sayFault(error));
  addEventListener("unhandledrejection", ({ reason }) => sayFault(reason));
  document.documentElement.dataset.theme = localStorage.getItem("jb-theme") ?? "sun";
  if (!globalThis.isSecureContext || !crypto.subtle) return refuse(t("app.insecure"));
  try {
    await open();
    const found = findGate();
    found.catch(() => {}); // told below
    await loadChoices();
    await watchOutbox();
    gate = await found;
  } catch (error) {
    console.error(error);
    return refuse(t("app.storage"));
  }
  trouble.addEventListener("lost", () => refuse(t("app.storage-lost")));
  speak(state.choices.language ?? "id");
  takeOffer();
  addEventListener("hashchange", () => {
    const before = offered;
    takeOffer();
    if (offered !== before && state.pairing) announce("");
    startBarOnce();
    drawHead();
    follow();
  });
  changes.addEventListener("change", ({ detail }) => {
    if (detail === "state") drawHead();
    if (detail === "paired") redrawAll();
  });
  watchIdle();
  watchTyping();
  redrawAll();
  startWorker(recording);
  return sync.start();
}

start();
