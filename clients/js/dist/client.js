// gapless-client: the client of a Gapless gateway, for browsers and Node. Built from clients/js/src; do not change it here.

// src/api.ts
var GaplessError = class extends Error {
  constructor(code, message, cause) {
    super(message, cause === void 0 ? void 0 : { cause });
    this.code = code;
    this.name = new.target.name;
  }
  code;
};
var UnknownOutcome = class extends GaplessError {
  constructor(message, cause, idempotencyKey) {
    super("unknown_outcome", message, cause);
    this.idempotencyKey = idempotencyKey;
  }
  idempotencyKey;
};
var defaults = {
  connectTimeoutMs: 1e4,
  tokenTimeoutMs: 1e4,
  silenceMs: 15e3,
  pongTimeoutMs: 1e4,
  reconnectMs: 250,
  reconnectMaxMs: 1e4,
  reloadDistanceMs: 1e3,
  reloadJitterMs: 1e3,
  reloadMaxMs: 3e4,
  queuedEvents: 1e3,
  queuedCharacters: 4e6,
  pendingPublishes: 1e3,
  publishTimeoutMs: 3e4
};

// src/backoff.ts
var Backoff = class {
  constructor(leastMs, mostMs) {
    this.leastMs = leastMs;
    this.mostMs = mostMs;
  }
  leastMs;
  mostMs;
  attempts = 0;
  nextMs() {
    const most = Math.min(this.mostMs, this.leastMs * 2 ** Math.min(this.attempts++, 30));
    return Math.random() * most;
  }
  reset() {
    this.attempts = 0;
  }
};

// src/place.ts
var MOST_ENTRIES = 1e3;
var MANY_ENTRIES = 100;
var Place = class {
  /** Does the gateway take what came since a token? */
  takesThen = true;
  token;
  then = /* @__PURE__ */ new Map();
  streams = /* @__PURE__ */ new Map();
  constructor(from) {
    this.token = from ?? null;
    if (!from?.startsWith("{")) return;
    try {
      const { token, then = [], positions = [] } = JSON.parse(from);
      for (const entry of positions) this.streams.set(entry.epoch, entry);
      for (const entry of then) this.then.set(entry.epoch, entry);
      this.token = token ?? from;
    } catch {
      this.then.clear();
    }
  }
  /** To resume here; null if it is not known where this is. */
  text() {
    if (this.then.size === 0) return this.token;
    if (this.takesThen && this.then.size <= MOST_ENTRIES) return JSON.stringify({ token: this.token, then: [...this.then.values()] });
    return this.streams.size > 0 ? JSON.stringify({ positions: [...this.streams.values()] }) : this.token;
  }
  /** Is it worth a token? */
  isLong() {
    return this.then.size >= MANY_ENTRIES;
  }
  /** The subscription is there. A gateway of before does not list streams that have ended: those that are known stay. */
  begin(positions, token) {
    this.at(token);
    if (this.takesThen) this.streams.clear();
    for (const { node, epoch, seq, ended } of positions) {
      if (seq !== null || !this.streams.has(epoch)) this.keep({ node, epoch, seq: seq === null ? null : sequence(seq), ended });
    }
  }
  event({ node, epoch, seq }, token) {
    this.put({ node, epoch, seq: sequence(seq) });
    if (token) this.at(token);
  }
  left({ node, epoch, seq }, token) {
    this.put({ node, epoch, seq: sequence(seq), ended: true });
    if (token) this.at(token);
  }
  /**
   * One notice, behind its token. Its gaps may come in any order. What resumes in a stream of which it tells, too, goes by what it tells of that
   * one.
   */
  gaps(gaps, token) {
    if (token) this.at(token);
    const all = gaps.filter((gap) => gap.node !== null);
    const others = all.filter((gap) => gap.epoch !== gap.resumes_epoch);
    for (const gap of others) this.resumes(gap);
    for (const { node, epoch, first_missing } of others) {
      if (epoch === null) continue;
      const known = this.then.get(epoch);
      if (first_missing !== null) this.put({ node, epoch, seq: sequence(first_missing) - 1, ended: true });
      else if (known) this.put({ ...known, ended: true });
      else this.keep({ node, epoch, seq: this.streams.get(epoch)?.seq ?? null, ended: true });
    }
    for (const gap of all) if (gap.epoch === gap.resumes_epoch) this.resumes(gap);
  }
  resumes({ node, resumes_epoch, resumes_at }) {
    if (resumes_epoch !== null && resumes_at !== null) this.put({ node, epoch: resumes_epoch, seq: sequence(resumes_at) - 1 });
  }
  /** It came since the token. */
  put(entry) {
    this.then.set(entry.epoch, entry);
    this.keep(entry);
  }
  /** As many streams as a token names. */
  keep(entry) {
    this.streams.set(entry.epoch, entry);
    if (this.streams.size <= MOST_ENTRIES) return;
    for (const one of this.streams.values()) {
      if (one.ended) {
        this.streams.delete(one.epoch);
        return;
      }
    }
  }
  /** A token that stands behind all of this. */
  at(token) {
    this.token = token;
    this.then.clear();
  }
};
function sequence(seq) {
  if (!Number.isSafeInteger(seq)) {
    throw new GaplessError("sequence_too_large", `The sequence ${seq} is not one that JavaScript can count to (2^53)`);
  }
  return seq;
}

