// The sync bar, on every screen: how much is on the tablet, sent, refused, since when, and why it waits.
import { put } from "./dom.js";
import * as outbox from "./outbox.js";
import { button, h, icon, redraw, tag, troubleText } from "./parts.js";
import { status, syncNow } from "./sync.js";
import { moment, t } from "./texts.js";

function mood(figures) {
  if (figures.parked) return ["failed", "bar.look"];
  if (status.trouble?.kind === "offline") return ["waiting", "bar.offline"];
  if (status.trouble) return ["late", "bar.look"];
  if (status.phase === "busy" && figures.waiting) return ["waiting", "bar.busy"];
  return figures.waiting ? ["waiting", "bar.waiting"] : ["done", "bar.all-sent"];
}

export async function drawBar(place) {
  const figures = await outbox.figures();
  const [shape, words] = mood(figures);
  const reason = troubleText(status.trouble);
  put(
    place,
    h(
      "a",
      { class: "sync-link", id: "sync-link", href: "#/kotak" },
      h("span", { class: "sr-only" }, `${t("bar.open")}: `),
      tag(shape, t(words)),
      h("span", { class: "sync-figures" }, t("bar.figures", figures)),
      h("span", { class: "sync-last" }, figures.last ? t("bar.last", { time: moment(figures.last) }) : t("bar.never")),
      reason && h("span", { class: "sync-reason" }, reason),
    ),
    button({ class: "button secondary", id: "sync-button", onclick: syncNow }, icon("sync"), t("bar.sync")),
  );
}

// The bar grows with what it has to say: what takes the focus stays above it (scroll-padding in style.css).
function keepClear(place) {
  const tell = () => document.documentElement.style.setProperty("--bar-height", `${place.offsetHeight}px`);
  new ResizeObserver(tell).observe(place, { box: "border-box" });
}

export function startBar(place) {
  keepClear(place);
  redraw(["outbox", "sync", "state"], () => drawBar(place));
  return drawBar(place);
}
