import {
  type CursorExpired,
  GaplessError,
  type Settings,
  type State,
  type StateChange,
  type StreamEvent,
  type SubscribeOptions,
  type Subscription,
} from './api'
import { Backoff } from './backoff'
import { Place, sequence } from './place'
import type { Reloads } from './reloads'

/** What a subscription needs of the connection that it has. */
export interface Link {
  send(command: object): void
  /** Asks for the tokens. Returns how many such questions there were. */
  ping(): number
  /** Has the gateway yet to say that the subscription of before to this topic is over? */
  isLeaving(topic: string): boolean
  /** Does the gateway take what came since a token? */
  readonly takesThen: boolean
  leave(topic: string): void
}

/** What comes of a gateway; what is in it depends on its type. */
export type Frame = { type: string; topic?: string; [member: string]: any }

type Item = { frame: Frame; size: number } | { token: string; size: 0 }

/** Refusals that may be over after a while. All others are for good. */
const FOR_NOW = /^(not_ready|refused|closing|behind|overloaded|failed|too_many_.*|no_room)$/
const BEHIND_EVENTS = 100

function takesLong(result: Promise<void> | void): result is Promise<void> {
  return typeof result?.then === 'function'
}

/**
 * One topic, over all connections that it has.
 *
 * <pre>
 *        connected           subscribed              too much waits
 *   OFF ───────────► OPENING ───────────► ON ──────────────────────────► LEAVING
 *    ▲                  │                  │    (Unsubscribe)               │ unsubscribed, all handled
 *    └── disconnected ──┴──────────────────┴───────────────────────────────┘
 * </pre>
 *
 * Events wait in a queue until the ones before are handled. The place is behind what was handled: whatever a broken connection leaves in the queue is
 * dropped, and comes again.
 */
export class TopicSubscription implements Subscription {
  state: State = 'connecting'
  private phase: 'off' | 'opening' | 'on' | 'leaving' = 'off'
  private link: Link | null = null
  private queue: Item[] = []
  private characters = 0
  private events = 0
  private busy = false
  private told = false
  private full = false
  private retry: ReturnType<typeof setTimeout> | undefined
  /** Tokens stand in front of a gap that was told until the gateway has answered so many pings. */
  private trustFrom = 0
  /** A token is on its way that makes the place short. */
  private isAsked = false
  private readonly at: Place
  private readonly backoff: Backoff

  constructor(
    readonly topic: string,
    private readonly options: SubscribeOptions,
    private readonly settings: Settings,
    private readonly reloads: Reloads,
    private readonly over: (subscription: TopicSubscription) => void,
  ) {
    this.at = new Place(options.from)
    this.backoff = new Backoff(4 * settings.reconnectMs, settings.reconnectMaxMs)
  }

  get place(): string | null {
    return this.at.text()
  }

  close(): void {
    this.end()
  }

  /** Tells the application; it is told of each state once, and of each cause. */
  become(state: State, cause?: GaplessError): void {
    if (this.state === 'ended' || (state === this.state && !cause && this.told)) return
    this.state = state
    this.told = true
    const change: StateChange = { topic: this.topic, state }
    if (cause) change.cause = cause
    try {
      this.options.onState?.(change)
    } catch (error) {
      console.error('gapless: onState failed', error)
    }
  }

  end(cause?: GaplessError): void {
    if (this.state === 'ended') return
    clearTimeout(this.retry)
    this.drop()
    if (this.phase === 'opening' || this.phase === 'on') this.link?.leave(this.topic)
    this.become('ended', cause)
    this.over(this)
  }

  // ------------------------------------------------------------------ what its connection tells

  connected(link: Link): void {
    this.link = link
    this.at.takesThen = link.takesThen
    this.settle()
  }

  disconnected(cause: GaplessError | undefined): void {
    this.link = null
    this.phase = 'off'
    this.drop()
    clearTimeout(this.retry)
    this.retry = undefined
    if (this.state !== 'reloading' || cause) this.become(this.state === 'reloading' ? 'reloading' : 'connecting', cause)
  }

