// The sync bar, on every screen, in one line: how many homes wait on the tablet, are sent, are refused, and since when.
// Where the line is short it says the one figure that matters; the list behind it says everything.
import { put } from "./dom.js";
import { listUnfinished } from "./drafts.js";
import { countHomes } from "./homes.js";
import * as outbox from "./outbox.js";
import { button, h, icon, redraw, tag, troubleText } from "./parts.js";
import { status, syncNow } from "./sync.js";
import { moment, t } from "./texts.js";
import { isOpen } from "./vault.js";

const TROUBLE = { offline: ["waiting", "bar.offline"], stranger: ["late", "bar.stranger"] };

/** [shape, words, the homes that the words are about] */
function mood(items, homes, unfinished) {
  if (!isOpen()) return ["waiting", "bar.locked", homes.waiting];
  if (items.parked) return ["failed", "bar.look", homes.parked];
  if (status.trouble) return [...(TROUBLE[status.trouble.kind] ?? ["late", "bar.look"]), homes.waiting];
  if (status.phase === "busy" && items.waiting) return ["waiting", "bar.busy", homes.waiting];
  if (items.waiting) return ["waiting", "bar.waiting", homes.waiting];
  return unfinished ? ["late", "bar.unfinished", unfinished] : ["done", "bar.all-sent", homes.sent];
}

/** "2 rumah di tablet · 5 terkirim · 0 ditolak" */
export const figuresText = (homes) => [t("bar.figures", homes), homes.others > 0 && t("bar.others", { n: homes.others })].filter(Boolean).join(" · ");

export async function drawBar(place) {
  const [items, homes, drafts] = await Promise.all([outbox.figures(), countHomes(), isOpen() ? listUnfinished() : []]);
  const unfinished = new Set(drafts.map(({ visit }) => visit)).size;
  const [shape, words, about] = mood(items, homes, unfinished);
  const reason = isOpen() ? troubleText(status.trouble) : items.waiting > 0 && t("bar.locked-why");
  put(
    place,
    h(
      "a",
      { class: "sync-link", id: "sync-link", href: "#/kotak" },
      h("span", { class: "sr-only" }, `${t("bar.open")}: `),
      tag(shape, t(words)),
      about > 0 && h("span", { class: "sync-short" }, t("bar.homes", { n: about })),
      h("span", { class: "sync-figures" }, figuresText(homes)),
      unfinished > 0 && h("span", { class: "sync-unfinished" }, t("bar.unfinished-n", { n: unfinished })),
      h("span", { class: "sync-last" }, items.last ? t("bar.last", { time: moment(items.last) }) : t("bar.never")),
      document.body.dataset.lockDue && h("span", { class: "sync-reason" }, t("lock.due")),
      reason && h("span", { class: "sync-reason" }, reason),
    ),
    isOpen() && button({ class: "button secondary", id: "sync-button", onclick: syncNow }, icon("sync"), t("bar.sync")),
  );
}

// What takes the focus stays above the bar, however high large letters make it (scroll-padding in style.css).
function keepClear(place) {
  const tell = () => document.documentElement.style.setProperty("--bar-height", `${place.offsetHeight}px`);
  new ResizeObserver(tell).observe(place, { box: "border-box" });
}

export function startBar(place) {
  keepClear(place);
  redraw(["days", "drafts", "outbox", "sync", "state"], () => drawBar(place));
  return drawBar(place);
}
