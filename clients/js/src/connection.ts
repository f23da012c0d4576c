import { GaplessError, type Outgoing, type Position, type Settings, type Socket } from './api'
import { Backoff } from './backoff'
import type { Credential } from './credential'
import { type Owner, type Publish, Session, unknown } from './session'
import type { TopicSubscription } from './subscription'

/** A connection that has lasted so long was a good one: the next wait is short again. */
const GOOD_MS = 5_000
/** A tab that wakes again and again connects once in so long. */
const WAKE_MS = 1_000

/** One WebSocket after the other, to one gateway after the other, as long as there is something to do. At most one subscription to each topic. */
export class Connection implements Owner {
  readonly subscriptions = new Map<string, TopicSubscription>()
  readonly outbox: Publish[] = []
  private session: Session | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private isAsking = false
  private isClosed = false
  /** The wait is the gateway's. */
  private isTold = false
  /** Why there is no connection. */
  private cause: GaplessError | undefined
  private triedMs = 0
  private turn = 0
  private pending = 0
  private published = 0
  /** In front of the number of a message it is a key that no other client has. */
  private readonly keys = [...crypto.getRandomValues(new Uint8Array(12))].map(byte => byte.toString(16).padStart(2, '0')).join('')
  private readonly backoff: Backoff

  constructor(
    private readonly urls: string[],
    readonly settings: Settings,
    readonly credential: Credential | null,
    private readonly WebSocket: new (url: string) => Socket,
  ) {
    this.backoff = new Backoff(settings.reconnectMs, settings.reconnectMaxMs)
  }

  add(subscription: TopicSubscription): void {
    this.subscriptions.set(subscription.topic, subscription)
    if (this.session?.isReady) subscription.connected(this.session)
    else this.connect()
  }

  remove(subscription: TopicSubscription): void {
    if (this.subscriptions.get(subscription.topic) === subscription) this.subscriptions.delete(subscription.topic)
  }

  publish(topic: string, { idempotencyKey, ...message }: Outgoing): Promise<Position> {
    return new Promise((fulfil, reject) => {
      const { pendingPublishes, publishTimeoutMs } = this.settings
      if (this.isClosed) throw new GaplessError('closed', 'The client was closed')
      if (this.pending >= pendingPublishes) {
        throw new GaplessError('too_many_pending', `${pendingPublishes} messages have no answer yet (pendingPublishes): wait for some`)
      }
      const id = `p${++this.published}`
      const text = json({ ...message, type: 'Publish', topic, id, idempotency_key: idempotencyKey })
      const end = (how: () => void): void => {
        if (isOver) return
        isOver = true
        this.pending--
        clearTimeout(timer)
        how()
      }
      let isOver = false
      const publish: Publish = {
        id,
        topic,
        text,
        key: idempotencyKey ?? `${this.keys}-${this.published}`,
        hasKey: idempotencyKey !== undefined,
        done: position => end(() => fulfil(position)),
        failed: error => end(() => reject(error)),
      }
      const timer = setTimeout(() => {
        const at = this.outbox.indexOf(publish)
        if (at >= 0) this.outbox.splice(at, 1)
        const late = `no answer within ${publishTimeoutMs} ms (publishTimeoutMs)`
        publish.failed(
          at >= 0 && publish.gateway === undefined
            ? new GaplessError('timeout', `The message to ${topic} was not published: ${late}. ${this.cause?.message ?? ''}`, this.cause)
            : unknown(publish, late),
        )
      }, publishTimeoutMs)
      this.pending++
      this.outbox.push(publish)
      if (this.session?.isReady) this.session.flush()
      else this.connect()
    })
  }

  auth(token: string): void {
    if (this.session?.isReady) this.session.auth(token)
  }

  /** The network is back, or the page is seen again. */
  wake(): void {
    if (this.session) {
      this.session.probe()
    } else if (this.timer !== undefined && !this.isTold && Date.now() - this.triedMs >= WAKE_MS) {
      clearTimeout(this.timer)
      this.timer = undefined
      this.connect()
    }
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    for (const subscription of [...this.subscriptions.values()]) subscription.end()
    this.session?.close()
    this.refuseAll(new GaplessError('closed', 'The client was closed'))
  }

  private refuseAll(cause: GaplessError): void {
    for (const publish of this.outbox.splice(0)) publish.failed(publish.gateway === undefined ? cause : unknown(publish, cause.message, cause))
  }

  // ------------------------------------------------------------------ connecting

  private connect(): void {
    if (!this.session && this.timer === undefined && !this.isAsking && !this.isClosed) void this.open()
  }

  private async open(): Promise<void> {
    this.isAsking = true
    this.triedMs = Date.now()
    try {
      const token = this.credential ? await this.credential.get() : null
      if (this.isClosed) return
      const url = this.urls[this.turn % this.urls.length] as string
      this.session = new Session(this, url, this.WebSocket, token)
    } catch (error) {
      const cause = error instanceof GaplessError ? error : new GaplessError('bad_url', `There is no WebSocket: ${error}`, error)
      this.wait(cause, undefined)
    } finally {
      this.isAsking = false
    }
  }

  ready(): void {
    const session = this.session as Session
    // Another gateway, or one that was started anew, does not know what is there: it would be published twice.
    for (const publish of this.outbox.filter(({ gateway }) => gateway !== undefined && gateway !== session.gateway)) {
      this.outbox.splice(this.outbox.indexOf(publish), 1)
      publish.failed(unknown(publish, 'the connection broke, and another gateway answers now'))
    }
    for (const subscription of [...this.subscriptions.values()]) subscription.connected(session)
  }

  lost(cause: GaplessError, session: Session, waitMs: number | undefined): void {
    if (this.session !== session) return
    this.session = null
    // What was on its way is repeated where it was sent, if that gateway is still there.
    const repeats = session.readySinceMs > 0 && !session.isClosing && this.outbox.some(publish => publish.gateway !== undefined)
    if (!repeats) this.turn++
    if (session.readySinceMs > 0 && Date.now() - session.readySinceMs >= GOOD_MS) this.backoff.reset()
    this.wait(cause, waitMs)
  }

  private wait(cause: GaplessError, toldMs: number | undefined): void {
    if (this.isClosed) return
    this.cause = cause
    const all = [...this.subscriptions.values()]
    if (cause.code === 'unauthenticated' && !this.credential) {
      for (const subscription of all) subscription.end(cause) // it cannot become better
      this.refuseAll(cause)
      return
    }
    for (const subscription of all) subscription.disconnected(cause)
    if (this.subscriptions.size === 0 && this.outbox.length === 0) return
    this.isTold = toldMs !== undefined
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.connect()
    }, Math.max(toldMs ?? 0, this.backoff.nextMs()))
  }
}

function json(message: object): string {
  try {
    return JSON.stringify(message)
  } catch (error) {
    throw new GaplessError('bad_message', `The message is not JSON: ${error}`, error)
  }
}
