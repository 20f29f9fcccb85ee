// The face. Without a photo the main button opens the camera.
import { icon } from "../dom.js";
import { photoField } from "../photo_field.js";
import { t } from "../texts.js";

export function build({ fields, photo }, tools) {
  const taken = photoField({ name: "photo", photo, quality: fields.quality, reason: fields.photoReason, excusable: true, ...tools });
  return {
    content: [taken.element],
    close: taken.close,
    main: () => {
      const { blob, reason } = taken.read();
      return blob || reason ? null : { words: [icon("camera"), t("capture.photo-take")], act: taken.take, stays: true };
    },
    read: () => {
      const { blob, quality, reason } = taken.read();
      return { fields: { photoReason: reason, quality }, photo: blob };
    },
  };
}
