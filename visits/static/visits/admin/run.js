/* The page of a planning run: asks every other second how far it is, and goes to the plan when it is there.
   Without this script the page reloads itself. */

const locale = document.documentElement.lang === "en" ? "en-GB" : "id-ID";
const box = document.getElementById("run");
const part = (name) => box.querySelector(`[data-${name}]`);
const first = part("label").textContent;

function show(told) {
  part("progress").value = told.progress;
  part("percent").textContent = told.progress;
  part("served").textContent = told.served.toLocaleString(locale);
  part("candidates").textContent = told.candidates.toLocaleString(locale);
  part("elapsed").textContent = told.elapsed;
  part("attempts").textContent = told.attempts;
  part("attempts-box").hidden = told.attempts < 2;
  part("message").textContent = told.message;
  part("message-box").hidden = !told.message;
  part("stopping").hidden = !told.stopping;
}

async function ask() {
  try {
    const answer = await fetch(box.dataset.stateUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const told = await answer.json();
    show(told);
    if (told.plan) return location.replace(told.plan);
    // another state has other buttons: only the server knows which
    if (told.label !== first) return location.reload();
  } catch {
    // the server is away for a moment; the next question may be answered
  }
  setTimeout(ask, document.hidden ? 5000 : 1500);
}

setTimeout(ask, 1000);
