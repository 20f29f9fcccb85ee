// "Tutup hari": what became of the day's homes, and whether everything of it has left the tablet. Counted in homes.
import { day, standing } from "../days.js";
import { put } from "../dom.js";
import { listUnfinished } from "../drafts.js";
import { exportOutbox } from "../export.js";
import { lastFact, standings } from "../homes.js";
import * as outbox from "../outbox.js";
import { announce, backLink, button, h, heading, icon, redraw, troubleText } from "../parts.js";
import { state } from "../state.js";
import { status, syncNow } from "../sync.js";
import { clock, longDate, t, today } from "../texts.js";
import { unfinishedList } from "./unfinished.js";

const count = (values, wanted) => [...values].filter((one) => one === wanted).length;
const row = (term, n, why = "") => h("div", {}, h("dt", {}, term), h("dd", {}, t("close.homes", { n }), why && ` ${why}`));

/** Steps of the day's homes, where what was done there is by now, and when the day was closed, if nothing came after that. */
async function read(date) {
  const [held, facts] = await Promise.all([day(date), outbox.facts()]);
  const steps = (held?.stops ?? []).map((stop) => standing(stop, facts.get(stop.visit)).step);
  const [found, unfinished] = await Promise.all([standings(date, { carriedTo: state.choices.carriedTo }), listUnfinished()]);
  const where = [...found].filter(([visit]) => visit).map(([, one]) => one);
  const atDoor = steps.filter((step) => step === "arrived").length;
  const open = new Set(unfinished.map(({ visit }) => visit)).size;
  const [since, closing] = [lastFact(facts, date), outbox.closing(facts, date)];
  return {
    steps,
    where,
    unfinished: Math.max(open, atDoor),
    others: found.get("") && found.get("") !== "sent" && !count(where, "carried"), // a file holds them, too
    since,
    closedAt: closing && closing.at >= since ? closing.at : null,
  };
}

/** What stands in the way of closing the day; null if nothing does. */
function obstacle({ where, unfinished, others }) {
  if (unfinished) return h("p", { class: "note waiting" }, t("close.unfinished", { n: unfinished }));
  if (count(where, "parked")) return h("p", { class: "note danger" }, t("close.parked", { n: count(where, "parked") }));
  if (count(where, "waiting") || others) return h("p", { class: "note waiting" }, t("close.waiting", { n: count(where, "waiting") }));
  return null;
}

function ready({ steps, where, closedAt }) {
  const carried = count(where, "carried");
  const left = count(steps, "planned");
  return h(
    "p",
    { class: "note done", id: "day-closed" },
    closedAt && `${t("close.closed", { time: clock(closedAt) })} `,
    carried ? t("close.carried", { n: carried }) : t("close.done"),
    left > 0 && ` ${t("close.left", { n: left })}`,
  );
}

async function closeDay(date, { where, since }) {
  if (await outbox.closeDay(date, { carried: count(where, "carried"), since })) announce(t("close.told"));
  syncNow();
}

export async function show(root) {
  let closed = false;

  async function draw() {
    const date = today(state.choices.offsetMs ?? 0);
    const [found, list] = await Promise.all([read(date), unfinishedList()]);
    if (closed) return;
    const { steps, where } = found;
    const stop = obstacle(found);
    const open = !stop && !found.closedAt;
    const reason = troubleText(status.trouble);
    put(
      root,
      h(
        "div",
        { class: "narrow" },
        backLink("#/", t("stop.back")),
        heading(t("close.title")),
        h("p", { class: "lead" }, longDate(date)),
        h("div", { role: "status" }, stop ?? ready(found)),
        h(
          "div",
          { class: "actions" },
          open && button({ class: "button primary", id: "close-now", onclick: () => closeDay(date, found) }, icon("check"), t("close.button")),
          button({ class: `button ${open ? "secondary" : "primary"}`, id: "sync-now", onclick: syncNow }, icon("sync"), t("outbox.sync")),
          button({ class: "button secondary", id: "export", onclick: exportOutbox }, icon("save"), t("outbox.export")),
        ),
        reason && h("p", { class: "note waiting" }, reason),
        list && [h("h2", {}, t("unfinished.title")), list],
        h(
          "dl",
          { class: "facts", id: "day-homes" },
          row(t("stop.recorded"), count(steps, "recorded")),
          row(t("stop.failed"), count(steps, "failed")),
          row(t("close.open"), count(steps, "planned") + count(steps, "arrived")),
          row(t("close.sent"), count(where, "sent")),
          row(t("close.held"), count(where, "waiting") + count(where, "carried"), count(where, "carried") > 0 && t("close.in-file", { n: count(where, "carried") })),
          row(t("close.refused"), count(where, "parked")),
        ),
      ),
    );
  }

  const end = redraw(["days", "drafts", "outbox", "sync", "state"], draw);
  await draw();
  return () => {
    closed = true;
    end();
  };
}
