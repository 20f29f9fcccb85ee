// Nobody knows the PIN any more: what can still be saved, and the way back into a team.
import { put } from "../dom.js";
import { exportOutbox } from "../export.js";
import { countLost, forgetVault } from "../forget.js";
import * as outbox from "../outbox.js";
import { button, h, heading, icon } from "../parts.js";
import { t } from "../texts.js";

export async function showForgotten(root, { back }) {
  const [lost, captures] = await Promise.all([countLost(), outbox.captures()]);
  const held = captures.filter((row) => row.state !== "erased").length;
  const sure = h("input", { type: "checkbox", id: "forgot-sure" });
  const again = button({ class: "button primary", id: "pair-again", disabled: true, onclick: restart }, t("forgot.pair"));
  sure.addEventListener("change", () => {
    again.disabled = !sure.checked;
  });

  async function restart() {
    again.disabled = true;
    await forgetVault();
    location.reload();
  }

  put(
    root,
    h(
      "div",
      { class: "narrow" },
      heading(t("forgot.title")),
      h("p", {}, t("forgot.text")),
      held > 0 && h("p", {}, t("forgot.records", { n: held })),
      held > 0 && h("div", { class: "actions" }, button({ class: "button secondary", id: "export", onclick: exportOutbox }, icon("save"), t("outbox.export"))),
      h("p", {}, t("forgot.code")),
      lost > 0 && h("p", { class: "note danger" }, t("forgot.lost", { n: lost })),
      h("div", { class: "pick" }, sure, h("label", { for: "forgot-sure" }, t("forgot.sure"))),
      h("div", { class: "actions" }, again, button({ class: "button secondary", onclick: back }, t("forgot.back"))),
    ),
  );
  document.getElementById("heading").focus({ preventScroll: true });
}
