/** Where a message stands: in the stream that this incarnation of the node publishes to the topic. */
export interface Position {
  node: string
  /** The id of the stream. */
  epoch: string
  /** Counts from 1 within the stream. */
  seq: number
}

/** A message. A row of a topic's state has neither position nor time. */
export interface Message extends Position {
  type: 'event'
  topic: string
  /** When it was published, as ISO 8601. */
  time: string
  key: string | null
  /** There is none if the key was deleted. */
  data?: unknown
  deleted?: true
  headers?: Record<string, string>
  /** The trace in which it was published, as W3C Trace Context writes it. */
  traceparent?: string
  tracestate?: string
  /** Of a state: the row comes between `snapshot_start` and `snapshot_end`, because it is there, not because it changed. */
  snapshot?: true
}

/** A message that is larger than `maxMessageBytes`, or than the gateway shows. */
export interface Withheld extends Position {
  type: 'withheld'
  topic: string
  key: string | null
  bytes: number
}

/** A message that the gateway cannot show as JSON. */
export interface Undecodable extends Position {
  type: 'undecodable'
  topic: string
  message: string
}

/** What is missing of one producer; `null` is unknown. */
export interface Gap {
  topic: string
  /** `null` if the gap concerns no single node. */
  node: string | null
  /** `OVERRUN`, `PRODUCER_LOST`, `PRODUCER_RESTARTED`, `POSITION_UNKNOWN`, or one that is not known yet. */
  reason: string
  epoch: string | null
  first_missing: number | null
  missed: number | null
  resumes_epoch: string | null
  resumes_at: number | null
}

/** Messages are missing here. */
export interface CursorExpired {
  type: 'cursor_expired'
  topic: string
  time: string
  gaps: Gap[]
}

/** Of a state: rows follow that belong together. `complete`: they take the place of all rows that there are. */
export interface SnapshotStart {
  type: 'snapshot_start'
  topic: string
  complete: boolean
}

/** Of a state: it is whole. `stale`: something is missing yet, which comes later. */
export interface SnapshotEnd {
  type: 'snapshot_end'
  topic: string
  stale: boolean
}

export type StreamEvent = Message | Withheld | Undecodable | CursorExpired | SnapshotStart | SnapshotEnd

/**
 * `connecting`: not subscribed, and about to be. `live`: keeps up. `behind`: the gateway, or the handler, has more. `reloading`: waits
 * for `reload`. `ended`: for good.
 */
export type State = 'connecting' | 'live' | 'behind' | 'reloading' | 'ended'

export interface StateChange {
  topic: string
  state: State
  /** Why, if it is not what was asked for. */
  cause?: GaplessError
}

/** What went wrong: `code` is for programs, and mostly the gateway's own. */
export class GaplessError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** What was thrown, if something was. */
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
  }
}

/** The message may have been published, or not: nobody can tell. To publish it again may publish it twice, unless it has the same key. */
export class UnknownOutcome extends GaplessError {
  constructor(
    message: string,
    cause: unknown,
    /** What the message was published with: the gateway that has it in its ring knows it again. */
    readonly idempotencyKey: string,
  ) {
    super('unknown_outcome', message, cause)
  }
}

/** What is wanted of a topic. */
export interface Wanted {
  /** Where to begin: what `store` was given; `latest` (the default), `earliest`, or a time such as `2026-01-31T12:00:00Z`. */
  from?: string | null
  /** Only these nodes. */
  nodes?: string[]
  /** Only these keys; `7/*` takes all that begin with `7/`. */
  keys?: string[]
  /** Larger messages are withheld. */
  maxMessageBytes?: number
  /** The state of the topic, and how it changes, instead of messages: the gateway must have a table of it. */
  state?: boolean
  /** Is told how the subscription is. */
  onState?: (change: StateChange) => void
}

