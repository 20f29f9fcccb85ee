// What to bring to a home and what to mind there, from what the office knows of the need. Nothing about an illness is known here.
import { word } from "./parts.js";
import { t } from "./texts.js";

const MINDED = ["elderly", "sick", "disabled", "mental_disorder"];

/** Things and people to bring, as words. */
export function toBring(stop) {
  return [
    stop.kind === "delivery" && t("bring.card"),
    stop.infectious && t("bring.masks"),
    ...(stop.skills ?? []).map((code) => word("skill", code)),
  ].filter(Boolean);
}

/** What to mind, the most pressing first, as sentences. */
export function toMind(stop) {
  return [
    stop.infectious && t("mind.infectious"),
    MINDED.includes(stop.category) && t(`mind.${stop.category}`),
    stop.attempt > 1 && t("mind.again", { n: stop.attempt }),
    stop.location?.approximate && t("mind.approximate"),
    !stop.contact?.phone && t("mind.no-phone"),
  ].filter(Boolean);
}

/** [[what, at how many homes]] for the whole day, the most wanted first. */
export function toBringOnDay(stops) {
  const counted = new Map();
  for (const what of stops.flatMap(toBring)) counted.set(what, (counted.get(what) ?? 0) + 1);
  return [...counted].sort((a, b) => b[1] - a[1]);
}
