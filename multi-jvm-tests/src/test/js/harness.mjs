// What a client of JavaScriptClientsTest does, in Node and in a browser: it subscribes to topics, and tells the test all that it sends, is given and
// is told, in order. Two topics share one function that reloads.
const FAILED_RELOADS = 0.2
const LONGEST_RELOAD_MS = 300
const POST_EVERY_MS = 20
const SHORTEST_LIFE_MS = 1_000
const LONGEST_LIFE_MS = 3_000

const sleep = ms => new Promise(done => setTimeout(done, ms))

/**
 * `older`: these of the gateways are of before, and do not take what came since a token. `resync`: what is missing is given as an event.
 * `nodes`: it begins again and again where it is, with another filter that takes all of these, too: a gap without a node comes first.
 */
export async function run({ Gapless, WebSocket, base, name, urls, topics, settings, older = [], resync = false, nodes }) {
  const askedMs = performance.now()
  const { ns } = await (await fetch(`${base}/clock`)).json()
  // Of the test's clock; never too early.
  const now = () => String(BigInt(ns) + BigInt(Math.ceil((performance.now() - askedMs) * 1e6)))

  const records = []
  const record = (kind, topic, more = {}) => records.push({ kind, topic, ns: now(), ...more })
  const post = async () => {
    while (true) {
      const some = records.splice(0, 1_000)
      if (some.length > 0) await fetch(`${base}/records/${name}`, { method: 'POST', body: JSON.stringify(some) })
      else await sleep(POST_EVERY_MS)
    }
  }

  /** Topics whose subscription has begun, and was not closed. */
  const on = new Set()
  /** Topics whose subscription was closed: what still comes is not for the next one. */
  const closed = new Set()

  class Watched extends WebSocket {
    constructor(url) {
      super(url)
      this.isOlder = older.some(one => new URL(one).port === new URL(url).port)
    }

    send(text) {
      const command = JSON.parse(text)
      if (command.type === 'Subscribe') {
        on.delete(command.topic)
        closed.delete(command.topic)
        const { topic, from, ids = false } = command
        if (this.isOlder && String(from).includes('"then"')) record('wrong', topic, { what: `a gateway of before refuses ${from}` })
        record('session', topic, { node: this.node, from, ids })
      }
      super.send(text)
    }

    close(...why) {
      this.isLeft = true
      super.close(...why)
    }

    addEventListener(type, listener) {
      if (type !== 'message') return super.addEventListener(type, listener)
      super.addEventListener(type, message => {
        if (this.isLeft) return listener(message) // too late: it came out of a stall
        const frame = JSON.parse(message.data)
        if (frame.type === 'connected') {
          this.node = frame.data.node
          if (this.isOlder) delete frame.data.from
          return listener({ data: JSON.stringify(frame) })
        }
        if (frame.type === 'subscribed' && !closed.has(frame.topic)) {
          on.add(frame.topic)
          const nodes = frame.positions.map(position => position.node)
          record('ready', frame.topic, { silent: frame.silent.length, twice: new Set(nodes).size < nodes.length })
        }
        const isOn = on.has(frame.topic)
        if (frame.type === 'cursor_expired' && isOn) record('told', frame.topic)
        listener(message)
        if (frame.type === 'producer_left' && isOn) record('left', frame.topic, { event: frame })
      })
    }
  }

  let reloading = false
  const reload = async gaps => {
    if (reloading) record('wrong', '', { what: 'two reloads at once' })
    reloading = true
    const of = [...new Set(gaps.map(gap => gap.topic))]
    for (const topic of of) record('gaps', topic, { gaps: gaps.filter(gap => gap.topic === topic) })
    record('run', '')
    await sleep(Math.random() * LONGEST_RELOAD_MS)
    reloading = false
    const fails = Math.random() < FAILED_RELOADS
    for (const topic of of) record(fails ? 'failed' : 'reloaded', topic)
    if (fails) throw new Error('this one fails')
  }

  const gapless = new Gapless(urls, { WebSocket: Watched, ...settings })
  const subscribe = (topic, wanted) => gapless.subscribe(topic, {
    ...wanted,
    ...(!resync && { reload }),
    onEvent: event => {
      if (event.type === 'cursor_expired') {
        record('gaps', topic, { gaps: event.gaps })
        record('run', '')
        record('reloaded', topic)
      } else {
        record('event', topic, { event })
      }
    },
    onState: change => {
      if (change.state === 'ended' && change.cause) record('wrong', topic, { what: `ended: ${change.cause.code} ${change.cause.message}` })
    },
  })
  const again = async topic => {
    for (let number = 1, subscription = subscribe(topic, { nodes: [...nodes, 'filter-0'] }); ; ) {
      await sleep(SHORTEST_LIFE_MS + Math.random() * (LONGEST_LIFE_MS - SHORTEST_LIFE_MS))
      if (subscription.state === 'reloading' || !subscription.place) continue
      on.delete(topic)
      closed.add(topic)
      subscription.close()
      subscription = subscribe(topic, { from: subscription.place, nodes: [...nodes, `filter-${number++}`] })
    }
  }
  for (const topic of topics) nodes ? again(topic) : subscribe(topic)
  await post()
}
