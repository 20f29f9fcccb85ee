// The tablet's app: opens its databases, shows the frame, and follows the address after "#".
import "./policy.js";
import { startBar } from "./bar.js";
import { put } from "./dom.js";
import { announce, button, h, heading, icon, named } from "./parts.js";
import { changes, load, state } from "./state.js";
import { open, trouble } from "./store.js";
import * as sync from "./sync.js";
import { speak, t } from "./texts.js";
import { startWorker } from "./updates.js";
import * as capture from "./screens/capture.js";
import * as correct from "./screens/correct.js";
import * as fail from "./screens/fail.js";
import * as outbox from "./screens/outbox.js";
import * as pair from "./screens/pair.js";
import * as tablet from "./screens/tablet.js";
import * as today from "./screens/today.js";
import * as visit from "./screens/visit.js";

const ROUTES = [
  [/^\/?$/, today, () => ({})],
  [/^\/peta$/, today, () => ({ view: "map" })],
  [/^\/kunjungan\/([0-9a-f-]{36})$/, visit, ([, id]) => ({ visit: id })],
  [/^\/gagal\/([0-9a-f-]{36})$/, fail, ([, id]) => ({ visit: id })],
  [/^\/perbaiki\/([0-9a-f-]{36})$/, correct, ([, id]) => ({ visit: id })],
  [/^\/rekam\/([0-9a-f-]{36})$/, capture, ([, id]) => ({ visit: id })],
  [/^\/kotak$/, outbox, () => ({})],
  [/^\/tablet$/, tablet, () => ({ redrawAll })],
];
const root = document.getElementById("app");
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
    me && h("a", { class: "button secondary", id: "to-tablet", href: "#/tablet" }, icon("tablet"), t("head.tablet")),
  );
}

function screen() {
  if (!state.pairing) return [pair, { offered }];
  const path = location.hash.slice(1);
  for (const [pattern, page, read] of ROUTES) {
    const found = pattern.exec(path);
    if (found) return [page, read(found)];
  }
  return [today, {}];
}

async function follow() {
  const mine = (turn += 1);
  close?.();
  close = null;
  const place = h("div", {});
  root.replaceChildren(place);
  const [page, values] = screen();
  const end = await page.show(place, values);
  if (mine !== turn) {
    end?.();
    return;
  }
  close = end;
  document.body.dataset.screen = page === capture ? "capture" : "other";
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
  place.hidden = !state.pairing;
  if (!state.pairing) return;
  if (!bar) startBar(place);
  bar = true;
}

function refuse(text) {
  put(
    root,
    h("div", { class: "narrow" }, heading(t("app.broken")), h("p", {}, text), button({ class: "button primary", onclick: () => location.reload() }, t("app.reload"))),
  );
}

async function start() {
  document.documentElement.dataset.theme = localStorage.getItem("jb-theme") ?? "sun";
  if (!globalThis.isSecureContext || !crypto.subtle) return refuse(t("app.insecure"));
  try {
    await open();
    await load();
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
  redrawAll();
  startWorker(() => document.body.dataset.screen === "capture");
  return sync.start();
}

start();