  /** Something goes wrong that does not end it. */
  note(cause: GaplessError): void {
    this.become(this.state, cause)
  }

  refused(code: string, message: string): void {
    if (this.phase !== 'opening') return
    this.phase = 'off'
    const cause = new GaplessError(code, `The gateway refuses ${this.topic}: ${message}`)
    if (!FOR_NOW.test(code)) {
      this.end(cause)
      return
    }
    this.become('connecting', cause)
    this.retry = setTimeout(() => {
      this.retry = undefined
      this.settle()
    }, this.backoff.nextMs())
  }

  /** The gateway has none to this topic any more. */
  left(): void {
    this.phase = 'off'
    this.settle()
  }

  /** Behind everything that was sent, when so many pings were answered. */
  token(token: string, pongs: number): void {
    if (this.phase !== 'on') return
    this.full = false // it has been silent
    if (pongs >= this.trustFrom) this.put({ token, size: 0 })
  }

  frame(frame: Frame, size: number): void {
    if (frame.type === 'subscribed' && this.phase === 'opening') {
      if (!Array.isArray(frame.positions) || typeof frame.token !== 'string') throw new Error('subscribed without positions or token')
      this.phase = 'on'
      this.trustFrom = 0
      this.full = false
      this.backoff.reset()
      this.put({ frame, size: 0 })
      this.become('live')
    } else if (this.phase === 'on' || (this.phase === 'opening' && frame.type === 'ended')) {
      const frames: Frame[] = frame.type === 'batch' ? frame.data : [frame]
      this.full = frames.length >= BEHIND_EVENTS
      for (const one of frames) this.take(one, size / frames.length)
      if (frame.type === 'batch' && frame.token && !this.options.state) this.put({ token: frame.token, size: 0 })
      this.look()
    }
  }

  /** Throws if it is not what its type says. */
  private take(frame: Frame, size: number): void {
    const isGap = frame.type === 'cursor_expired'
    if (isGap && !Array.isArray(frame.gaps)) throw new Error('cursor_expired without gaps')
    if (frame.type === 'event' && !this.options.state && typeof frame.seq !== 'number') throw new Error('an event without seq')
    if (isGap && this.waitsFor()) this.trustFrom = Infinity
    this.put({ frame, size })
    if (isGap && !this.waitsFor() && !this.options.state) this.link?.ping() // of a gap without a node nothing else shows that it was told
  }

  /** Does the gateway wait for its Resume? */
  private waitsFor(): boolean {
    return !!this.options.reload && !this.options.state
  }

  // ------------------------------------------------------------------ what waits

  private put(item: Item): void {
    this.queue.push(item)
    this.characters += item.size
    if (item.size > 0) this.events++
    this.pump()
  }

  private drop(): void {
    this.queue = []
    this.characters = this.events = 0
  }

  /** A slow handler leaves the rest at the gateway: it comes when all that is here is handled. */
  private look(): void {
    if (this.phase !== 'on') return
    if (this.events > this.settings.queuedEvents || this.characters > this.settings.queuedCharacters) {
      this.phase = 'leaving'
      this.link?.leave(this.topic)
    }
    if (this.state === 'live' || this.state === 'behind') {
      this.become(this.full || this.events >= BEHIND_EVENTS || this.phase !== 'on' ? 'behind' : 'live')
    }
  }

  private pump(): void {
    while (!this.busy && this.queue.length > 0 && this.state !== 'ended') {
      const item = this.queue.shift() as Item
      this.characters -= item.size
      if (item.size > 0) this.events--
      this.busy = true
      const failed = (error: unknown): void => {
        this.busy = false
        this.end(error instanceof GaplessError ? error : new GaplessError('handler_failed', `The handler failed: ${error}`, error))
      }
      try {
        const pending = this.handle(item)
        if (pending) {
          pending.then(() => {
            this.busy = false
            this.pump()
          }, failed)
          return
        }
        this.busy = false
      } catch (error) {
        failed(error)
      }
    }
    this.settle()
  }

