// What the tablet says, in Indonesian first. Values go into the text where it has their name in braces.
import en from "./texts/en.js";
import enDay from "./texts/en_day.js";
import enScanners from "./texts/en_scanners.js";
import id from "./texts/id.js";
import idDay from "./texts/id_day.js";
import idScanners from "./texts/id_scanners.js";

const languages = { id: { ...id, ...idDay, ...idScanners }, en: { ...en, ...enDay, ...enScanners } };
const zone = document.documentElement.dataset.timeZone ?? "Asia/Jakarta";
let current = "id";

export function speak(language) {
  current = language in languages ? language : "id";
  document.documentElement.lang = current;
}

export const language = () => current;

export function t(key, values = {}) {
  const text = languages[current][key] ?? languages.id[key];
  if (text === undefined) throw new Error(`no text for ${key}`);
  return text.replaceAll(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

export const known = (key) => key in languages.id;

const locale = () => (current === "en" ? "en-GB" : "id-ID");

/** "Selasa, 24 November 2026" of "2026-11-24". */
export function longDate(date) {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Intl.DateTimeFormat(locale(), options).format(new Date(`${date}T12:00:00Z`));
}

export function shortDate(date) {
  const options = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" };
  return new Intl.DateTimeFormat(locale(), options).format(new Date(`${date}T12:00:00Z`));
}

/** The clock of a planned time, as the office wrote it: "09.10" whatever zone the tablet is set to. */
export const clock = (text) => (text ? text.slice(11, 16).replace(":", current === "en" ? ":" : ".") : "");

/** A moment on the office's clock. */
export function moment(milliseconds) {
  const options = { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: zone };
  return new Intl.DateTimeFormat(locale(), options).format(milliseconds);
}

/** Today's date at the office, by the tablet's clock corrected by what the server said. */
export function today(offsetMs = 0) {
  const options = { year: "numeric", month: "2-digit", day: "2-digit", timeZone: zone };
  return new Intl.DateTimeFormat("en-CA", options).format(Date.now() + offsetMs);
}

/** Whole years of age on a date. */
export function age(birth, on) {
  const [year, month, day] = birth.split("-").map(Number);
  const [thisYear, thisMonth, thisDay] = on.split("-").map(Number);
  return thisYear - year - (thisMonth < month || (thisMonth === month && thisDay < day) ? 1 : 0);
}
