// "Jadwal berubah": what the office changed in this day since it was last read here; beside the list, never over a visit.
import { markSeen } from "../days.js";
import { button, h, icon } from "../parts.js";
import { clock, t } from "../texts.js";

const hours = (stop) => (stop ? `${clock(stop.from)}–${clock(stop.to)}` : "");

const line = ({ kind, name, was, now }) =>
  h("li", {}, name && h("strong", {}, `${name}: `), t(`news.${kind}`, { was: hours(was), now: hours(now), address: now?.address ?? "" }));

/** The note with every change, until somebody has read it; null if there is none. */
export function planNews(held) {
  if (!held?.news?.length) return null;
  return h(
    "section",
    { class: "note waiting", id: "plan-news" },
    h("h2", {}, t("news.title")),
    h("ul", {}, held.news.map(line)),
    button({ class: "button secondary", id: "plan-news-read", onclick: () => markSeen(held.date) }, icon("check"), t("today.message-read")),
  );
}
