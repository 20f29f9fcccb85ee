// Pieces that several screens show.
import { button, h, icon, tag } from "./dom.js";
import { phoneDigits } from "./fields.js";
import { changes, state } from "./state.js";
import { clock, known, t } from "./texts.js";

export const teamClass = (team) => `team-${((team?.id ?? 1) - 1) % 7}`;

/** The live region that says what was just done. */
export function announce(text) {
  document.getElementById("announce").textContent = text;
}

/** The reason of a trouble in words that say what to do. */
export function troubleText(trouble) {
  if (state.pairing?.revoked) return t("trouble.revoked");
  if (!trouble) return "";
  if (trouble.problem?.retry === "upgrade") return t("trouble.upgrade");
  return trouble.problem?.detail ?? t(`trouble.${trouble.kind}`);
}

export const word = (group, code) => (known(`${group}.${code}`) ? t(`${group}.${code}`) : code);

const SHAPE = { planned: "planned", arrived: "now", recorded: "done", failed: "failed", cancelled: "quiet" };

export function standingTag(standing) {
  const text = standing.step === "failed" && standing.code ? word("outcome", standing.code) : t(`stop.${standing.step}`);
  return tag(SHAPE[standing.step], text);
}

/** When the family expects the team; days kept from before do not say it. */
export const interval = ({ told, planned_arrive: arrive, planned_leave: leave }) => (told ?? [arrive, leave]).map(clock).join("–");

export function place(stop) {
  const rtRw = stop.rt || stop.rw ? t("stop.rt-rw", { rt: stop.rt || "–", rw: stop.rw || "–" }) : "";
  return [stop.village, rtRw].filter(Boolean).join(" · ");
}

/** What the officer has to know before knocking. */
export function marks(stop) {
  return [
    stop.infectious && tag("danger", t("stop.infectious")),
    stop.location?.approximate && tag("late", t("stop.approximate")),
    stop.category && tag("quiet", word("category", stop.category)),
    stop.attempt > 1 && tag("quiet", t("stop.attempt", { n: stop.attempt })),
    stop.kind === "delivery" && tag("quiet", t("stop.delivery")),
  ].filter(Boolean);
}

export function callLink(stop) {
  const phone = stop.contact?.phone;
  if (!phone) return h("span", { class: "muted no-phone" }, icon("phone"), t("stop.no-phone"));
  const who = stop.contact.name ? t("stop.call", { name: stop.contact.name }) : t("stop.call-family");
  return h("a", { class: "button secondary", href: `tel:${phoneDigits(phone)}` }, icon("phone"), who);
}

export function stopNumber(stop, team) {
  return h("span", { class: `stop-number ${teamClass(team)}` }, h("span", { class: "sr-only" }, t("stop.number", { n: "" })), stop.sequence);
}

/** "0812-3456-7890" for "+6281234567890"; a foreign number as it is. */
export function phoneText(phone) {
  const digits = /^\+62(\d{8,12})$/.exec(phone)?.[1];
  return digits ? `0${digits.slice(0, 3)}-${digits.slice(3, 7)}-${digits.slice(7)}` : phone;
}

const UNITS = [["GB", 2 ** 30, 1], ["MB", 2 ** 20, 1], ["KB", 2 ** 10, 0]];

export function size(bytes) {
  const [unit, bytesOfUnit, maximumFractionDigits] = UNITS.find(([, one]) => bytes >= one) ?? UNITS.at(-1);
  const text = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits }).format(bytes / bytesOfUnit);
  return `${text} ${unit}`;
}

export const backLink = (href, text) => h("a", { class: "back", href }, icon("back"), text);

/** The window is called after the screen's heading. */
export function named() {
  const head = document.getElementById("heading");
  document.title = `${head?.dataset.title ?? head?.textContent ?? ""} · Jemput Bola`;
}

/** The heading of a screen; focus goes there when the screen changes. */
export const heading = (...children) => h("h1", { id: "heading", tabindex: "-1" }, ...children);

/** The same with somebody's name in it, which must not become the window's title: browsers write those down. */
export const namedHeading = (title, ...children) => h("h1", { id: "heading", tabindex: "-1", "data-title": title }, ...children);

/** Calls `draw` when one of these changes is told, once a frame at most. Gives the function that stops it. */
export function redraw(kinds, draw) {
  let asked = false;
  const hear = ({ detail }) => {
    if (asked || !kinds.includes(detail)) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      draw();
    });
  };
  changes.addEventListener("change", hear);
  return () => changes.removeEventListener("change", hear);
}

export { button, h, icon, tag };
