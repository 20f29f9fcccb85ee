// The signature of the form: by finger, pen or mouse; or why there is none (also the way by keyboard).
import { button, h, icon, put } from "./dom.js";
import { select } from "./fields.js";
import { SignaturePad } from "./lib.js";
import { word } from "./parts.js";
import { t } from "./texts.js";

const REASONS = ["cannot", "missing", "injured", "refuses", "device", "other"];
const INK = "#14213d";
const PAPER = "#ffffff";

async function image(canvas) {
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

export function signatureField({ signature, reason, changed }) {
  let blob = signature;
  const canvas = h("canvas", { class: "signature", role: "img", "aria-labelledby": "heading", "aria-describedby": "signature-hint signature-said" });
  const said = h("p", { id: "signature-said", class: "muted", role: "status" });
  const error = h("p", { class: "error", id: "signature-error" });
  const clear = button({ class: "button secondary", id: "signature-clear" }, icon("undo"), t("capture.signature-clear"));
  const why = select("signature-reason", reason, REASONS.map((code) => [code, word("reason", code)]), t("capture.reason-choose"));
  const none = h("div", { class: "field none" }, h("label", { for: "signature-reason" }, t("capture.signature-none")), why);
  const pad = new SignaturePad(canvas, { penColor: INK, backgroundColor: PAPER, minWidth: 1, maxWidth: 3 });

  function say() {
    put(said, blob ? [icon("check"), t("capture.signature-ok")] : t("capture.signature-empty"));
    none.hidden = Boolean(blob);
    clear.disabled = !blob;
  }

  /** A canvas loses its drawing when its size changes (turning the tablet): draw it again from the picture. */
  async function fit() {
    const { width, height } = canvas.getBoundingClientRect();
    if (!width) return;
    const ratio = Math.max(devicePixelRatio || 1, 1);
    if (canvas.width === Math.round(width * ratio)) return;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    pad.clear();
    if (!blob) return;
    const drawn = await createImageBitmap(blob);
    const scale = Math.min(width / drawn.width, height / drawn.height);
    context.drawImage(drawn, 0, 0, drawn.width * scale, drawn.height * scale);
    drawn.close();
  }

  pad.addEventListener("endStroke", async () => {
    blob = await image(canvas);
    error.textContent = "";
    error.closest(".has-error")?.classList.remove("has-error");
    why.value = "";
    say();
    changed();
  });
  clear.addEventListener("click", () => {
    pad.clear();
    blob = null;
    say();
    changed();
  });
  why.addEventListener("change", changed);
  const watch = new ResizeObserver(() => fit());
  watch.observe(canvas);
  say();
  return {
    element: h(
      "section",
      { class: "field", "aria-labelledby": "heading" },
      h("p", { class: "hint", id: "signature-hint" }, t("capture.signature-hint")),
      error,
      canvas,
      h("div", { class: "actions" }, clear, said),
      none,
    ),
    read: () => ({ blob, reason: blob ? "" : why.value }),
    close: () => {
      watch.disconnect();
      pad.off();
    },
  };
}
