// Keeps what is typed when the way to the office is broken, and keeps it off a shared phone. Without this script the
// form works by itself; only a page that could not be sent then has to be sent again by the browser's reload.
const form = document.getElementById("isian");
const note = document.querySelector("[data-not-sent]");
let [typed, leaving, busy] = [false, false, false];

function answers(button) {
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.set(button.name, button.value);
  return body;
}

async function send(button) {
  note.hidden = true;
  try {
    const answer = await fetch(location.href, { method: "POST", body: answers(button), headers: { "X-Isian": "1" } });
    const next = answer.headers.get("X-Isian");
    if (next) {
      leaving = true;
      location.assign(next);
      return;
    }
    if (answer.status !== 503) {
      leaving = true;
      HTMLFormElement.prototype.submit.call(form); // the browser shows what the office says
      return;
    }
  } catch {
    // no connection: the page stays as it is
  }
  note.hidden = false;
  note.scrollIntoView({ block: "center" });
}

form?.addEventListener("input", () => (typed = true));
form?.addEventListener("submit", async (event) => {
  if (!event.submitter) return void (leaving = true); // an old browser sends it as without this script
  event.preventDefault();
  if (busy) return;
  busy = true;
  await send(event.submitter);
  busy = false;
});

// Back, a closed tab, a link: what is typed goes to the draft, not to the phone.
addEventListener("pagehide", () => {
  if (!typed || leaving || !form.elements.next) return;
  const body = answers();
  body.set("simpan", "1");
  navigator.sendBeacon?.(location.href, body);
});

// A page that the browser kept alive would show the person before.
addEventListener("pageshow", (event) => event.persisted && location.reload());
