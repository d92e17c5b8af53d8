// Sends changed fields one after the other, and knows at any moment what the server has confirmed.
import { csrfToken, serverNow } from "./lib";

export type FieldValue = string | boolean | string[];

export interface Change {
  field: string;
  value: FieldValue;
  sequence: number;
  key: string;
}

export interface Answer {
  saved_at?: string;
  version?: number;
  missing?: string[];
  errors?: Record<string, string>;
  total?: string | null;
  message?: string;
}

/** saving: on its way · saved: all confirmed · retrying, offline, signedOut: kept, will be tried again · conflict, refused: needs the person. */
export type State = "saving" | "saved" | "retrying" | "offline" | "signedOut" | "conflict" | "refused";

export interface Hooks {
  state(state: State, detail: { savedAt?: string; message?: string }): void;
  answered(answer: Answer, change: Change): void;
  refused(change: Change, message: string, conflict: boolean): void;
}

const QUIET = 600;
const PATIENCE = 20_000;
const LONGEST_WAIT = 30_000;

export class SaveQueue {
  private waiting = new Map<string, Change>();
  private stuck = new Set<string>();
  private flying: Change | null = null;
  private timer: number | undefined;
  private failures = 0;
  /** The page is being left on purpose, with everything posted by the form itself. */
  leaving = false;
  private sequence: number;

  constructor(
    private readonly url: string,
    private version: number | null,
    lastSequence: number,
    private readonly hooks: Hooks,
    /** Where unconfirmed changes outlive the page; null for nowhere. */
    private readonly outbox: string | null = null,
  ) {
    // By the server's clock, so that a second device of the same person continues above the first one's numbers.
    this.sequence = Math.max(Math.floor(serverNow()), lastSequence);
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.waiting.size && this.hooks.state("offline", {}));
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
    addEventListener("beforeunload", (event) => {
      if (!this.settled && !this.leaving) event.preventDefault();
    });
  }

  /** Everything typed has been confirmed by the server. */
  get settled(): boolean {
    return this.waiting.size === 0 && this.stuck.size === 0;
  }

  /** Nothing is on its way to the server or waits to be sent. */
  get idle(): boolean {
    return this.waiting.size === 0;
  }

  /** What a former visit left unconfirmed, oldest first; it is queued again. */
  recover(): Change[] {
    const changes = this.read();
    for (const change of changes) {
      this.sequence = Math.max(this.sequence, change.sequence);
      this.waiting.set(change.field, change);
    }
    if (changes.length) {
      this.hooks.state("saving", {});
      this.schedule(0);
    }
    return changes;
  }

  put(field: string, value: FieldValue, quiet = QUIET): void {
    this.sequence += 1;
    this.stuck.delete(field);
    this.waiting.delete(field);
    this.waiting.set(field, { field, value, sequence: this.sequence, key: newKey() });
    this.write();
    this.hooks.state(navigator.onLine ? "saving" : "offline", {});
    this.schedule(quiet);
  }

  /** Not to be sent (what stands in the field cannot be saved), yet not saved either. */
  hold(field: string): void {
    this.waiting.delete(field);
    this.stuck.add(field);
    this.write();
    this.hooks.state("refused", {});
  }

  /** Send now what waits. */
  flush(): void {
    if (this.waiting.size) this.schedule(0);
  }

  private schedule(wait: number): void {
    clearTimeout(this.timer);
    if (wait === 0) void this.send();
    else this.timer = window.setTimeout(() => void this.send(), wait);
  }

  private async send(): Promise<void> {
    const [change] = this.waiting.values();
    if (this.flying || !change) return;
    this.flying = change;
    const abort = new AbortController();
    const alarm = window.setTimeout(() => abort.abort(), PATIENCE);
    try {
      const response = await fetch(this.url, {
        method: "POST",
        credentials: "same-origin",
        keepalive: true,
        redirect: "manual",
        signal: abort.signal,
        headers: {
          "Content-Type": "application/json",
          Accept: "application/json",
          "X-CSRFToken": csrfToken(),
          "X-Requested-With": "fetch",
          "Idempotency-Key": change.key,
        },
        body: JSON.stringify({ ...change, version: this.version }),
      });
      const answer = await read(response);
      this.flying = null;
      this.take(change, response, answer);
    } catch {
      this.flying = null;
      this.again(navigator.onLine ? "retrying" : "offline");
    } finally {
      clearTimeout(alarm);
    }
  }

  private take(change: Change, response: Response, answer: Answer | null): void {
    if (typeof answer?.version === "number") this.version = answer.version;
    if (response.ok && answer) return this.confirmed(change, answer);
    // An expired session answers with a redirect to the sign-in page, or 401.
    if (response.type === "opaqueredirect" || response.status === 401 || response.ok) return this.again("signedOut");
    if (response.status >= 500 || response.status === 408 || response.status === 429) return this.again("retrying");
    this.failures = 0;
    const conflict = response.status === 409;
    this.drop(change);
    // Something newer may have been typed in the same field meanwhile; then that one decides.
    if (!this.waiting.has(change.field)) this.stuck.add(change.field);
    const message = answer?.message ?? "";
    this.hooks.refused(change, answer?.errors?.[change.field] ?? message, conflict);
    this.hooks.state(conflict ? "conflict" : "refused", { message });
    this.flush();
  }

  private confirmed(change: Change, answer: Answer): void {
    this.failures = 0;
    this.drop(change);
    this.hooks.answered(answer, change);
    if (this.waiting.size) {
      this.hooks.state("saving", {});
      this.schedule(0);
    } else if (this.stuck.size) this.hooks.state("refused", {});
    else this.hooks.state("saved", { savedAt: answer.saved_at });
  }

  private again(state: State): void {
    this.failures += 1;
    this.hooks.state(state, {});
    this.schedule(Math.min(1000 * 2 ** (this.failures - 1), LONGEST_WAIT));
  }

  private drop(change: Change): void {
    if (this.waiting.get(change.field)?.sequence === change.sequence) this.waiting.delete(change.field);
    this.write();
  }

  private write(): void {
    if (!this.outbox) return;
    try {
      if (this.waiting.size) localStorage.setItem(this.outbox, JSON.stringify([...this.waiting.values()]));
      else localStorage.removeItem(this.outbox);
    } catch {
      // A private window without storage: the queue still lives in this page.
    }
  }

  private read(): Change[] {
    if (!this.outbox) return [];
    try {
      const kept = JSON.parse(localStorage.getItem(this.outbox) ?? "[]") as Change[];
      return kept.filter((change) => typeof change.field === "string").sort((a, b) => a.sequence - b.sequence);
    } catch {
      return [];
    }
  }
}

async function read(response: Response): Promise<Answer | null> {
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) return null;
  return (await response.json()) as Answer;
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
