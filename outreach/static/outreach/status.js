// A scanned code leads here with the reference behind "#", which no server ever sees: put it into its field.
const form = document.querySelector("[data-from-hash]");
const field = form && document.getElementById(form.dataset.fromHash);
const reference = decodeURIComponent(location.hash.slice(1));
if (field && !field.value && /^[A-Za-z0-9-]{8,20}$/.test(reference)) {
  field.value = reference;
}