// src/session.ts
var PUBLISHES_UNDER_WAY = 32;
var BUFFERED_BYTES = 1 << 20;
var LONGEST_WAIT_MS = 3e5;
var UNAUTHENTICATED = 4401;
var TOO_LARGE = 1009;
function unknown({ topic, key }, why, cause) {
  return new UnknownOutcome(`It is not known whether the message to ${topic} was published: ${why}`, cause, key);
}
var Session = class {
  /** Throws what the WebSocket throws, of an address that is none, say. */
  constructor(owner, url, WebSocket, token) {
    this.owner = owner;
    this.url = url;
    this.token = token;
    this.socket = new WebSocket(url);
    const { connectTimeoutMs, silenceMs, pongTimeoutMs } = owner.settings;
    this.ticks = setInterval(() => this.tick(), Math.min(1e3, connectTimeoutMs / 2, silenceMs / 2, pongTimeoutMs / 2));
    this.socket.addEventListener("open", () => {
      if (token !== null) this.auth(token);
    });
    this.socket.addEventListener("message", ({ data }) => this.message(data));
    this.socket.addEventListener("error", () => {
    });
    this.socket.addEventListener("close", ({ code, reason }) => this.closed(code, reason));
  }
  owner;
  url;
  token;
  isReady = false;
  takesThen = false;
  readySinceMs = 0;
  /** Tells this gateway, and one start of it, from all others; one of before does not say so, and takes no keys. */
  gateway;
  /** The gateway has said its last word. */
  isClosing = false;
  isOver = false;
  socket;
  openedMs = Date.now();
  heardMs = this.openedMs;
  /** Since when an answer to a ping is awaited; 0 if none is. */
  pingedMs = 0;
  pings = 0;
  pongs = 0;
  waitMs;
  leaving = /* @__PURE__ */ new Set();
  underWay = /* @__PURE__ */ new Map();
  ticks;
  // ------------------------------------------------------------------ what is sent
  send(command) {
    this.sendText(JSON.stringify(command));
  }
  sendText(text) {
    if (!this.isOver && this.socket.readyState === 1) this.socket.send(text);
  }
  ping() {
    this.send({ type: "Ping" });
    this.pingedMs ||= Date.now();
    return ++this.pings;
  }
  isLeaving(topic) {
    return this.leaving.has(topic);
  }
  leave(topic) {
    this.leaving.add(topic);
    this.send({ type: "Unsubscribe", topic, id: "u" });
  }
  auth(token) {
    this.token = token;
    this.send({ type: "Auth", token, id: "a" });
  }
  /** Publishes as much as may be on its way. */
  flush() {
    const { outbox } = this.owner;
    while (this.isReady && this.underWay.size < PUBLISHES_UNDER_WAY && outbox.length > 0 && !this.isClosing && this.socket.bufferedAmount < BUFFERED_BYTES && this.socket.readyState === 1) {
      const publish = outbox.shift();
      this.underWay.set(publish.id, publish);
      publish.gateway = this.gateway;
      const isAdded = this.gateway !== void 0 && !publish.hasKey;
      this.sendText(isAdded ? `${publish.text.slice(0, -1)},"idempotency_key":"${publish.key}"}` : publish.text);
    }
  }
  /** It may be dead: is it? */
  probe() {
    if (this.isReady && this.pingedMs === 0) this.ping();
  }
  close() {
    this.lose(new GaplessError("closed", "The client was closed"));
  }
  // ------------------------------------------------------------------ its end
  tick() {
    const { connectTimeoutMs, silenceMs, pongTimeoutMs, publishTimeoutMs } = this.owner.settings;
    const now = Date.now();
    if (!this.isReady) {
      if (now - this.openedMs > connectTimeoutMs) {
        this.lose(new GaplessError("timeout", `${this.url} did not answer within ${connectTimeoutMs} ms (connectTimeoutMs)`));
      }
    } else if (this.pingedMs > 0) {
      const wait = this.underWay.size > 0 ? publishTimeoutMs : pongTimeoutMs;
      if (now - this.pingedMs > wait) this.lose(new GaplessError("silent", `${this.url} has not answered for ${wait} ms (pongTimeoutMs)`));
    } else if (now - this.heardMs >= silenceMs) {
      this.ping();
    }
    this.flush();
  }
  closed(code, reason) {
    if (this.isOver) return;
    if (code === UNAUTHENTICATED) {
      this.owner.credential?.refused(this.token);
    } else if (code === TOO_LARGE) {
      const [id, publish] = this.underWay.entries().next().value ?? [];
      if (id !== void 0) this.underWay.delete(id);
      publish?.failed(new GaplessError("too_large", "The message is larger than gapless.gateway.max-command-bytes allows"));
    }
    const name = code === UNAUTHENTICATED ? "unauthenticated" : "disconnected";
    this.lose(new GaplessError(name, `The connection to ${this.url} has ended: ${reason || "it broke"} (${code})`));
  }
  lose(cause) {
    if (this.isOver) return;
    this.isOver = true;
    clearInterval(this.ticks);
    try {
      this.socket.close();
    } catch {
    }
    this.isReady = false;
    const underWay = [...this.underWay.values()];
    this.underWay.clear();
    this.owner.outbox.unshift(...underWay.filter(({ gateway }) => gateway !== void 0));
    for (const publish of underWay) if (publish.gateway === void 0) publish.failed(unknown(publish, cause.message, cause));
    this.owner.lost(cause, this, this.waitMs);
  }
  // ------------------------------------------------------------------ what comes
  message(data) {
    if (this.isOver) return;
    this.heardMs = Date.now();
    this.pingedMs = 0;
    try {
      if (typeof data !== "string") throw new Error("it is not text");
      const frame = JSON.parse(data);
      if (typeof frame.type !== "string") throw new Error("it has no type");
      this.frame(frame, data.length);
    } catch (error) {
      this.lose(new GaplessError("bad_frame", `${this.url} sent what is no frame of a gateway: ${error}`, error));
    }
  }
  frame(frame, size) {
    const subscription = this.owner.subscriptions.get(String(frame.topic));
    switch (frame.type) {
      case "connected":
        this.takesThen = !!frame.data?.from?.includes?.("then");
        this.gateway = frame.data?.gateway;
        if (this.token === null) this.ready();
        break;
      case "authenticated":
        if (this.token !== null) this.owner.credential?.accepted(this.token, frame.expires_in_ms);
        this.ready();
        break;
      case "auth_expires":
        this.owner.credential?.expires(this.token, frame.in_ms);
        break;
      case "unsubscribed":
        this.left(String(frame.topic));
        break;
      case "published": {
        const { node, epoch, seq } = frame.position;
        const publish = this.answered(frame.id);
        try {
          publish?.done({ node, epoch, seq: sequence(seq) });
        } catch (error) {
          publish?.failed(error);
        }
        break;
      }
      case "error":
        this.error(frame, subscription);
        break;
      case "pong":
        this.pongs++;
        this.tokens(frame.tokens);
        break;
      case "ping":
        this.tokens(frame.tokens);
        break;
      case "closing":
        this.isClosing = true;
        this.tokens(frame.tokens);
        if (frame.reconnect_after_ms > 0) this.waitMs = Math.min(frame.reconnect_after_ms, LONGEST_WAIT_MS);
        break;
      default:
        subscription?.frame(frame, size);
    }
  }
  ready() {
    if (this.isReady) return;
    this.isReady = true;
    this.readySinceMs = Date.now();
    this.owner.ready();
    this.flush();
  }
  left(topic) {
    this.leaving.delete(topic);
    this.owner.subscriptions.get(topic)?.left();
  }
  answered(id) {
    const publish = this.underWay.get(String(id));
    this.underWay.delete(String(id));
    this.flush();
    return publish;
  }
  error({ id, code, message, topic }, subscription) {
    const cause = new GaplessError(String(code), String(message));
    if (id === "s") {
      subscription?.refused(cause.code, cause.message);
    } else if (id === "u") {
      this.left(String(topic));
    } else if (id !== "a") {
      const publish = this.answered(id);
      publish?.failed(code === "publish_unknown" ? unknown(publish, cause.message, cause) : cause);
    } else if (this.isReady) {
      for (const one of this.owner.subscriptions.values()) one.note(cause);
    } else {
      if (code === "unauthenticated") this.owner.credential?.refused(this.token);
      this.lose(cause);
    }
  }
  tokens(tokens) {
    for (const [topic, token] of Object.entries(tokens ?? {})) this.owner.subscriptions.get(topic)?.token(token, this.pongs);
  }
};

