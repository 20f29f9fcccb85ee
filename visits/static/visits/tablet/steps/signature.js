// The signature of the resident, or of who signs for them.
import { h } from "../dom.js";
import { isRepresented } from "../recording.js";
import { signatureField } from "../signature_field.js";
import { t } from "../texts.js";

export function build({ fields, signature }, { changed }) {
  const signed = signatureField({ signature, reason: fields.signatureReason, changed });
  const signer = isRepresented(fields) ? fields.attorney_name : fields.name;
  return {
    content: [signer && h("p", { class: "lead" }, t("signature.by", { name: signer })), signed.element],
    close: signed.close,
    read: () => {
      const { blob, reason } = signed.read();
      return { fields: { signatureReason: reason }, signature: blob };
    },
  };
}
