// Who is recorded, and by what that was checked.
import { birthField, choices, field, select, text } from "../fields.js";
import { h, word } from "../parts.js";
import { t } from "../texts.js";

const IDENTITY = ["family_card", "birth_certificate", "old_card", "village_letter", "known"];

export function build({ fields }) {
  const identity = choices("identity", t("capture.identity"), IDENTITY.map((code) => [code, word("identity", code)]), fields.identity);
  const name = text("name", fields.name, { maxlength: "120" });
  const nik = text("nik", fields.nik, { inputmode: "numeric", maxlength: "20" });
  const birth = birthField("birth", fields.birth_raw ?? fields.birth_date);
  const sex = select("sex", fields.sex, [["female", t("capture.female")], ["male", t("capture.male")]], t("capture.sex-unknown"));
  const phone = text("phone", fields.phone, { type: "tel", maxlength: "20" });
  const address = text("address", fields.address, { maxlength: "200" });
  return {
    content: [
      identity.element,
      h("h2", {}, t("capture.person")),
      field(t("capture.name"), name),
      field(t("capture.nik"), nik, { hint: t("capture.nik-hint") }),
      birth.element,
      h("details", {}, h("summary", {}, t("capture.more")), field(t("capture.sex"), sex), field(t("capture.phone"), phone), field(t("capture.address"), address)),
    ],
    read: () => ({
      fields: {
        identity: identity.read(),
        name: name.value.trim(),
        nik: nik.value.replaceAll(/[\s.-]/g, ""),
        birth_date: birth.read(),
        birth_raw: birth.raw(),
        sex: sex.value,
        phone: phone.value.trim(),
        address: address.value.trim(),
      },
    }),
  };
}