// src/connection.ts
var GOOD_MS = 5e3;
var WAKE_MS = 1e3;
var Connection = class {
  constructor(urls, settings, credential, WebSocket) {
    this.urls = urls;
    this.settings = settings;
    this.credential = credential;
    this.WebSocket = WebSocket;
    this.backoff = new Backoff(settings.reconnectMs, settings.reconnectMaxMs);
  }
  urls;
  settings;
  credential;
  WebSocket;
  subscriptions = /* @__PURE__ */ new Map();
  outbox = [];
  session = null;
  timer;
  isAsking = false;
  isClosed = false;
  /** The wait is the gateway's. */
  isTold = false;
  /** Why there is no connection. */
  cause;
  triedMs = 0;
  turn = 0;
  pending = 0;
  published = 0;
  /** In front of the number of a message it is a key that no other client has. */
  keys = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  backoff;
  add(subscription) {
    this.subscriptions.set(subscription.topic, subscription);
    if (this.session?.isReady) subscription.connected(this.session);
    else this.connect();
  }
  remove(subscription) {
    if (this.subscriptions.get(subscription.topic) === subscription) this.subscriptions.delete(subscription.topic);
  }
  publish(topic, { idempotencyKey, ...message }) {
    return new Promise((fulfil, reject) => {
      const { pendingPublishes, publishTimeoutMs } = this.settings;
      if (this.isClosed) throw new GaplessError("closed", "The client was closed");
      if (this.pending >= pendingPublishes) {
        throw new GaplessError("too_many_pending", `${pendingPublishes} messages have no answer yet (pendingPublishes): wait for some`);
      }
      const id = `p${++this.published}`;
      const text = json({ ...message, type: "Publish", topic, id, idempotency_key: idempotencyKey });
      const end = (how) => {
        if (isOver) return;
        isOver = true;
        this.pending--;
        clearTimeout(timer);
        how();
      };
      let isOver = false;
      const publish = {
        id,
        topic,
        text,
        key: idempotencyKey ?? `${this.keys}-${this.published}`,
        hasKey: idempotencyKey !== void 0,
        done: (position) => end(() => fulfil(position)),
        failed: (error) => end(() => reject(error))
      };
      const timer = setTimeout(() => {
        const at = this.outbox.indexOf(publish);
        if (at >= 0) this.outbox.splice(at, 1);
        const late = `no answer within ${publishTimeoutMs} ms (publishTimeoutMs)`;
        publish.failed(
          at >= 0 && publish.gateway === void 0 ? new GaplessError("timeout", `The message to ${topic} was not published: ${late}. ${this.cause?.message ?? ""}`, this.cause) : unknown(publish, late)
        );
      }, publishTimeoutMs);
      this.pending++;
      this.outbox.push(publish);
      if (this.session?.isReady) this.session.flush();
      else this.connect();
    });
  }
  auth(token) {
    if (this.session?.isReady) this.session.auth(token);
  }
  /** The network is back, or the page is seen again. */
  wake() {
    if (this.session) {
      this.session.probe();
    } else if (this.timer !== void 0 && !this.isTold && Date.now() - this.triedMs >= WAKE_MS) {
      clearTimeout(this.timer);
      this.timer = void 0;
      this.connect();
    }
  }
  close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    for (const subscription of [...this.subscriptions.values()]) subscription.end();
    this.session?.close();
    this.refuseAll(new GaplessError("closed", "The client was closed"));
  }
  refuseAll(cause) {
    for (const publish of this.outbox.splice(0)) publish.failed(publish.gateway === void 0 ? cause : unknown(publish, cause.message, cause));
  }
  // ------------------------------------------------------------------ connecting
  connect() {
    if (!this.session && this.timer === void 0 && !this.isAsking && !this.isClosed) void this.open();
  }
  async open() {
    this.isAsking = true;
    this.triedMs = Date.now();
    try {
      const token = this.credential ? await this.credential.get() : null;
      if (this.isClosed) return;
      const url = this.urls[this.turn % this.urls.length];
      this.session = new Session(this, url, this.WebSocket, token);
    } catch (error) {
      const cause = error instanceof GaplessError ? error : new GaplessError("bad_url", `There is no WebSocket: ${error}`, error);
      this.wait(cause, void 0);
    } finally {
      this.isAsking = false;
    }
  }
  ready() {
    const session = this.session;
    for (const publish of this.outbox.filter(({ gateway }) => gateway !== void 0 && gateway !== session.gateway)) {
      this.outbox.splice(this.outbox.indexOf(publish), 1);
      publish.failed(unknown(publish, "the connection broke, and another gateway answers now"));
    }
    for (const subscription of [...this.subscriptions.values()]) subscription.connected(session);
  }
  lost(cause, session, waitMs) {
    if (this.session !== session) return;
    this.session = null;
    const repeats = session.readySinceMs > 0 && !session.isClosing && this.outbox.some((publish) => publish.gateway !== void 0);
    if (!repeats) this.turn++;
    if (session.readySinceMs > 0 && Date.now() - session.readySinceMs >= GOOD_MS) this.backoff.reset();
    this.wait(cause, waitMs);
  }
  wait(cause, toldMs) {
    if (this.isClosed) return;
    this.cause = cause;
    const all = [...this.subscriptions.values()];
    if (cause.code === "unauthenticated" && !this.credential) {
      for (const subscription of all) subscription.end(cause);
      this.refuseAll(cause);
      return;
    }
    for (const subscription of all) subscription.disconnected(cause);
    if (this.subscriptions.size === 0 && this.outbox.length === 0) return;
    this.isTold = toldMs !== void 0;
    this.timer = setTimeout(() => {
      this.timer = void 0;
      this.connect();
    }, Math.max(toldMs ?? 0, this.backoff.nextMs()));
  }
};
function json(message) {
  try {
    return JSON.stringify(message);
  } catch (error) {
    throw new GaplessError("bad_message", `The message is not JSON: ${error}`, error);
  }
}

