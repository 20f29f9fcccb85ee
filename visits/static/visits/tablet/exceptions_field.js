// Fingers and eyes that cannot be taken, each with its reason.
import { button, h, icon, put } from "./dom.js";
import { select } from "./fields.js";
import { word } from "./parts.js";
import { t } from "./texts.js";

const FINGERS = ["thumb", "index", "middle", "ring", "little"];
const PARTS = ["left", "right"].flatMap((side) => [...FINGERS.map((finger) => `${side}_${finger}`), `${side}_iris`]);
const REASONS = ["missing", "injured", "worn", "closed", "cannot", "refuses", "device", "other"];

export function exceptionsField({ rows, changed }) {
  let made = 0;
  const list = h("div", { class: "stack" });
  const lines = [];

  function add({ what = "", reason = "" } = {}) {
    const id = `exception-${(made += 1)}`;
    const part = select(`${id}-what`, what, PARTS.map((code) => [code, word("what", code)]), "–");
    const why = select(`${id}-reason`, reason, REASONS.map((code) => [code, word("reason", code)]), "–");
    const line = { id, part, why };
    const remove = button(
      {
        class: "button secondary",
        onclick: () => {
          lines.splice(lines.indexOf(line), 1);
          line.element.remove();
          changed();
        },
      },
      icon("close"),
      t("capture.biometric-remove"),
    );
    line.element = h(
      "div",
      { class: "field exception", id },
      h("p", { class: "error", id: `${id}-error` }),
      h("div", {}, h("label", { for: part.id }, t("capture.biometric-what")), part),
      h("div", {}, h("label", { for: why.id }, t("capture.reason")), why),
      remove,
    );
    for (const input of [part, why]) input.addEventListener("change", changed);
    lines.push(line);
    list.append(line.element);
    return line;
  }

  for (const row of rows) add(row);
  const more = button({ class: "button secondary", onclick: () => add().part.focus() });
  put(more, t("capture.biometric-add"));
  return {
    element: h("details", { open: rows.length > 0 }, h("summary", {}, t("capture.biometric")), list, more),
    read: () => lines.map(({ part, why }) => ({ what: part.value, reason: why.value })),
    wrong: () => lines.filter(({ part, why }) => !part.value || !why.value).map(({ id, part }) => ({ id, focus: part.id })),
  };
}
