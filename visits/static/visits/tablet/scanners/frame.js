// The script of /alat, the only page whose Content-Security-Policy lets it reach the ports of biometric devices on this
// machine, and nothing else. It asks what the app around it asks for, and gives back the text; it reads and keeps nothing.
const [FIRST, LAST] = document.documentElement.dataset.ports.split("-").map(Number);
const VERBS = { "/device": ["MOSIPDISC"], "/info": ["MOSIPDINFO"], "/capture": ["RCAPTURE", "CAPTURE"] };
const MOST_BYTES = 12 * 1024 * 1024;

/** The whole body as text; an answer without an end is cut off. */
async function readText(answer) {
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let [text, size] = ["", 0];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.length;
    if (size > MOST_BYTES) throw new TypeError("too large");
    text += decoder.decode(value, { stream: true });
  }
}

async function ask({ port, path, verb, body, timeoutMs }, signal) {
  if (!(port >= FIRST && port <= LAST && VERBS[path]?.includes(verb))) return { failed: "gone" };
  const late = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: verb,
      body,
      headers: { "Content-Type": "application/json" },
      signal: AbortSignal.any([signal, late]),
      ...{ cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" },
    });
    return { status: answer.status, text: await readText(answer) };
  } catch {
    if (signal.aborted) return { failed: "stopped" };
    return { failed: late.aborted ? "slow" : "gone" };
  }
}

/** Every port at once: a closed one refuses at once. */
async function scan(question, signal) {
  const ports = Array.from({ length: LAST - FIRST + 1 }, (_, place) => FIRST + place);
  const answers = await Promise.all(ports.map(async (port) => ({ port, ...(await ask({ ...question, port }, signal)) })));
  return answers.filter(({ status }) => status === 200);
}

addEventListener("message", async ({ data, origin, source, ports: [reply] }) => {
  if (origin !== location.origin || source !== parent || !reply) return;
  const stop = new AbortController();
  reply.onmessage = () => stop.abort();
  reply.postMessage(await (data.everywhere ? scan(data, stop.signal) : ask(data, stop.signal)));
});
