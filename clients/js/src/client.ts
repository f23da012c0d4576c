import {
  defaults,
  GaplessError,
  type Options,
  type Outgoing,
  type Position,
  type Settings,
  type Socket,
  type StreamEvent,
  type SubscribeOptions,
  type Subscription,
  type Wanted,
} from './api'
import { Connection } from './connection'
import { Credential } from './credential'
import { Reloads } from './reloads'
import { TopicSubscription } from './subscription'

export * from './api'

/**
 * The topics of a cluster, by its gateways. All subscriptions and publishes have one WebSocket; a second subscription to the same topic has one more.
 * It opens when there is something to do, and lasts until `close()`.
 */
export class Gapless {
  private readonly settings: Settings
  private readonly urls: string[]
  private readonly credential: Credential | null
  private readonly WebSocket: new (url: string) => Socket
  private readonly connections: Connection[] = []
  private readonly reloads: Reloads
  private isClosed = false

  /**
   * @param urls of gateways, such as `https://a.example.com`, which are tried in turn. In a browser `'/'` is the one that the page is of
   */
  constructor(urls: string | string[], options: Options = {}) {
    const { token, WebSocket = (globalThis as any).WebSocket, ...settings } = options
    if (!WebSocket) {
      throw new GaplessError('no_websocket', "There is no WebSocket here: give one as the option WebSocket (import WebSocket from 'ws')")
    }
    this.settings = { ...defaults, ...settings }
    for (const [name, value] of Object.entries(this.settings)) {
      if (!(name in defaults)) throw new GaplessError('bad_option', `There is no option ${name}`)
      if (!(value >= 0)) throw new GaplessError('bad_option', `The option ${name} is a number from 0 on, not ${value}`)
    }
    this.WebSocket = WebSocket
    this.urls = [urls].flat().map(webSocketUrl)
    if (this.urls.length === 0) throw new GaplessError('bad_url', 'There is no address of a gateway')
    this.reloads = new Reloads(this.settings)
    this.credential = token
      ? new Credential(
          token,
          this.settings,
          renewed => this.connections.forEach(one => one.auth(renewed)),
          cause => this.subscriptions().forEach(one => one.note(cause)),
        )
      : null
    const page = globalThis as any
    page.addEventListener?.('online', this.wake)
    page.document?.addEventListener('visibilitychange', this.wake)
  }

  private readonly wake = (): void => {
    if ((globalThis as any).document?.visibilityState !== 'hidden') this.connections.forEach(one => one.wake())
  }

  private subscriptions(): TopicSubscription[] {
    return this.connections.flatMap(one => [...one.subscriptions.values()])
  }

  /** Gives each message to `onEvent` once and in order, or says in its place what is missing. */
  subscribe(topic: string, options: SubscribeOptions): Subscription {
    if (typeof options?.onEvent !== 'function') throw new GaplessError('bad_option', 'onEvent is a function')
    if (this.isClosed) throw new GaplessError('closed', 'The client was closed')
    let connection: Connection | undefined
    const subscription = new TopicSubscription(topic, options, this.settings, this.reloads, over => {
      if (connection) this.remove(over, connection)
    })
    queueMicrotask(() => {
      if (subscription.state === 'ended') return
      if (this.isClosed) return subscription.end()
      subscription.become('connecting')
      connection = this.connectionFor(topic)
      connection.add(subscription)
    })
    return subscription
  }

  /** The first connection stays, for what comes. */
  private remove(subscription: TopicSubscription, from: Connection): void {
    from.remove(subscription)
    const number = this.connections.indexOf(from)
    if (number > 0 && from.subscriptions.size === 0) {
      this.connections.splice(number, 1)
      from.close()
    }
  }

  /** The first one that has no subscription to this topic. */
  private connectionFor(topic: string): Connection {
    let connection = this.connections.find(one => !one.subscriptions.has(topic))
    if (!connection) {
      connection = new Connection(this.urls, this.settings, this.credential, this.WebSocket)
      this.connections.push(connection)
    }
    return connection
  }

  /**
   * The same as events to iterate over; a loss is one of them. The next one is taken when the one before has been dealt with: then `store` is
   * called. Throws a `GaplessError` if the subscription ends by itself.
   */
  async *events(topic: string, options: Wanted & Pick<SubscribeOptions, 'store'> = {}): AsyncGenerator<StreamEvent, void, void> {
    let next: StreamEvent | undefined
    let handled = (): void => {}
    let wake = (): void => {}
    let over = false
    let cause: GaplessError | undefined
    const subscription = this.subscribe(topic, {
      ...options,
      onEvent: event =>
        new Promise(done => {
          next = event
          handled = done
          wake()
        }),
      onState: change => {
        if (change.state === 'ended') {
          over = true
          cause = change.cause
          wake()
        }
        options.onState?.(change)
      },
    })
    try {
      while (true) {
        if (!next && !over) await new Promise<void>(done => (wake = done))
        if (next) {
          const event = next
          next = undefined
          yield event
          handled()
        } else if (cause) {
          throw cause
        } else {
          return
        }
      }
    } finally {
      subscription.close()
    }
  }

  /**
   * Publishes a message, behind those that were published before. If the gateway refuses it, the promise is rejected with a `GaplessError`; with
   * `UnknownOutcome` if the connection broke before the answer.
   *
   * @returns its position
   */
  publish(topic: string, message: Outgoing): Promise<Position> {
    if (this.isClosed) return Promise.reject(new GaplessError('closed', 'The client was closed'))
    const connection = this.connections[0] ?? this.connectionFor(topic)
    return connection.publish(topic, message)
  }

  /** Ends all subscriptions and the connection. What has not been published fails. */
  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    const page = globalThis as any
    page.removeEventListener?.('online', this.wake)
    page.document?.removeEventListener('visibilitychange', this.wake)
    this.credential?.close()
    for (const one of [...this.connections]) one.close()
  }
}

function webSocketUrl(url: string): string {
  try {
    const parsed = new URL(url, (globalThis as any).location?.href)
    if (!/^(http|ws)s?:$/.test(parsed.protocol)) throw new Error('it begins with https: or http:')
    parsed.protocol = parsed.protocol.replace(/^http/, 'ws')
    parsed.pathname = `${parsed.pathname.replace(/\/$/, '')}/api/ws`
    parsed.search = '?hold=true'
    parsed.hash = ''
    return parsed.href
  } catch (error) {
    throw new GaplessError('bad_url', `This is no address of a gateway: ${url}`, error)
  }
}
