// The map on which the coordinator says where a home is: boundaries without tiles, a point that two boxes of
// degrees mirror. Works by mouse (click, drag) and by keys (arrows move the map, the button takes its middle).
// Without this script the two boxes do alone.
import * as L from "../npm/leaflet/dist/leaflet-src.esm.js";

const LINES = {
  neighbour: { stroke: false, fill: false, interactive: false }, // what lies outside is the ground's darker sand
  village: { color: "#b9b3a3", weight: 1, fillColor: "#fbfaf6", fillOpacity: 1, interactive: false },
  district: { color: "#8d8778", weight: 1.5, fill: false, interactive: false },
  regency: { color: "#44505f", weight: 2, fill: false, interactive: false },
};
const HOME_VILLAGE = { color: "#0b5d5e", weight: 2, fillColor: "#e3f0ef", fillOpacity: 1 };
const NAMES_FROM_ZOOM = 13;

const number = (text) => (text.trim() === "" ? NaN : Number(text.trim().replace(",", ".")));

function pointOf(fields) {
  const [latitude, longitude] = fields.map((field) => number(field.value));
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? L.latLng(latitude, longitude) : null;
}

function addBoundaries(map, collection, villageCode) {
  const layer = L.geoJSON(collection, {
    style: ({ properties }) =>
      properties.level === "village" && properties.code === villageCode ? HOME_VILLAGE : LINES[properties.level],
  }).addTo(map);
  const names = L.layerGroup();
  let home = null;
  for (const { properties, geometry } of collection.features) {
    if (properties.level === "village") {
      const [longitude, latitude] = properties.point;
      const name = document.createElement("span");
      name.textContent = properties.name;
      L.tooltip({ permanent: true, direction: "center", className: "pick-village-name", interactive: false })
        .setLatLng([latitude, longitude])
        .setContent(name)
        .addTo(names);
      if (properties.code === villageCode) home = L.geoJSON(geometry).getBounds();
    }
  }
  const showNames = () => (map.getZoom() >= NAMES_FROM_ZOOM ? names.addTo(map) : names.remove());
  map.on("zoomend", showNames);
  const credit = document.createElement("p");
  credit.className = "hint credit";
  credit.textContent = collection.attribution;
  map.getContainer().after(credit);
  layer.bringToBack();
  return { home, showNames };
}

function makeMap(box, fields, centreButton) {
  const start = box.dataset.start.split(",").map(number);
  const map = L.map(box, {
    center: start,
    zoom: 13,
    minZoom: 9,
    maxZoom: 18,
    zoomSnap: 0.5,
    preferCanvas: true,
    attributionControl: false,
  });
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", box.dataset.label);
  const marker = L.marker(pointOf(fields) ?? start, { draggable: true, keyboard: false, alt: "" });
  const icon = L.divIcon({ className: "pick-home", iconSize: [28, 28], iconAnchor: [14, 14] });
  marker.setIcon(icon);
  const place = (point) => {
    marker.setLatLng(point).addTo(map);
    fields[0].value = point.lat.toFixed(6);
    fields[1].value = point.lng.toFixed(6);
  };
  if (pointOf(fields)) marker.addTo(map);
  map.on("click", ({ latlng }) => place(latlng));
  marker.on("dragend", () => place(marker.getLatLng()));
  for (const field of fields) {
    field.addEventListener("change", () => {
      const point = pointOf(fields);
      if (point) map.panTo(marker.setLatLng(point).addTo(map).getLatLng());
      else marker.remove();
    });
  }
  centreButton.hidden = false;
  centreButton.addEventListener("click", () => place(map.getCenter()));
  return map;
}

async function show(box) {
  const fields = [box.dataset.latitude, box.dataset.longitude].map((id) => document.getElementById(id));
  const centreButton = box.parentElement.querySelector("[data-pick-centre]");
  box.hidden = false;
  try {
    const answer = await fetch(box.dataset.boundaries, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    const map = makeMap(box, fields, centreButton);
    const { home, showNames } = addBoundaries(map, await answer.json(), box.dataset.village);
    if (home) map.fitBounds(home, { padding: [16, 16], animate: false });
    showNames();
  } catch (error) {
    console.error(error);
    box.textContent = box.dataset.failed;
    box.classList.add("empty");
  }
}

// The map is drawn when it is first looked at: a hidden box has no size, and most requests need no map.
for (const box of document.querySelectorAll("[data-pick-map]")) {
  const details = box.closest("details");
  if (!details || details.open) show(box);
  else details.addEventListener("toggle", () => show(box), { once: true });
}
