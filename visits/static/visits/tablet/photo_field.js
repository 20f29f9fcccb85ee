// A photo of the form: from the camera, shown at once, with a word when it is poor; or why there is none.
import { button, h, icon, put } from "./dom.js";
import { select } from "./fields.js";
import { size, word } from "./parts.js";
import { PhotoError, shrink, verdicts } from "./photo.js";
import { policy } from "./state.js";
import { hasRoomForPhotos } from "./storage.js";
import { t } from "./texts.js";

const REASONS = ["refuses", "cannot", "device", "other"];

/** `kept` writes the record as it stands and says whether it is on the disk; before that no photo is ready. An
    `excusable` photo is wanted: the screen's main button takes it, and there may be a reason why there is none. */
export function photoField({ name, title = "", photo, quality, reason = "", excusable = false, changed, kept, redrawMain }) {
  let blob = photo;
  let judged = quality;
  let safe = true;
  let address = null;
  const input = h("input", { type: "file", id: name, accept: "image/*", capture: "environment", class: "sr-only", tabindex: "-1", "aria-hidden": "true" });
  const again = button({ class: "button secondary", id: `${name}-take`, onclick: () => input.click(), "aria-describedby": `${name}-error ${name}-said` });
  const preview = h("div", { class: "preview" });
  const said = h("div", { id: `${name}-said`, role: "status" });
  const error = h("p", { class: "error", id: `${name}-error`, role: "alert" });
  const why = select(`${name}-reason`, reason, REASONS.map((code) => [code, word("reason", code)]), t("capture.reason-choose"));
  const none = h("div", { class: "field none" }, h("label", { for: why.id }, t("capture.photo-none")), why);

  function draw() {
    if (address) URL.revokeObjectURL(address);
    address = blob ? URL.createObjectURL(blob) : null;
    again.hidden = excusable && !blob;
    put(again, icon("camera"), blob ? t("capture.photo-again") : t("capture.photo-take"));
    put(preview, address && h("img", { src: address, alt: t("capture.photo-alt") }));
    const poor = blob && judged ? verdicts(judged) : [];
    put(
      said,
      blob && safe && h("p", { class: "ok" }, icon("check"), t("capture.photo-ok", { size: size(blob.size) })),
      poor.map((kind) => h("p", { class: "note waiting" }, t(`capture.photo-${kind}`))),
    );
    none.hidden = !excusable || Boolean(blob);
    redrawMain();
  }

  function refuse(trouble) {
    if (!(trouble instanceof PhotoError)) throw trouble;
    const megabytes = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(trouble.megabytes);
    error.textContent = t(`capture.photo-${trouble.reason}`, { size: megabytes });
    again.focus();
  }

  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    error.textContent = "";
    put(said, h("p", { class: "muted" }, icon("hourglass"), t("capture.photo-busy")));
    try {
      if (!(await hasRoomForPhotos())) throw new PhotoError("no-room");
      const made = await shrink(file, { maxPx: policy().photo_max_px, maxBytes: policy().photo_max_bytes });
      blob = made.blob;
      judged = made.quality;
      why.value = "";
      safe = await kept();
      draw();
      if (!safe) error.textContent = t("capture.draft-failed");
      else error.closest(".has-error")?.classList.remove("has-error");
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
    element: h("section", { class: "field", "aria-labelledby": title ? `${name}-title` : "heading" }, title && h("h2", { id: `${name}-title` }, title), error, preview, said, h("div", { class: "actions" }, again, input), none),
    take: () => input.click(),
    read: () => ({ blob, quality: judged, reason: blob ? "" : why.value }),
    close: () => address && URL.revokeObjectURL(address),
  };
}
