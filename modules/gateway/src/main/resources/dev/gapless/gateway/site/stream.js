// Follows the status by fetch: an EventSource could send no credential but a cookie.

const SILENT_MS = 20_000;
const LEAST_MS = 500;
const MOST_MS = 15_000;

/** Lets the page draw, and take what is typed. A timer would be held up where nobody looks at the page. */
const breath = () =>
  new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

/** What the server says is wrong. */
export async function problemOf(response) {
  try {
    const problem = await response.json();
    return String(problem.detail ?? problem.title ?? response.status);
  } catch {
    return `The gateway answers ${response.status}`;
  }
}

/**
 * Calls `told` with each message, and `state` with what becomes of the connection: connecting, live, waiting (`retryMs`, `cause`), signed-out and
 * forbidden (`cause`), at which it ends.
 */
export class StatusStream {
  #headers;
  #told;
  #state;
  #abort = new AbortController();
  #stopped = false;
  #failures = 0;
  #reconnectMs = null;

  constructor({ headers, told, state }) {
    this.#headers = headers;
    this.#told = told;
    this.#state = state;
    this.#run();
  }

  stop() {
    this.#stopped = true;
    this.#abort.abort();
  }

  async #run() {
    while (!this.#stopped) {
      this.#state({ name: 'connecting' });
      this.#abort = new AbortController();
      let cause;
      try {
        const ended = await this.#once(this.#abort.signal);
        if (ended) {
          return;
        }
        cause = 'the connection ended';
      } catch (e) {
        cause = e.name === 'AbortError' ? 'nothing came for a while' : e.message;
      }
      if (this.#stopped) {
        return;
      }
      await this.#pause(cause);
    }
  }

  async #once(signal) {
    const response = await fetch('api/status/events', { headers: this.#headers(), signal, cache: 'no-store' });
    if (response.status === 401 || response.status === 403) {
      const cause = await problemOf(response);
      this.#state({ name: response.status === 401 ? 'signed-out' : 'forbidden', cause });
      return true;
    }
    if (!response.ok) {
      throw new Error(await problemOf(response));
    }
    await this.#read(response.body.pipeThrough(new TextDecoderStream()).getReader());
    return false;
  }

  async #read(reader) {
    let pending = '';
    let silent = null;
    try {
      for (;;) {
        clearTimeout(silent);
        silent = setTimeout(() => this.#abort.abort(), SILENT_MS);
        const { value, done } = await reader.read();
        if (done) {
          return;
        }
        let from = Math.max(0, pending.length - 1);
        pending += value;
        let start = 0;
        for (let end = pending.indexOf('\n\n', from); end >= 0; end = pending.indexOf('\n\n', from)) {
          await this.#message(pending.slice(start, end));
          start = end + 2;
          from = start;
        }
        pending = pending.slice(start);
      }
    } finally {
      clearTimeout(silent);
    }
  }

  async #message(block) {
    for (const line of block.split('\n')) {
      if (!line.startsWith('data: ')) {
        continue;
      }
      const message = JSON.parse(line.slice('data: '.length));
      if (message.type === 'closing') {
        this.#reconnectMs = message.reconnect_after_ms ?? null;
        continue;
      }
      await breath(); // of a large cluster it takes a while to read it, and to look at it
      if (this.#stopped) {
        return;
      }
      this.#failures = 0;
      this.#state({ name: 'live' });
      this.#told(message);
    }
  }

  async #pause(cause) {
    const most = Math.min(MOST_MS, LEAST_MS * 2 ** this.#failures);
    const retryMs = this.#reconnectMs ?? LEAST_MS + Math.random() * most;
    this.#reconnectMs = null;
    this.#failures++;
    this.#state({ name: 'waiting', cause, retryMs });
    await new Promise(resolve => {
      const timer = setTimeout(resolve, retryMs);
      this.#abort = new AbortController();
      this.#abort.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
