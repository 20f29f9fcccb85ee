// Another PIN for this tablet: the old one is asked for, and tried as on the lock; too many wrong ones lock it.
import { put } from "../dom.js";
import { field } from "../fields.js";
import { backLink, button, h, heading } from "../parts.js";
import { pinFields, secretInput } from "../pin_fields.js";
import { t } from "../texts.js";
import { changePin } from "../vault.js";

export function show(root, { lockNow }) {
  const old = secretInput("pin-old");
  const asked = field(t("pin.old"), old);
  const fields = pinFields();
  const submit = button({ class: "button primary wide", type: "submit" }, t("pin.change"));
  const said = h("p", { id: "pin-said", role: "status" });

  function refuse(text) {
    said.textContent = "";
    asked.querySelector("#pin-old-error").textContent = text;
    old.setAttribute("aria-invalid", "true");
    old.focus();
  }

  async function change(event) {
    event.preventDefault();
    if (submit.disabled) return;
    asked.querySelector("#pin-old-error").textContent = "";
    old.removeAttribute("aria-invalid");
    if (!old.value) return refuse(t("pin.old-missing"));
    const fresh = fields.read();
    if (!fresh) return;
    if (fresh === old.value) return refuse(t("pin.same"));
    submit.disabled = true;
    said.textContent = t("pin.changing");
    try {
      await tell(await changePin(old.value, fresh));
    } catch (error) {
      console.error(error);
      said.textContent = t("pin.not-changed");
    }
    submit.disabled = false;
  }

  async function tell({ changed, left, waitMs }) {
    if (changed) {
      put(root, h("div", { class: "narrow" }, backLink("#/tablet", t("tablet.title")), heading(t("pin.changed")), h("p", { role: "status" }, t("pin.changed-more"))));
      document.getElementById("heading").focus({ preventScroll: true });
      return;
    }
    if (waitMs > 0) return lockNow();
    old.value = "";
    refuse(t("lock.wrong-left", { n: left }));
  }

  put(
    root,
    h(
      "div",
      { class: "narrow" },
      backLink("#/tablet", t("tablet.title")),
      heading(t("pin.change")),
      h("p", {}, t("pin.change-why")),
      h("form", { onsubmit: change, novalidate: true, autocomplete: "off" }, asked, fields.element, said, submit),
    ),
  );
}
