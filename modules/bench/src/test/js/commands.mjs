// Usage: node commands.mjs CLIENT FRAMES. Prints what the JavaScript client asks a gateway for that sends these frames, as JSON: a list for each
// connection, of its path and its commands. FRAMES is a list for each connection, too; behind the last frame it breaks.
const { Gapless } = await import(process.argv[2])
const connections = JSON.parse(process.argv[3])
const asked = []

class Gateway extends EventTarget {
  readyState = 1
  bufferedAmount = 0

  constructor(url) {
    super()
    const { pathname, search } = new URL(url)
    asked.push([pathname + search])
    setTimeout(() => this.tells(connections[asked.length - 1]))
  }

  tells(frames) {
    this.fire('open', {})
    for (const frame of frames) this.fire('message', { data: JSON.stringify(frame) })
    if (asked.length === connections.length) {
      console.log(JSON.stringify(asked))
      process.exit()
    }
    this.readyState = 3
    this.fire('close', { code: 1006, reason: '' })
  }

  fire(type, members) {
    this.dispatchEvent(Object.assign(new Event(type), members))
  }

  send(text) {
    asked.at(-1).push(JSON.parse(text))
  }

  close() {}
}

new Gapless('http://127.0.0.1:1', { WebSocket: Gateway, reconnectMs: 1 }).subscribe('bench-events', { onEvent: () => {} })
