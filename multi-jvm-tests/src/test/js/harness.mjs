// What a client of JavaScriptClientsTest does, in Node and in a browser: it subscribes to topics, and tells the test all that it sends, is given and
// is told, in order. Two topics share one function that reloads.
const FAILED_RELOADS = 0.2
const LONGEST_RELOAD_MS = 300
const POST_EVERY_MS = 20

const sleep = ms => new Promise(done => setTimeout(done, ms))

export async function run({ Gapless, WebSocket, base, name, urls, topics, settings }) {
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

  class Watched extends WebSocket {
    send(text) {
      const command = JSON.parse(text)
      if (command.type === 'Subscribe') record('session', command.topic, { node: this.node, from: command.from })
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
        if (frame.type === 'connected') this.node = frame.data.node
        if (frame.type === 'subscribed') record('ready', frame.topic, { silent: frame.silent.length })
        if (frame.type === 'cursor_expired') record('told', frame.topic)
        listener(message)
        if (frame.type === 'producer_left') record('left', frame.topic, { event: frame })
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
  for (const topic of topics) {
    gapless.subscribe(topic, {
      reload,
      onEvent: event => record('event', topic, { event }),
      onState: change => {
        if (change.state === 'ended') record('wrong', topic, { what: `ended: ${change.cause?.code} ${change.cause?.message}` })
      },
    })
  }
  await post()
}
