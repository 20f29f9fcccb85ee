// What the ministry's kit recorded: its registration number, typed or scanned, and a photo of the handing over if the
// family allows it. Nothing biometric is kept here.
import { button, h, icon, put } from "../dom.js";
import { field, select, text } from "../fields.js";
import { word } from "../parts.js";
import { photoField } from "../photo_field.js";
import { t } from "../texts.js";

const REASONS = ["device", "other"];

export const isOfferingScan = () => "BarcodeDetector" in globalThis;

/** The first code in a picture, or "". */
async function readCode(file) {
  const picture = await createImageBitmap(file);
  try {
    const [found] = await new globalThis.BarcodeDetector().detect(picture);
    return found?.rawValue ?? "";
  } finally {
    picture.close();
  }
}

const cleaned = (typed) => typed.replaceAll(/\s/g, "").toUpperCase();

function scanner(number, changed) {
  const said = h("p", { id: "registration-scan-said", role: "status" });
  const input = h("input", { type: "file", id: "registration-picture", accept: "image/*", capture: "environment", class: "sr-only", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    input.value = "";
    const code = await readCode(file).catch(() => "");
    if (!code) {
      put(said, t("kit.not-read"));
      number.focus();
      return;
    }
    number.value = cleaned(code).slice(0, 40);
    number.dispatchEvent(new Event("input", { bubbles: true }));
    put(said, t("kit.scanned"));
    changed();
  });
  const scan = button({ class: "button secondary", id: "registration-scan", onclick: () => input.click() }, icon("camera"), t("kit.scan"));
  return h("div", {}, h("div", { class: "actions" }, scan, input), said);
}

export function build({ fields, handover }, { changed, kept, redrawMain }) {
  const number = text("registration", fields.registration_number, { maxlength: "60", autocapitalize: "characters", spellcheck: "false" });
  const why = select("registration-reason", fields.registrationReason, REASONS.map((code) => [code, word("reason", code)]), t("capture.reason-choose"));
  const none = h("div", { class: "field none" }, h("label", { for: why.id }, t("kit.no-number")), why);
  const photo = photoField({ name: "handover", title: t("kit.handover"), photo: handover, quality: fields.handoverQuality, changed, kept, redrawMain });
  const draw = () => {
    none.hidden = Boolean(number.value.trim());
  };
  number.addEventListener("input", draw);
  why.addEventListener("change", changed);
  draw();
  return {
    content: [
      h("p", {}, t("kit.text")),
      field(t("kit.number"), number, { hint: t("kit.number-hint") }),
      isOfferingScan() && scanner(number, changed),
      none,
      photo.element,
    ],
    close: photo.close,
    read: () => {
      const told = cleaned(number.value);
      const taken = photo.read();
      return { fields: { registration_number: told, registrationReason: told ? "" : why.value, handoverQuality: taken.quality }, handover: taken.blob };
    },
  };
}
