// "Belum selesai": what was begun at a home and not handed in, whatever the day says by now.
import { dropDraft, findHome, listUnfinished } from "../drafts.js";
import { button, h, icon, tag } from "../parts.js";
import { changed } from "../state.js";
import { shortDate, t } from "../texts.js";

const ADDRESSES = { record: "rekam", walk_in: "warga-lain", correct: "perbaiki", fail: "gagal", arrived: "kunjungan" };
let asked = ""; // the draft whose removal has been asked for and not confirmed

const keyOf = ({ kind, visit }) => `${kind}-${visit}`;

function ask(item) {
  asked = item ? keyOf(item) : "";
  changed("drafts");
}

async function remove(item) {
  asked = "";
  await dropDraft(item.visit, item.kind);
}

function removal(item) {
  if (item.kind === "arrived") return null;
  if (asked !== keyOf(item)) return button({ class: "button secondary", id: `remove-${keyOf(item)}`, onclick: () => ask(item) }, icon("close"), t("unfinished.remove"));
  return h(
    "div",
    { class: "note danger", role: "alert" },
    h("p", {}, t("unfinished.sure")),
    h(
      "div",
      { class: "actions" },
      button({ class: "button secondary", id: `remove-${keyOf(item)}`, onclick: () => ask(null) }, t("unfinished.keep")),
      button({ class: "button secondary", onclick: () => remove(item) }, icon("close"), t("unfinished.remove-now")),
    ),
  );
}

async function line(item) {
  const home = await findHome(item.visit);
  const open = h("a", { class: "button primary", href: `#/${ADDRESSES[item.kind]}/${item.visit}` }, icon("pen"), t("unfinished.open"));
  return h(
    "li",
    { class: "card" },
    h("p", {}, h("strong", {}, home?.stop.resident?.name || t("unfinished.nameless")), " ", tag("late", t(`unfinished.${item.kind}`))),
    h("p", { class: "small muted" }, [home && shortDate(home.day.date), home?.gone && t("unfinished.gone")].filter(Boolean).join(" · ")),
    asked === keyOf(item) ? removal(item) : h("div", { class: "actions" }, open, removal(item)),
  );
}

/** The list, or null if nothing is unfinished. `without` are visits that the screen shows by itself. */
export async function unfinishedList(without = []) {
  const items = (await listUnfinished()).filter(({ visit }) => !without.includes(visit));
  return items.length ? h("ul", { class: "plain", id: "unfinished" }, await Promise.all(items.map(line))) : null;
}
