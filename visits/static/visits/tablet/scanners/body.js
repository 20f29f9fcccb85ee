// Fingers and eyes: as we and as devices name them, and the captures in which they are taken.
const HAND = ["index", "middle", "ring", "little"];
const handOf = (side) => HAND.map((finger) => `${side}_${finger}`);

/** In the order in which they are taken. `subId` is the sensor's number in the device. */
export const GROUPS = [
  { code: "left_slap", modality: "fingers", type: "Finger", subId: "1", parts: handOf("left") },
  { code: "right_slap", modality: "fingers", type: "Finger", subId: "2", parts: handOf("right") },
  { code: "thumbs", modality: "fingers", type: "Finger", subId: "3", parts: ["left_thumb", "right_thumb"] },
  { code: "irises", modality: "irises", type: "Iris", subId: "3", parts: ["left_iris", "right_iris"] },
];
export const MODALITIES = ["fingers", "irises"];
export const LEAST_SCORE = 60; // of 100, for each finger and eye; a poorer one may be kept knowingly
const FINGERS = { index: "IndexFinger", middle: "MiddleFinger", ring: "RingFinger", little: "LittleFinger", thumb: "Thumb" };

/** "Left IndexFinger" of "left_index", "Left" of "left_iris". */
export function subtypeOf(part) {
  const [side, what] = part.split("_");
  const told = side === "left" ? "Left" : "Right";
  return what === "iris" ? told : `${told} ${FINGERS[what]}`;
}

const exceptedIn = (fields) => new Set(fields.exceptions.map(({ what }) => what));
const takenIn = (fields) => fields.biometrics?.taken ?? {};

/** The parts of a group that can be taken. */
export function wantedParts(group, fields) {
  const excepted = exceptedIn(fields);
  return group.parts.filter((part) => !excepted.has(part));
}

/** Whether a group's capture has just the parts that can be taken: none missing, none that was marked since. */
export function isTaken(group, fields) {
  const wanted = wantedParts(group, fields);
  const taken = Object.keys(takenIn(fields)[group.code]?.scores ?? {});
  return taken.length === wanted.length && wanted.every((part) => taken.includes(part));
}

export const groupsToTake = (fields) => GROUPS.filter((group) => !isTaken(group, fields));

/** Parts that are neither taken nor explained. */
export const missingParts = (fields) => groupsToTake(fields).flatMap((group) => wantedParts(group, fields));

/** How many fingers and eyes were taken. */
export function countTaken(fields) {
  const taken = takenIn(fields);
  const count = (modality) => GROUPS.filter((group) => group.modality === modality).reduce((sum, { code }) => sum + Object.keys(taken[code]?.scores ?? {}).length, 0);
  return { fingers: count("fingers"), eyes: count("irises") };
}
