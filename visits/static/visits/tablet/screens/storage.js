// What the officer is told about the storage: that it fills up, and that the browser has not promised to keep it.
import { button, h, icon, size } from "../parts.js";
import { keep, state } from "../state.js";
import { askToKeep, readStorage } from "../storage.js";
import { t } from "../texts.js";

async function ask() {
  const kept = await askToKeep();
  await keep({ choices: { ...state.choices, askedToKeep: kept ? null : Date.now() } });
}

const askButton = () => button({ class: "button secondary", id: "ask-to-keep", onclick: ask }, icon("save"), t("tablet.storage-ask"));

/** Nothing while all is well. */
function fullness({ level, usage, quota }) {
  if (level === "ok") return null;
  const words = t(`tablet.storage-${level}`, { used: size(usage), quota: size(quota) });
  return h("p", { class: `note ${level === "full" ? "danger" : "waiting"}`, id: "storage-full", role: "status" }, words);
}

/** Above the day: only what needs somebody to do something. */
export const storageWarning = async () => fullness(await readStorage());

/** On the tablet's own page: everything. */
export async function storagePanel() {
  const shelf = await readStorage();
  const { kept, usage, quota } = shelf;
  const refused = !kept && state.choices.askedToKeep;
  return [
    kept ? h("p", {}, t("tablet.storage-kept")) : h("p", { class: "note waiting" }, t(refused ? "tablet.storage-refused" : "tablet.storage-loose")),
    !kept && h("div", { class: "actions" }, askButton()),
    fullness(shelf) ?? (quota > 0 && h("p", { class: "muted" }, t("tablet.storage-used", { used: size(usage), quota: size(quota) }))),
  ];
}
