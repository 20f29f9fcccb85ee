// One call to the server. It answers only with what our own server can have said: JSON of the expected
// kind, or one of our problem documents. Everything else (a captive portal's page, an echo, a redirect, a
// proxy's error) is a Trouble, and nobody may take it for success.
const BASE = "/api/v1";
const CLIENT = 1;
const PATIENCE_MS = 30_000;
const UPLOAD_PATIENCE_MS = 300_000; // a chunk of 256 KiB at 10 kbit/s
const RETRIES = ["retry", "retry-after", "fix-data", "resync", "reauth", "upgrade", "wipe", "review", "never"];

export class Trouble extends Error {
  /** kind: offline, stranger (not our server), problem (our server said no, see `problem`), fault (our own).
   * `unknownKey`: signed, but by a key that this tablet has not heard of. */
  constructor(kind, { problem = null, status = 0, afterMs = 0, unknownKey = false } = {}) {
    super(problem?.detail ?? kind);
    this.kind = kind;
    this.problem = problem;
    this.status = status;
    this.afterMs = afterMs;
    this.unknownKey = unknownKey;
  }

  get retry() {
    return this.problem?.retry ?? "retry";
  }

  /** Only our own problem document with one of these parks an item; any other answer is tried again. */
  get parks() {
    return this.kind === "problem" && ["fix-data", "review", "never"].includes(this.retry);
  }
}

async function json(answer, type) {
  if (!(answer.headers.get("Content-Type") ?? "").startsWith(type)) throw new Trouble("stranger", { status: answer.status });
  try {
    return await answer.json();
  } catch {
    throw new Trouble("stranger", { status: answer.status });
  }
}

function waitOf(answer) {
  const seconds = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}

async function refuse(answer) {
  const problem = await json(answer, "application/problem+json");
  if (typeof problem?.code !== "string" || !RETRIES.includes(problem.retry) || problem.status !== answer.status) {
    throw new Trouble("stranger", { status: answer.status });
  }
  throw new Trouble("problem", { problem, status: answer.status, afterMs: waitOf(answer) });
}

/** call("PUT", "/captures/…", {token, body, bytes, etag}) -> {status, body, etag}; body is null for 204, 304. */
export async function call(method, path, { token = null, body = null, bytes = null, etag = null } = {}) {
  const headers = { "Jb-Client": String(CLIENT), Accept: "application/json, application/problem+json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (bytes) headers["Content-Type"] = "application/octet-stream";
  else if (body) headers["Content-Type"] = "application/json";
  if (etag) headers["If-None-Match"] = etag;
  let answer;
  try {
    answer = await fetch(BASE + path, {
      method,
      headers,
      body: bytes ?? (body ? JSON.stringify(body) : null),
      redirect: "error",
      cache: "no-store",
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(bytes ? UPLOAD_PATIENCE_MS : PATIENCE_MS),
    });
  } catch {
    throw new Trouble("offline");
  }
  if (answer.status >= 400) return refuse(answer);
  if (answer.status === 304 && etag) return { status: 304, body: null, etag };
  if (answer.status === 204) return { status: 204, body: null, etag: null };
  if (![200, 201, 202].includes(answer.status)) throw new Trouble("stranger", { status: answer.status });
  return { status: answer.status, body: await json(answer, "application/json"), etag: answer.headers.get("ETag") };
}

export const clientNumber = CLIENT;
