import { GaplessError, type Position, type Settings, type Socket, UnknownOutcome } from './api'
import type { Credential } from './credential'
import { sequence } from './place'
import type { Frame, Link, TopicSubscription } from './subscription'

/** So many publishes are on their way at once: if the connection breaks, these are repeated. */
const PUBLISHES_UNDER_WAY = 32
/** As long as the socket has not sent this much, it is given no more to publish. */
const BUFFERED_BYTES = 1 << 20
const LONGEST_WAIT_MS = 300_000

const UNAUTHENTICATED = 4401
const TOO_LARGE = 1009

/** A message, as it is sent. */
export interface Publish {
  id: string
  topic: string
  text: string
  /** By which a gateway knows it again. */
  key: string
  /** Is the key the application's, and so in the text? */
  hasKey: boolean
  /** The gateway that it was sent to, and that knows it again. */
  gateway?: string
  done(position: Position): void
  failed(error: GaplessError): void
}

export function unknown({ topic, key }: Publish, why: string, cause?: unknown): UnknownOutcome {
  return new UnknownOutcome(`It is not known whether the message to ${topic} was published: ${why}`, cause, key)
}

/** Whose session it is. */
export interface Owner {
  readonly settings: Settings
  readonly credential: Credential | null
  readonly subscriptions: Map<string, TopicSubscription>
  /** What is to be published, in order. */
  readonly outbox: Publish[]
  ready(): void
  /** Once. `waitMs` if the gateway said how long to wait. */
  lost(cause: GaplessError, session: Session, waitMs: number | undefined): void
}

/** One WebSocket, from its opening to its end. */
export class Session implements Link {
  isReady = false
  takesThen = false
  readySinceMs = 0
  /** Tells this gateway, and one start of it, from all others; one of before does not say so, and takes no keys. */
  gateway: string | undefined
  /** The gateway has said its last word. */
  isClosing = false
  private isOver = false
  private readonly socket: Socket
  private readonly openedMs = Date.now()
  private heardMs = this.openedMs
  /** Since when an answer to a ping is awaited; 0 if none is. */
  private pingedMs = 0
  private pings = 0
  private pongs = 0
  private waitMs: number | undefined
  private readonly leaving = new Set<string>()
  private readonly underWay = new Map<string, Publish>()
  private readonly ticks: ReturnType<typeof setInterval>

  /** Throws what the WebSocket throws, of an address that is none, say. */
  constructor(
    private readonly owner: Owner,
    readonly url: string,
    WebSocket: new (url: string) => Socket,
    private token: string | null,
  ) {
    this.socket = new WebSocket(url)
    const { connectTimeoutMs, silenceMs, pongTimeoutMs } = owner.settings
    this.ticks = setInterval(() => this.tick(), Math.min(1_000, connectTimeoutMs / 2, silenceMs / 2, pongTimeoutMs / 2))
    this.socket.addEventListener('open', () => {
      if (token !== null) this.auth(token)
    })
    this.socket.addEventListener('message', ({ data }) => this.message(data))
    this.socket.addEventListener('error', () => {}) // 'close' follows
    this.socket.addEventListener('close', ({ code, reason }) => this.closed(code, reason))
  }

  // ------------------------------------------------------------------ what is sent

  send(command: object): void {
    this.sendText(JSON.stringify(command))
  }

  private sendText(text: string): void {
    if (!this.isOver && this.socket.readyState === 1) this.socket.send(text)
  }

  ping(): number {
    this.send({ type: 'Ping' })
    this.pingedMs ||= Date.now()
    return ++this.pings
  }

  isLeaving(topic: string): boolean {
    return this.leaving.has(topic)
  }

  leave(topic: string): void {
    this.leaving.add(topic)
    this.send({ type: 'Unsubscribe', topic, id: 'u' })
  }

  auth(token: string): void {
    this.token = token
    this.send({ type: 'Auth', token, id: 'a' })
  }

  /** Publishes as much as may be on its way. */
  flush(): void {
    const { outbox } = this.owner
    while (
      this.isReady &&
      this.underWay.size < PUBLISHES_UNDER_WAY &&
      outbox.length > 0 &&
      !this.isClosing &&
      this.socket.bufferedAmount < BUFFERED_BYTES &&
      this.socket.readyState === 1
    ) {
      const publish = outbox.shift() as Publish
      this.underWay.set(publish.id, publish)
      publish.gateway = this.gateway
      const isAdded = this.gateway !== undefined && !publish.hasKey
      this.sendText(isAdded ? `${publish.text.slice(0, -1)},"idempotency_key":"${publish.key}"}` : publish.text)
    }
  }

  /** It may be dead: is it? */
  probe(): void {
    if (this.isReady && this.pingedMs === 0) this.ping()
  }

  close(): void {
    this.lose(new GaplessError('closed', 'The client was closed'))
  }

  // ------------------------------------------------------------------ its end

