// Which names fit on a map: no two over one another, none over a stop. Plain numbers, no map in here.
const LETTER = 7; // px of 12 px bold letters, on average
const LINE = 14;
const AIR = 3;

const boxOf = ({ x, y, text }) => {
  const half = (text.length * LETTER) / 2 + AIR;
  return { left: x - half, right: x + half, top: y - AIR, bottom: y + LINE + AIR };
};
const over = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** The square of a stop around its point, as something names keep clear of. */
export const around = ({ x, y }, half) => ({ left: x - half, right: x + half, top: y - half, bottom: y + half });

/** Of `names` ([{x, y, text}], the most wanted first) those that fit into `frame` beside what is `taken`. One that may
    stand elsewhere has `spots` ([[dx, dy]], the best first); a kept name says how far it was `moved`. */
export function fitting(names, { taken, frame }) {
  const kept = [];
  const boxes = [...taken];
  for (const name of names) {
    for (const [dx, dy] of name.spots ?? [[0, 0]]) {
      const box = boxOf({ ...name, x: name.x + dx, y: name.y + dy });
      const inside = box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
      if (!inside || boxes.some((one) => over(one, box))) continue;
      boxes.push(box);
      kept.push({ ...name, moved: [dx, dy] });
      break;
    }
  }
  return kept;
}
