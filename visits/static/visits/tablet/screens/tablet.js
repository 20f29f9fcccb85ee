// About this tablet: who works with it, its language, how safe its storage is, how right its clock.
import { put } from "../dom.js";
import { backLink, button, h, heading, redraw } from "../parts.js";
import { keep, officer, state } from "../state.js";
import { language, speak, t } from "../texts.js";
import { storagePanel } from "./storage.js";

const LANGUAGES = [["id", "Bahasa Indonesia"], ["en", "English"]];
const WRONG_CLOCK_MS = 2 * 60_000;

function clockLine() {
  const off = Math.abs(state.choices.offsetMs ?? 0);
  if (off < WRONG_CLOCK_MS) return h("p", {}, t("tablet.clock-ok"));
  return h("p", { class: "note waiting" }, t("tablet.clock-off", { minutes: Math.round(off / 60_000) }));
}

const pick = (words, pressed, onclick) =>
  button({ class: "button secondary", "aria-pressed": String(pressed), onclick }, words);

export async function show(root, { redrawAll }) {
  let closed = false;

  async function draw() {
    const shelf = await storagePanel();
    if (closed) return;
    const { me, choices } = state;
    const setLanguage = async (code) => {
      await keep({ choices: { ...choices, language: code } });
      speak(code);
      redrawAll();
    };
    put(
      root,
      h(
        "div",
        { class: "narrow" },
        backLink("#/", t("stop.back")),
        heading(t("tablet.title")),
        h("dl", { class: "facts" }, h("div", {}, h("dt", {}, t("tablet.team")), h("dd", {}, me.team.name)), h("div", {}, h("dt", {}, t("tablet.name")), h("dd", {}, me.name))),
        h("h2", {}, t("tablet.officer")),
        h("div", { class: "actions" }, me.officers.map((one) => pick(one.name, officer()?.id === one.id, () => keep({ choices: { ...choices, officer: one.id } })))),
        h("h2", {}, t("tablet.language")),
        h("div", { class: "actions" }, LANGUAGES.map(([code, name]) => pick(name, language() === code, () => setLanguage(code)))),
        h("h2", {}, t("tablet.pin")),
        h("div", { class: "actions" }, h("a", { class: "button secondary", href: "#/pin" }, t("pin.change"))),
        h("h2", {}, t("tablet.storage")),
        shelf,
        h("h2", {}, t("tablet.clock")),
        clockLine(),
      ),
    );
  }

  const stop = redraw(["state"], draw);
  await draw();
  return () => {
    closed = true;
    stop();
  };
}