export interface SubscribeOptions extends Wanted {
  /**
   * Is given one event at a time; the next one when the promise is fulfilled that it may return. If it throws, the subscription ends in
   * front of this event.
   */
  onEvent: (event: StreamEvent) => void | Promise<void>
  /**
   * Loads again what was missed. What follows waits at the gateway meanwhile. If it fails, it is called again after a while. Without it
   * `onEvent` is given the `cursor_expired`.
   */
  reload?: (gaps: Gap[]) => void | Promise<void>
  /** Keeps the place behind each event that was handled, to be given as `from`. */
  store?: (place: string) => void | Promise<void>
}

export interface Subscription {
  readonly topic: string
  readonly state: State
  /** Behind what was handled: resumes there as `from`. `null` if nothing is known of it yet. */
  readonly place: string | null
  /** Ends it. */
  close(): void
}

/** What is published: `data`, or `deleted` with a key. */
export interface Outgoing {
  key?: string | null
  data?: unknown
  deleted?: true
  headers?: Record<string, string>
  /** The trace that it belongs to, as W3C Trace Context writes it. */
  traceparent?: string
  tracestate?: string
  /** That of a message that may be published already. Without it the message gets one of its own. */
  idempotencyKey?: string
}

/** What the client needs of a `WebSocket`: that of a browser, of Node 22, or of the package `ws`. */
export interface Socket {
  readonly readyState: number
  readonly bufferedAmount: number
  // Methods and not properties with functions: each library has an event type of its own.
  addEventListener(type: 'message', listener: (event: { data: any }) => void): void
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void
  addEventListener(type: 'open' | 'error', listener: (event: any) => void): void
  send(text: string): void
  close(code?: number, reason?: string): void
}

export interface Options extends Partial<Settings> {
  /** The credential: asked for before the first connection, before it expires, and when the gateway says that it is not valid. */
  token?: () => string | Promise<string>
  /** For Node 20, which has none: `import WebSocket from 'ws'`. */
  WebSocket?: new (url: string) => Socket
}

/** Bounds. Times are milliseconds. */
export interface Settings {
  /** A gateway that has not said hello by then, or not accepted the credential, is left for the next one. 10 s. */
  connectTimeoutMs: number
  /** A `token` function that has not answered by then counts as failed. 10 s. */
  tokenTimeoutMs: number
  /** After so long without a word from the gateway it is asked for one. 15 s. */
  silenceMs: number
  /** If it does not answer within that, the connection is given up. 10 s. */
  pongTimeoutMs: number
  /** The wait before the n-th new connection is a random share of this times 2^n. 250 ms. */
  reconnectMs: number
  /** The longest such wait. 10 s. */
  reconnectMaxMs: number
  /** The end of one reload and the beginning of the next one of the same function are so far apart at least. 1 s. */
  reloadDistanceMs: number
  /** Each reload waits for a random share of this besides, so that not all pages load at once. 1 s. */
  reloadJitterMs: number
  /** The longest wait before a failed reload is repeated. 30 s. */
  reloadMaxMs: number
  /** Events that wait for a slow handler, of one subscription. Beyond that they wait at the gateway. 1,000. */
  queuedEvents: number
  /** The same in characters. 4,000,000. */
  queuedCharacters: number
  /** Publishes that have no answer yet. A further one is refused. 1,000. */
  pendingPublishes: number
  /** A publish without an answer by then fails: as never sent, or with an outcome that is not known. 30 s. */
  publishTimeoutMs: number
}

export const defaults: Settings = {
  connectTimeoutMs: 10_000,
  tokenTimeoutMs: 10_000,
  silenceMs: 15_000,
  pongTimeoutMs: 10_000,
  reconnectMs: 250,
  reconnectMaxMs: 10_000,
  reloadDistanceMs: 1_000,
  reloadJitterMs: 1_000,
  reloadMaxMs: 30_000,
  queuedEvents: 1_000,
  queuedCharacters: 4_000_000,
  pendingPublishes: 1_000,
  publishTimeoutMs: 30_000,
}
