// A tablet of before gets its PIN: what it holds moves under fresh keys, and the day goes on.
import { adopt } from "../adopt.js";
import { put } from "../dom.js";
import { button, h, heading } from "../parts.js";
import { pinFields } from "../pin_fields.js";
import { t } from "../texts.js";

export function show(root, { opened }) {
  const fields = pinFields();
  const submit = button({ class: "button primary", type: "submit" }, t("pin.set"));
  const said = h("p", { id: "pin-said", role: "status" });

  async function set(event) {
    event.preventDefault();
    const secret = fields.read();
    if (!secret || submit.disabled) return;
    submit.disabled = true;
    said.textContent = t("pin.moving");
    try {
      await adopt(secret, (done, all) => {
        said.textContent = t("pin.moving-n", { done, all });
      });
    } catch (error) {
      console.error(error);
      submit.disabled = false;
      said.textContent = t("pin.not-moved");
      return;
    }
    await opened();
  }

  put(
    root,
    h(
      "div",
      { class: "narrow" },
      heading(t("pin.choose")),
      h("p", {}, t("pin.choose-why")),
      h("form", { onsubmit: set, novalidate: true, autocomplete: "off" }, fields.element, said, submit),
    ),
  );
}
