// That an application in TypeScript compiles: the build checks it against dist.
import { type CursorExpired, Gapless, GaplessError, type Gap, type Message, type Position, type StateChange, UnknownOutcome } from '../dist/client'

declare function fetchToken(): Promise<string>
declare const rows: Map<string | null, unknown>

const gapless = new Gapless('/', { token: fetchToken, WebSocket, silenceMs: 5_000 })

const subscription = gapless.subscribe('prices', {
  from: localStorage.getItem('prices'),
  onEvent(event) {
    switch (event.type) {
      case 'event': {
        const message: Message = event
        rows.set(message.key, message.data)
        break
      }
      case 'withheld':
        console.log(event.bytes)
        break
      case 'cursor_expired': {
        const missing: CursorExpired = event
        console.log(missing.gaps.map(gap => gap.missed ?? 'some'))
      }
    }
  },
  reload: async (gaps: Gap[]) => console.log(gaps.length),
  store: place => localStorage.setItem('prices', place),
  onState: ({ state, cause }: StateChange) => console.log(state, cause?.code),
})
console.log(subscription.state, subscription.place)

export async function follow(): Promise<void> {
  for await (const event of gapless.events('fleet', { keys: ['7/*'] })) {
    if (event.type === 'event') console.log(event.seq)
  }
}

export async function order(): Promise<Position | null> {
  try {
    return await gapless.publish('orders', { key: '17', data: { amount: 3 } })
  } catch (error) {
    if (error instanceof UnknownOutcome) return null
    if (error instanceof GaplessError && error.code === 'timeout') return order()
    throw error
  }
}

// @ts-expect-error: a subscription has a handler
gapless.subscribe('prices', {})
// @ts-expect-error: there is no such option
new Gapless('/', { silencMs: 5_000 })