  private tick(): void {
    const { connectTimeoutMs, silenceMs, pongTimeoutMs, publishTimeoutMs } = this.owner.settings
    const now = Date.now()
    if (!this.isReady) {
      if (now - this.openedMs > connectTimeoutMs) {
        this.lose(new GaplessError('timeout', `${this.url} did not answer within ${connectTimeoutMs} ms (connectTimeoutMs)`))
      }
    } else if (this.pingedMs > 0) {
      // A message that waits for room holds up the answer.
      const wait = this.underWay.size > 0 ? publishTimeoutMs : pongTimeoutMs
      if (now - this.pingedMs > wait) this.lose(new GaplessError('silent', `${this.url} has not answered for ${wait} ms (pongTimeoutMs)`))
    } else if (now - this.heardMs >= silenceMs) {
      this.ping()
    }
    this.flush()
  }

  private closed(code: number, reason: string): void {
    if (this.isOver) return
    if (code === UNAUTHENTICATED) {
      this.owner.credential?.refused(this.token)
    } else if (code === TOO_LARGE) {
      // Those in front were answered: this is the one.
      const [id, publish] = this.underWay.entries().next().value ?? []
      if (id !== undefined) this.underWay.delete(id)
      publish?.failed(new GaplessError('too_large', 'The message is larger than gapless.gateway.max-command-bytes allows'))
    }
    const name = code === UNAUTHENTICATED ? 'unauthenticated' : 'disconnected'
    this.lose(new GaplessError(name, `The connection to ${this.url} has ended: ${reason || 'it broke'} (${code})`))
  }

  private lose(cause: GaplessError): void {
    if (this.isOver) return
    this.isOver = true
    clearInterval(this.ticks)
    try {
      this.socket.close()
    } catch {
      // it is over
    }
    this.isReady = false
    const underWay = [...this.underWay.values()]
    this.underWay.clear()
    this.owner.outbox.unshift(...underWay.filter(({ gateway }) => gateway !== undefined))
    for (const publish of underWay) if (publish.gateway === undefined) publish.failed(unknown(publish, cause.message, cause))
    this.owner.lost(cause, this, this.waitMs)
  }

  // ------------------------------------------------------------------ what comes

  private message(data: unknown): void {
    if (this.isOver) return
    this.heardMs = Date.now()
    this.pingedMs = 0
    try {
      if (typeof data !== 'string') throw new Error('it is not text')
      const frame = JSON.parse(data)
      if (typeof frame.type !== 'string') throw new Error('it has no type')
      this.frame(frame, data.length)
    } catch (error) {
      this.lose(new GaplessError('bad_frame', `${this.url} sent what is no frame of a gateway: ${error}`, error))
    }
  }

  private frame(frame: Frame, size: number): void {
    const subscription = this.owner.subscriptions.get(String(frame.topic))
    switch (frame.type) {
      case 'connected':
        this.takesThen = !!frame.data?.from?.includes?.('then')
        this.gateway = frame.data?.gateway
        if (this.token === null) this.ready()
        break
      case 'authenticated':
        if (this.token !== null) this.owner.credential?.accepted(this.token, frame.expires_in_ms)
        this.ready()
        break
      case 'auth_expires':
        this.owner.credential?.expires(this.token, frame.in_ms)
        break
      case 'unsubscribed':
        this.left(String(frame.topic))
        break
      case 'published': {
        const { node, epoch, seq } = frame.position
        const publish = this.answered(frame.id)
        try {
          publish?.done({ node, epoch, seq: sequence(seq) })
        } catch (error) {
          publish?.failed(error as GaplessError)
        }
        break
      }
      case 'error':
        this.error(frame, subscription)
        break
      case 'pong':
        this.pongs++
        this.tokens(frame.tokens)
        break
      case 'ping':
        this.tokens(frame.tokens)
        break
      case 'closing':
        this.isClosing = true
        this.tokens(frame.tokens)
        if (frame.reconnect_after_ms > 0) this.waitMs = Math.min(frame.reconnect_after_ms, LONGEST_WAIT_MS)
        break
      default:
        subscription?.frame(frame, size)
    }
  }

  private ready(): void {
    if (this.isReady) return
    this.isReady = true
    this.readySinceMs = Date.now()
    this.owner.ready()
    this.flush()
  }

  private left(topic: string): void {
    this.leaving.delete(topic)
    this.owner.subscriptions.get(topic)?.left()
  }

  private answered(id: unknown): Publish | undefined {
    const publish = this.underWay.get(String(id))
    this.underWay.delete(String(id))
    this.flush()
    return publish
  }

  private error({ id, code, message, topic }: Frame, subscription: TopicSubscription | undefined): void {
    const cause = new GaplessError(String(code), String(message))
    if (id === 's') {
      subscription?.refused(cause.code, cause.message)
    } else if (id === 'u') {
      this.left(String(topic))
    } else if (id !== 'a') {
      const publish = this.answered(id)
      publish?.failed(code === 'publish_unknown' ? unknown(publish, cause.message, cause) : cause)
    } else if (this.isReady) {
      for (const one of this.owner.subscriptions.values()) one.note(cause)
    } else {
      if (code === 'unauthenticated') this.owner.credential?.refused(this.token)
      this.lose(cause)
    }
  }

  private tokens(tokens: Record<string, string>): void {
    for (const [topic, token] of Object.entries(tokens ?? {})) this.owner.subscriptions.get(topic)?.token(token, this.pongs)
  }
}
