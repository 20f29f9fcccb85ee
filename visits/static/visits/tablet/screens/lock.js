// The locked tablet: a number pad for one thumb, or the keyboard. A PIN is tried as soon as it is whole.
import { put } from "../dom.js";
import { button, h, heading, icon } from "../parts.js";
import * as pin from "../pin.js";
import { t } from "../texts.js";
import { unlock } from "../vault.js";
import { showForgotten } from "./forgot.js";

const TICK_MS = 1_000;

/** "2 menit" or "30 detik" */
const duration = (ms) =>
  ms > 90_000 ? t("lock.minutes", { n: Math.ceil(ms / 60_000) }) : t("lock.seconds", { n: Math.ceil(ms / 1_000) });

export async function show(root, { opened, held: read = null }) {
  const held = read ?? (await pin.readPin());
  let { waitMs } = held;
  let trying = false;
  let timer = null;
  let last = performance.now();
  const input = h("input", {
    id: "pin",
    type: "text",
    class: "secret",
    autocomplete: "off",
    autocapitalize: "none",
    spellcheck: "false",
    maxlength: "80",
    inputmode: held.digits ? "none" : "text",
    "aria-describedby": "pin-error pin-said",
  });
  const error = h("p", { class: "error", id: "pin-error", role: "alert" });
  const said = h("p", { class: "hint", id: "pin-said", role: "status" });

  async function attempt() {
    const secret = input.value;
    if (trying || waitMs > 0 || !secret) return;
    trying = true;
    error.textContent = "";
    said.textContent = t("lock.trying");
    const answer = await unlock(secret);
    if (answer.open) {
      input.value = "";
      await opened();
      return;
    }
    trying = false;
    waitMs = answer.waitMs;
    input.value = "";
    said.textContent = "";
    error.textContent = waitMs ? t("lock.wrong") : t("lock.wrong-left", { n: answer.left });
    input.focus({ preventScroll: true });
    if (waitMs) wait();
  }

  const typed = () => input.value.length === held.digits && attempt();
  const press = (text) => () => {
    if (trying || waitMs > 0) return;
    input.value = text === null ? input.value.slice(0, -1) : input.value + text;
    typed();
  };

  /** Only an open page counts the wait down, and writes down how far it has come. */
  function wait() {
    last = performance.now();
    const tick = async () => {
      const now = performance.now();
      ({ waitMs } = await pin.countWait(Math.min(now - last, 2 * TICK_MS)));
      last = now;
      said.textContent = waitMs > 0 ? t("lock.wait", { time: duration(waitMs) }) : "";
      if (waitMs > 0 && root.isConnected) timer = setTimeout(tick, TICK_MS);
    };
    said.textContent = t("lock.wait", { time: duration(waitMs) });
    clearTimeout(timer);
    timer = setTimeout(tick, TICK_MS);
  }

  const key = (text) => button({ class: "button secondary key", onclick: press(text) }, text);
  const pad = h(
    "div",
    { class: "pad", role: "group", "aria-label": t("lock.pad") },
    [..."123456789"].map(key),
    button({ class: "button secondary key", onclick: press(null) }, icon("back"), t("lock.erase")),
    key("0"),
    h("button", { type: "submit", class: "button primary key" }, t("lock.open")),
  );
  const form = h(
    "form",
    { novalidate: true, autocomplete: "off", class: "lock" },
    h("label", { for: "pin", class: "sr-only" }, held.digits ? t("lock.pin") : t("lock.phrase")),
    input,
    error,
    said,
    held.digits ? pad : h("button", { type: "submit", class: "button primary wide" }, t("lock.open")),
  );
  const forgotten = h("p", { class: "forgotten" }, button({ class: "button secondary", id: "forgotten", onclick: leave }, t("lock.forgotten")));

  function leave() {
    clearTimeout(timer);
    return showForgotten(root, { back: () => show(root, { opened }) });
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt();
  });
  input.addEventListener("input", typed);
  put(
    root,
    h("div", { class: "narrow locked" }, heading(held.digits ? t("lock.pin") : t("lock.phrase")), h("p", { class: "muted" }, t("lock.why")), form, forgotten),
  );
  if (waitMs) wait();
  // a keyboard needs no tap first: the letter lands in the field that takes the focus
  const typing = (event) => {
    const meant = /^\S$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (meant && document.activeElement !== input) input.focus();
  };
  document.addEventListener("keydown", typing);
  return () => {
    clearTimeout(timer);
    document.removeEventListener("keydown", typing);
  };
}