  /** Subscribes, if nothing of before is on its way to the handler. */
  private settle(): void {
    if (this.state === 'ended' || this.busy || this.queue.length > 0) return
    if (this.phase === 'on') {
      if (this.state === 'behind' && !this.full) this.become('live')
      return
    }
    if (this.phase !== 'off' || this.retry !== undefined || !this.link || this.link.isLeaving(this.topic)) return
    this.phase = 'opening'
    this.link.send(this.command())
  }

  private command(): object {
    const { nodes, keys, maxMessageBytes, state } = this.options
    const from = this.at.text() ?? (state ? undefined : 'latest')
    return {
      type: 'Subscribe',
      topic: this.topic,
      id: 's',
      ids: state || !this.at.takesThen || undefined,
      from,
      filter: nodes || keys ? { nodes, keys } : undefined,
      on_lag: state ? undefined : this.waitsFor() ? 'pause' : 'resync',
      max_message_bytes: maxMessageBytes,
      state: state || undefined,
    }
  }

  // ------------------------------------------------------------------ what is handled

  /** A promise if it takes a while. Throws what the handler throws. */
  private handle(item: Item): Promise<void> | void {
    if ('token' in item) {
      this.at.at(item.token)
      this.isAsked = false
      return this.keep()
    }
    const frame = item.frame
    switch (frame.type) {
      case 'subscribed':
        this.isAsked = false
        this.at.begin(this.options.state ? [] : frame.positions, frame.token)
        return
      case 'cursor_expired':
        return this.gaps(frame)
      case 'producer_left':
        this.at.left(frame as any, frame.token)
        return this.keep()
      case 'ended':
        if (frame.token) this.at.at(frame.token)
        this.phase = 'off'
        throw new GaplessError(String(frame.reason).toLowerCase(), `The gateway ended ${this.topic}: ${frame.message ?? frame.reason}`)
      case 'event':
      case 'withheld':
      case 'undecodable':
      case 'snapshot_start':
      case 'snapshot_end':
        return this.give(frame, () => {
          if (!this.options.state) this.at.event(frame as any, frame.token)
          else if (frame.token) this.at.at(frame.token)
        })
    }
  }

  private give(frame: Frame, handled: () => void): Promise<void> | void {
    if ('seq' in frame) sequence(frame.seq)
    const pending = this.options.onEvent(frame as StreamEvent)
    if (!takesLong(pending)) {
      handled()
      return this.keep()
    }
    return pending.then(() => {
      handled()
      return this.keep()
    })
  }

  private keep(): Promise<void> | void {
    if (this.at.isLong() && !this.isAsked) {
      this.isAsked = true
      this.link?.ping()
    }
    const place = this.options.store && this.at.text()
    const pending = place ? this.options.store?.(place) : undefined
    if (takesLong(pending)) return pending
  }

  private gaps(expired: Frame): Promise<void> | void {
    const gaps = expired.gaps
    for (const gap of gaps) gap.topic = this.topic
    if (this.options.state) return this.give(expired, () => {})
    if (!this.options.reload) return this.give(expired, () => this.at.gaps(gaps, expired.token))
    return this.reload(expired as any, this.options.reload)
  }

  private async reload({ gaps, token }: CursorExpired & { token: string }, reload: NonNullable<SubscribeOptions['reload']>): Promise<void> {
    const link = this.link
    this.become('reloading')
    await this.reloads.run(
      reload,
      gaps,
      () => this.state === 'ended',
      cause => this.become('reloading', cause),
    )
    this.at.gaps(gaps, token)
    await this.keep()
    if (this.state === 'ended') return
    if (link && link === this.link && this.phase === 'on') {
      link.send({ type: 'Resume', topic: this.topic, token })
      this.trustFrom = link.ping()
      this.become('live')
    } else {
      this.become('connecting')
    }
  }
}