// src/credential.ts
var LONGEST_TIMER_MS = 2 ** 31 - 1;
var AHEAD_MS = 6e4;
var RENEW_MS = 1e3;
var Credential = class {
  /**
   * @param renewed is told a new one
   * @param failed is told why there is no new one yet, while the one before is valid
   */
  constructor(ask, settings, renewed, failed) {
    this.ask = ask;
    this.settings = settings;
    this.renewed = renewed;
    this.failed = failed;
    this.backoff = new Backoff(2e3, 3e4);
  }
  ask;
  settings;
  renewed;
  failed;
  token = null;
  asking = null;
  expiresMs = Infinity;
  dueMs = Infinity;
  timer;
  backoff;
  /** The one that is valid as far as is known, or a new one. */
  async get() {
    return this.token !== null && Date.now() < this.expiresMs ? this.token : this.fresh();
  }
  /** The gateway has refused it, or says that it is valid no more. */
  refused(token) {
    if (token === this.token) this.token = null;
  }
  /** The gateway has accepted it, for so long. */
  accepted(token, forMs) {
    if (token !== this.token) return;
    this.expiresMs = this.dueMs = Infinity;
    clearTimeout(this.timer);
    if (forMs !== void 0) this.expires(token, forMs);
  }
  /** It expires within that time. */
  expires(token, inMs) {
    const now = Date.now();
    const dueMs = now + Math.max(RENEW_MS, inMs - Math.min(AHEAD_MS, inMs / 5));
    if (token !== this.token || !(dueMs < this.dueMs)) return;
    this.expiresMs = now + inMs;
    this.renewAt(dueMs);
  }
  renewAt(dueMs) {
    this.dueMs = dueMs;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.renew(), Math.min(dueMs - Date.now(), LONGEST_TIMER_MS));
  }
  async renew() {
    const before = this.token;
    let cause;
    try {
      const token = await this.fresh();
      if (token !== before) {
        this.backoff.reset();
        this.renewed(token);
        return;
      }
      cause = new GaplessError("token_not_renewed", "The token function returned the token that is about to expire");
    } catch (error) {
      cause = error;
    }
    this.failed(cause);
    if (Date.now() < this.expiresMs) this.renewAt(Date.now() + RENEW_MS + this.backoff.nextMs());
  }
  close() {
    clearTimeout(this.timer);
  }
  /** One question at a time. */
  fresh() {
    this.asking ??= this.answer().finally(() => this.asking = null);
    return this.asking;
  }
  async answer() {
    let timer;
    const { tokenTimeoutMs } = this.settings;
    try {
      const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${tokenTimeoutMs} ms (tokenTimeoutMs)`)), tokenTimeoutMs);
      });
      const token = await Promise.race([this.ask(), late]);
      if (typeof token !== "string" || token === "") throw new Error("it returned no text");
      if (token !== this.token) this.expiresMs = this.dueMs = Infinity;
      this.token = token;
      return token;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new GaplessError("token_failed", `The token function failed: ${why}`, error);
    } finally {
      clearTimeout(timer);
    }
  }
};

// src/reloads.ts
var Runs = class {
  constructor(reload, settings) {
    this.reload = reload;
    this.settings = settings;
    this.backoff = new Backoff(2 * settings.reloadDistanceMs, settings.reloadMaxMs);
  }
  reload;
  settings;
  gaps = [];
  waiting = [];
  running = false;
  endedMs = -Infinity;
  backoff;
  add(gaps, waiting) {
    this.gaps.push(...gaps);
    this.waiting.push(waiting);
    if (!this.running) {
      this.running = true;
      this.later(0);
    }
  }
  later(atLeastMs) {
    const distance = this.endedMs + this.settings.reloadDistanceMs - Date.now();
    setTimeout(() => void this.run(), Math.max(distance, atLeastMs, 0) + Math.random() * this.settings.reloadJitterMs);
  }
  async run() {
    const { gaps, waiting } = this;
    this.gaps = [];
    this.waiting = [];
    let wait = 0;
    try {
      await this.reload(gaps);
      this.backoff.reset();
      this.endedMs = Date.now();
      for (const one of waiting) one.done();
    } catch (error) {
      this.endedMs = Date.now();
      wait = this.backoff.nextMs();
      const cause = new GaplessError("reload_failed", `The reload failed, and is repeated: ${error}`, error);
      for (const one of waiting) one.failed(cause);
      if (waiting.some((one) => !one.isOver)) {
        this.gaps.unshift(...gaps);
        this.waiting.unshift(...waiting);
      }
    }
    if (this.waiting.length > 0) {
      this.later(wait);
    } else {
      this.running = false;
    }
  }
};
var Reloads = class {
  constructor(settings) {
    this.settings = settings;
  }
  settings;
  all = /* @__PURE__ */ new WeakMap();
  /** Is fulfilled when a run has succeeded that began after this. */
  run(reload, gaps, isOver, failed) {
    return new Promise((done) => {
      let runs = this.all.get(reload);
      if (!runs) {
        runs = new Runs(reload, this.settings);
        this.all.set(reload, runs);
      }
      runs.add(gaps, {
        get isOver() {
          return isOver();
        },
        done,
        failed
      });
    });
  }
};

// src/subscription.ts
var FOR_NOW = /^(not_ready|refused|closing|behind|overloaded|failed|too_many_.*|no_room)$/;
var BEHIND_EVENTS = 100;
function takesLong(result) {
  return typeof result?.then === "function";
}
var TopicSubscription = class {
  constructor(topic, options, settings, reloads, over) {
    this.topic = topic;
    this.options = options;
    this.settings = settings;
    this.reloads = reloads;
    this.over = over;
    this.at = new Place(options.from);
    this.backoff = new Backoff(4 * settings.reconnectMs, settings.reconnectMaxMs);
  }
  topic;
  options;
  settings;
  reloads;
  over;
  state = "connecting";
  phase = "off";
  link = null;
  queue = [];
  characters = 0;
  events = 0;
  busy = false;
  told = false;
  full = false;
  retry;
  /** Tokens stand in front of a gap that was told until the gateway has answered so many pings. */
  trustFrom = 0;
  /** A token is on its way that makes the place short. */
  isAsked = false;
  at;
  backoff;
  get place() {
    return this.at.text();
  }
  close() {
    this.end();
  }
  /** Tells the application; it is told of each state once, and of each cause. */
  become(state, cause) {
    if (this.state === "ended" || state === this.state && !cause && this.told) return;
    this.state = state;
    this.told = true;
    const change = { topic: this.topic, state };
    if (cause) change.cause = cause;
    try {
      this.options.onState?.(change);
    } catch (error) {
      console.error("gapless: onState failed", error);
    }
  }
  end(cause) {
    if (this.state === "ended") return;
    clearTimeout(this.retry);
    this.drop();
    if (this.phase === "opening" || this.phase === "on") this.link?.leave(this.topic);
    this.become("ended", cause);
    this.over(this);
  }
  // ------------------------------------------------------------------ what its connection tells
  connected(link) {
    this.link = link;
    this.at.takesThen = link.takesThen;
    this.settle();
  }
  disconnected(cause) {
    this.link = null;
    this.phase = "off";
    this.drop();
    clearTimeout(this.retry);
    this.retry = void 0;
    if (this.state !== "reloading" || cause) this.become(this.state === "reloading" ? "reloading" : "connecting", cause);
  }
  /** Something goes wrong that does not end it. */
  note(cause) {
    this.become(this.state, cause);
  }
  refused(code, message) {
    if (this.phase !== "opening") return;
    this.phase = "off";
    const cause = new GaplessError(code, `The gateway refuses ${this.topic}: ${message}`);
    if (!FOR_NOW.test(code)) {
      this.end(cause);
      return;
    }
    this.become("connecting", cause);
    this.retry = setTimeout(() => {
      this.retry = void 0;
      this.settle();
    }, this.backoff.nextMs());
  }
  /** The gateway has none to this topic any more. */
  left() {
    this.phase = "off";
    this.settle();
  }
  /** Behind everything that was sent, when so many pings were answered. */
  token(token, pongs) {
    if (this.phase !== "on") return;
    this.full = false;
    if (pongs >= this.trustFrom) this.put({ token, size: 0 });
  }
  frame(frame, size) {
    if (frame.type === "subscribed" && this.phase === "opening") {
      if (!Array.isArray(frame.positions) || typeof frame.token !== "string") throw new Error("subscribed without positions or token");
      this.phase = "on";
      this.trustFrom = 0;
      this.full = false;
      this.backoff.reset();
      this.put({ frame, size: 0 });
      this.become("live");
    } else if (this.phase === "on" || this.phase === "opening" && frame.type === "ended") {
      const frames = frame.type === "batch" ? frame.data : [frame];
      this.full = frames.length >= BEHIND_EVENTS;
      for (const one of frames) this.take(one, size / frames.length);
      if (frame.type === "batch" && frame.token && !this.options.state) this.put({ token: frame.token, size: 0 });
      this.look();
    }
  }
  /** Throws if it is not what its type says. */
  take(frame, size) {
    const isGap = frame.type === "cursor_expired";
    if (isGap && !Array.isArray(frame.gaps)) throw new Error("cursor_expired without gaps");
    if (frame.type === "event" && !this.options.state && typeof frame.seq !== "number") throw new Error("an event without seq");
    if (isGap && this.waitsFor()) this.trustFrom = Infinity;
    this.put({ frame, size });
    if (isGap && !this.waitsFor() && !this.options.state) this.link?.ping();
  }
  /** Does the gateway wait for its Resume? */
  waitsFor() {
    return !!this.options.reload && !this.options.state;
  }
  // ------------------------------------------------------------------ what waits
  put(item) {
    this.queue.push(item);
    this.characters += item.size;
    if (item.size > 0) this.events++;
    this.pump();
  }
  drop() {
    this.queue = [];
    this.characters = this.events = 0;
  }
  /** A slow handler leaves the rest at the gateway: it comes when all that is here is handled. */
  look() {
    if (this.phase !== "on") return;
    if (this.events > this.settings.queuedEvents || this.characters > this.settings.queuedCharacters) {
      this.phase = "leaving";
      this.link?.leave(this.topic);
    }
    if (this.state === "live" || this.state === "behind") {
      this.become(this.full || this.events >= BEHIND_EVENTS || this.phase !== "on" ? "behind" : "live");
    }
  }
  pump() {
    while (!this.busy && this.queue.length > 0 && this.state !== "ended") {
      const item = this.queue.shift();
      this.characters -= item.size;
      if (item.size > 0) this.events--;
      this.busy = true;
      const failed = (error) => {
        this.busy = false;
        this.end(error instanceof GaplessError ? error : new GaplessError("handler_failed", `The handler failed: ${error}`, error));
      };
      try {
        const pending = this.handle(item);
        if (pending) {
          pending.then(() => {
            this.busy = false;
            this.pump();
          }, failed);
          return;
        }
        this.busy = false;
      } catch (error) {
        failed(error);
      }
    }
    this.settle();
  }
  /** Subscribes, if nothing of before is on its way to the handler. */
  settle() {
    if (this.state === "ended" || this.busy || this.queue.length > 0) return;
    if (this.phase === "on") {
      if (this.state === "behind" && !this.full) this.become("live");
      return;
    }
    if (this.phase !== "off" || this.retry !== void 0 || !this.link || this.link.isLeaving(this.topic)) return;
    this.phase = "opening";
    this.link.send(this.command());
  }
  command() {
    const { nodes, keys, maxMessageBytes, state } = this.options;
    const from = this.at.text() ?? (state ? void 0 : "latest");
    return {
      type: "Subscribe",
      topic: this.topic,
      id: "s",
      ids: state || !this.at.takesThen || void 0,
      from,
      filter: nodes || keys ? { nodes, keys } : void 0,
      on_lag: state ? void 0 : this.waitsFor() ? "pause" : "resync",
      max_message_bytes: maxMessageBytes,
      state: state || void 0
    };
  }
  // ------------------------------------------------------------------ what is handled
  /** A promise if it takes a while. Throws what the handler throws. */
  handle(item) {
    if ("token" in item) {
      this.at.at(item.token);
      this.isAsked = false;
      return this.keep();
    }
    const frame = item.frame;
    switch (frame.type) {
      case "subscribed":
        this.isAsked = false;
        this.at.begin(this.options.state ? [] : frame.positions, frame.token);
        return;
      case "cursor_expired":
        return this.gaps(frame);
      case "producer_left":
        this.at.left(frame, frame.token);
        return this.keep();
      case "ended":
        if (frame.token) this.at.at(frame.token);
        this.phase = "off";
        throw new GaplessError(String(frame.reason).toLowerCase(), `The gateway ended ${this.topic}: ${frame.message ?? frame.reason}`);
      case "event":
      case "withheld":
      case "undecodable":
      case "snapshot_start":
      case "snapshot_end":
        return this.give(frame, () => {
          if (!this.options.state) this.at.event(frame, frame.token);
          else if (frame.token) this.at.at(frame.token);
        });
    }
  }
  give(frame, handled) {
    if ("seq" in frame) sequence(frame.seq);
    const pending = this.options.onEvent(frame);
    if (!takesLong(pending)) {
      handled();
      return this.keep();
    }
    return pending.then(() => {
      handled();
      return this.keep();
    });
  }
  keep() {
    if (this.at.isLong() && !this.isAsked) {
      this.isAsked = true;
      this.link?.ping();
    }
    const place = this.options.store && this.at.text();
    const pending = place ? this.options.store?.(place) : void 0;
    if (takesLong(pending)) return pending;
  }
  gaps(expired) {
    const gaps = expired.gaps;
    for (const gap of gaps) gap.topic = this.topic;
    if (this.options.state) return this.give(expired, () => {
    });
    if (!this.options.reload) return this.give(expired, () => this.at.gaps(gaps, expired.token));
    return this.reload(expired, this.options.reload);
  }
  async reload({ gaps, token }, reload) {
    const link = this.link;
    this.become("reloading");
    await this.reloads.run(
      reload,
      gaps,
      () => this.state === "ended",
      (cause) => this.become("reloading", cause)
    );
    this.at.gaps(gaps, token);
    await this.keep();
    if (this.state === "ended") return;
    if (link && link === this.link && this.phase === "on") {
      link.send({ type: "Resume", topic: this.topic, token });
      this.trustFrom = link.ping();
      this.become("live");
    } else {
      this.become("connecting");
    }
  }
};

// src/client.ts
var Gapless = class {
  settings;
  urls;
  credential;
  WebSocket;
  connections = [];
  reloads;
  isClosed = false;
  /**
   * @param urls of gateways, such as `https://a.example.com`, which are tried in turn. In a browser `'/'` is the one that the page is of
   */
  constructor(urls, options = {}) {
    const { token, WebSocket = globalThis.WebSocket, ...settings } = options;
    if (!WebSocket) {
      throw new GaplessError("no_websocket", "There is no WebSocket here: give one as the option WebSocket (import WebSocket from 'ws')");
    }
    this.settings = { ...defaults, ...settings };
    for (const [name, value] of Object.entries(this.settings)) {
      if (!(name in defaults)) throw new GaplessError("bad_option", `There is no option ${name}`);
      if (!(value >= 0)) throw new GaplessError("bad_option", `The option ${name} is a number from 0 on, not ${value}`);
    }
    this.WebSocket = WebSocket;
    this.urls = [urls].flat().map(webSocketUrl);
    if (this.urls.length === 0) throw new GaplessError("bad_url", "There is no address of a gateway");
    this.reloads = new Reloads(this.settings);
    this.credential = token ? new Credential(
      token,
      this.settings,
      (renewed) => this.connections.forEach((one) => one.auth(renewed)),
      (cause) => this.subscriptions().forEach((one) => one.note(cause))
    ) : null;
    const page = globalThis;
    page.addEventListener?.("online", this.wake);
    page.document?.addEventListener("visibilitychange", this.wake);
  }
  wake = () => {
    if (globalThis.document?.visibilityState !== "hidden") this.connections.forEach((one) => one.wake());
  };
  subscriptions() {
    return this.connections.flatMap((one) => [...one.subscriptions.values()]);
  }
  /** Gives each message to `onEvent` once and in order, or says in its place what is missing. */
  subscribe(topic, options) {
    if (typeof options?.onEvent !== "function") throw new GaplessError("bad_option", "onEvent is a function");
    if (this.isClosed) throw new GaplessError("closed", "The client was closed");
    let connection;
    const subscription = new TopicSubscription(topic, options, this.settings, this.reloads, (over) => {
      if (connection) this.remove(over, connection);
    });
    queueMicrotask(() => {
      if (subscription.state === "ended") return;
      if (this.isClosed) return subscription.end();
      subscription.become("connecting");
      connection = this.connectionFor(topic);
      connection.add(subscription);
    });
    return subscription;
  }
  /** The first connection stays, for what comes. */
  remove(subscription, from) {
    from.remove(subscription);
    const number = this.connections.indexOf(from);
    if (number > 0 && from.subscriptions.size === 0) {
      this.connections.splice(number, 1);
      from.close();
    }
  }
  /** The first one that has no subscription to this topic. */
  connectionFor(topic) {
    let connection = this.connections.find((one) => !one.subscriptions.has(topic));
    if (!connection) {
      connection = new Connection(this.urls, this.settings, this.credential, this.WebSocket);
      this.connections.push(connection);
    }
    return connection;
  }
  /**
   * The same as events to iterate over; a loss is one of them. The next one is taken when the one before has been dealt with: then `store` is
   * called. Throws a `GaplessError` if the subscription ends by itself.
   */
  async *events(topic, options = {}) {
    let next;
    let handled = () => {
    };
    let wake = () => {
    };
    let over = false;
    let cause;
    const subscription = this.subscribe(topic, {
      ...options,
      onEvent: (event) => new Promise((done) => {
        next = event;
        handled = done;
        wake();
      }),
      onState: (change) => {
        if (change.state === "ended") {
          over = true;
          cause = change.cause;
          wake();
        }
        options.onState?.(change);
      }
    });
    try {
      while (true) {
        if (!next && !over) await new Promise((done) => wake = done);
        if (next) {
          const event = next;
          next = void 0;
          yield event;
          handled();
        } else if (cause) {
          throw cause;
        } else {
          return;
        }
      }
    } finally {
      subscription.close();
    }
  }
  /**
   * Publishes a message, behind those that were published before. If the gateway refuses it, the promise is rejected with a `GaplessError`; with
   * `UnknownOutcome` if the connection broke before the answer.
   *
   * @returns its position
   */
  publish(topic, message) {
    if (this.isClosed) return Promise.reject(new GaplessError("closed", "The client was closed"));
    const connection = this.connections[0] ?? this.connectionFor(topic);
    return connection.publish(topic, message);
  }
  /** Ends all subscriptions and the connection. What has not been published fails. */
  close() {
    if (this.isClosed) return;
    this.isClosed = true;
    const page = globalThis;
    page.removeEventListener?.("online", this.wake);
    page.document?.removeEventListener("visibilitychange", this.wake);
    this.credential?.close();
    for (const one of [...this.connections]) one.close();
  }
};
function webSocketUrl(url) {
  try {
    const parsed = new URL(url, globalThis.location?.href);
    if (!/^(http|ws)s?:$/.test(parsed.protocol)) throw new Error("it begins with https: or http:");
    parsed.protocol = parsed.protocol.replace(/^http/, "ws");
    parsed.pathname = `${parsed.pathname.replace(/\/$/, "")}/api/ws`;
    parsed.search = "?hold=true";
    parsed.hash = "";
    return parsed.href;
  } catch (error) {
    throw new GaplessError("bad_url", `This is no address of a gateway: ${url}`, error);
  }
}
export {
  Gapless,
  GaplessError,
  UnknownOutcome,
  defaults
};
