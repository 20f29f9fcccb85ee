// Fingers and eyes that cannot be taken, tapped on a drawing of two hands: first which, then why.
import { button, h, icon, put } from "../dom.js";
import { word } from "../parts.js";
import { t } from "../texts.js";

const SVG = "http://www.w3.org/2000/svg";
const FINGERS = ["thumb", "index", "middle", "ring", "little"];
const HANDS = { left: [...FINGERS].reverse(), right: FINGERS }; // as the backs of two hands lie before the officer
const ALL_FINGERS = Object.entries(HANDS).flatMap(([side, fingers]) => fingers.map((finger) => `${side}_${finger}`));
const EYES = ["left_iris", "right_iris"];
const REASONS = ["worn", "missing", "injured", "closed", "cannot", "refuses", "device", "other"];
const HEIGHTS = { thumb: 62, index: 104, middle: 116, ring: 106, little: 84 };
const WIDTH = 48;

function drawn(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const picture = (width, height, ...paths) =>
  drawn("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", focusable: "false", class: "drawing" }, ...paths.map((d) => drawn("path", { d })));

const fingerPicture = (finger) => {
  const height = HEIGHTS[finger];
  const nail = finger === "thumb" ? 12 : 10;
  return picture(WIDTH, height, `M4 ${height}V24a20 20 0 0 1 40 0V${height}`, `M14 ${nail + 16}v-${nail / 2}a10 10 0 0 1 20 0v${nail / 2}z`);
};
const palmPicture = () => picture(272, 64, "M4 0v28c0 20 14 34 34 34h196c20 0 34-14 34-34V0");
const eyePicture = () => picture(64, 40, "M4 20C16 4 48 4 60 20C48 36 16 36 4 20z", "M32 11a9 9 0 1 0 0 18a9 9 0 0 0 0-18z");

/** "semua jari", or their names. */
function partsText(parts) {
  const rest = parts.filter((what) => !ALL_FINGERS.includes(what));
  const words = parts.length - rest.length === ALL_FINGERS.length ? [t("exceptions.all-ten"), ...rest.map((what) => word("what", what))] : parts.map((what) => word("what", what));
  return words.join(", ");
}

export function build({ fields }, { changed }) {
  const chosen = new Map(fields.exceptions.filter(({ what }) => what).map(({ what, reason }) => [what, reason]));
  const buttons = new Map();
  const list = h("ul", { class: "plain", id: "exception-list" });
  const hint = h("p", { class: "hint", role: "status" });
  const reasons = h(
    "fieldset",
    { class: "field", hidden: true, id: "exception-reasons" },
    h("legend", {}, t("exceptions.why")),
    h("div", { class: "reasons" }, REASONS.map((code) => button({ class: "button secondary", id: `why-${code}`, onclick: () => explain(code) }, word("reason", code)))),
  );
  const waiting = () => [...chosen].filter(([, reason]) => !reason).map(([what]) => what);

  function draw() {
    for (const [what, part] of buttons) {
      part.setAttribute("aria-pressed", String(chosen.has(what)));
      part.setAttribute("aria-label", [word("what", what), chosen.get(what) && word("reason", chosen.get(what))].filter(Boolean).join(": "));
    }
    const open = waiting();
    reasons.hidden = !open.length;
    put(hint, open.length ? t("exceptions.chosen", { n: open.length }) : t("exceptions.hint"));
    const told = REASONS.map((reason) => [reason, [...chosen.keys()].filter((what) => chosen.get(what) === reason)]);
    put(list, told.filter(([, parts]) => parts.length).map(([reason, parts]) => h("li", {}, h("strong", {}, word("reason", reason)), ": ", partsText(parts))));
  }

  function act(change) {
    change();
    draw();
    changed();
    if (!reasons.hidden) reasons.scrollIntoView({ block: "nearest" });
  }
  const toggle = (what) => act(() => (chosen.has(what) ? chosen.delete(what) : chosen.set(what, "")));
  const explain = (reason) => act(() => waiting().forEach((what) => chosen.set(what, reason)));
  const mark = (parts, reason) => act(() => parts.forEach((what) => chosen.set(what, reason)));
  const chooseAll = () => act(() => ALL_FINGERS.forEach((what) => chosen.set(what, "")));

  function part(what, drawing) {
    const one = button({ class: `part ${what.split("_")[1]}`, id: what, onclick: () => toggle(what) }, drawing, h("span", { class: "cross" }, icon("close")));
    buttons.set(what, one);
    return one;
  }
  const hand = ([side, fingers]) =>
    h(
      "div",
      { class: `hand ${side}`, role: "group", "aria-label": t(`exceptions.${side}`) },
      h("div", { class: "fingers" }, fingers.map((finger) => part(`${side}_${finger}`, fingerPicture(finger)))),
      palmPicture(),
      h("p", { class: "small", "aria-hidden": "true" }, t(`exceptions.${side}`)),
    );
  const content = [
    h("p", {}, t("exceptions.text")),
    h("div", { class: "field", id: "exceptions", tabindex: "-1", role: "group", "aria-labelledby": "heading" }, h("p", { class: "error", id: "exceptions-error" }), hint),
    h("div", { class: "actions" }, button({ class: "button secondary", id: "all-fingers", onclick: chooseAll }, t("exceptions.all"))),
    reasons,
    h("div", { class: "hands" }, Object.entries(HANDS).map(hand)),
    h("div", { class: "eyes", role: "group", "aria-label": t("exceptions.eyes") }, EYES.map((what) => part(what, [eyePicture(), h("span", { "aria-hidden": "true" }, word("what", what))]))),
    list,
  ];
  draw();
  return { content, mark, read: () => ({ fields: { exceptions: [...chosen].map(([what, reason]) => ({ what, reason })) } }) };
}
