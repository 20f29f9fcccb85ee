// A QR code as a drawing, made here by the library from npm: no picture comes over the network.
import { encode } from "../../npm/uqr/dist/index.mjs";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4; // modules of white around it, as the standard asks

/** An <svg> of this text, called `name` for those who do not see it. */
export function qrCode(text, name) {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  const dark = data.flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : "")));
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ viewBox: `0 0 ${size} ${size}`, class: "qr", role: "img", "aria-label": name, "shape-rendering": "crispEdges" })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", dark.join(""));
  svg.append(path);
  return svg;
}
