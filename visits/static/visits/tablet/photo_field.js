// The photo of the form: from the camera, shown at once, with a word when it is poor; or why there is none.
import { button, h, icon, put } from "./dom.js";
import { select } from "./fields.js";
import { size, word } from "./parts.js";
import { PhotoError, shrink, verdicts } from "./photo.js";
import { policy } from "./state.js";
import { t } from "./texts.js";

const REASONS = ["refuses", "cannot", "device", "other"];

export function photoField({ photo, quality, reason, changed }) {
  let blob = photo;
  let judged = quality;
  let address = null;
  const input = h("input", { type: "file", id: "photo", accept: "image/*", capture: "environment", class: "sr-only", tabindex: "-1", "aria-hidden": "true" });
  const take = button({ class: "button secondary", id: "photo-take", onclick: () => input.click(), "aria-describedby": "photo-error photo-said" });
  const preview = h("div", { class: "preview" });
  const said = h("div", { id: "photo-said", role: "status" });
  const error = h("p", { class: "error", id: "photo-error" });
  const why = select("photo-reason", reason, REASONS.map((code) => [code, word("reason", code)]), t("capture.reason-choose"));
  const none = h("div", { class: "field none" }, h("label", { for: "photo-reason" }, t("capture.photo-none")), why);

  function draw() {
    if (address) URL.revokeObjectURL(address);
    address = blob ? URL.createObjectURL(blob) : null;
    put(take, icon("camera"), blob ? t("capture.photo-again") : t("capture.photo-take"));
    put(preview, address && h("img", { src: address, alt: t("capture.photo-alt") }));
    const poor = blob && judged ? verdicts(judged) : [];
    put(
      said,
      blob && h("p", { class: "ok" }, icon("check"), t("capture.photo-ok", { size: size(blob.size) })),
      poor.map((kind) => h("p", { class: "note waiting" }, t(`capture.photo-${kind}`))),
    );
    none.hidden = Boolean(blob);
  }

  function refuse(trouble) {
    if (!(trouble instanceof PhotoError)) throw trouble;
    const megabytes = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(trouble.megabytes);
    error.textContent = t(`capture.photo-${trouble.reason}`, { size: megabytes });
    take.focus();
  }

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    error.textContent = "";
    put(said, h("p", { class: "muted" }, icon("hourglass"), t("capture.photo-busy")));
    try {
      const made = await shrink(file, { maxPx: policy().photo_max_px, maxBytes: policy().photo_max_bytes });
      blob = made.blob;
      judged = made.quality;
      why.value = "";
      draw();
      changed();
      error.closest(".has-error")?.classList.remove("has-error");
    } catch (trouble) {
      draw(); // an older photo stays
      refuse(trouble);
    } finally {
      input.value = "";
    }
  });
  why.addEventListener("change", changed);
  draw();
  return {
    element: h("section", { class: "field", "aria-labelledby": "photo-title" }, h("h2", { id: "photo-title" }, t("capture.photo")), error, preview, said, h("div", { class: "actions" }, take, input), none),
    focus: "photo-take",
    read: () => ({ blob, quality: judged, reason: blob ? "" : why.value }),
    close: () => address && URL.revokeObjectURL(address),
  };
}
