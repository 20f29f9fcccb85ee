// The one thing that a revoked tablet says: what still goes to the office, then that it is empty.
import { put } from "../dom.js";
import { listUnfinished } from "../drafts.js";
import * as outbox from "../outbox.js";
import { button, h, heading, redraw } from "../parts.js";
import { changed, keep, state } from "../state.js";
import { t } from "../texts.js";

async function pairAgain() {
  await keep({ wiped: null });
  changed("paired");
}

export async function show(root) {
  let closed = false;

  async function draw() {
    const [{ waiting, parked, unopened }, unfinished] = await Promise.all([outbox.figures(), listUnfinished()]);
    const drafts = unfinished.filter(({ kind }) => kind !== "arrived").length;
    if (closed) return;
    const { wiped } = state;
    put(
      root,
      h(
        "div",
        { class: "narrow", id: "revoked" },
        heading(t("revoked.title")),
        wiped
          ? [h("p", {}, t("revoked.wiped")), h("div", { class: "actions" }, button({ class: "button secondary", onclick: pairAgain }, t("revoked.again")))]
          : [
              h("p", {}, t("revoked.handing", { n: waiting + unopened + drafts })),
              parked > 0 && h("p", { class: "note danger" }, t("revoked.parked", { n: parked }), " ", h("a", { href: "#/kotak" }, t("outbox.title"))),
            ],
      ),
    );
  }

  const stop = redraw(["outbox", "drafts", "state"], draw);
  await draw();
  return () => {
    closed = true;
    stop();
  };
}
