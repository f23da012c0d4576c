import assert from 'node:assert/strict'
import { test } from 'node:test'
import { client, event, last, passes, settled, sockets, subscription } from './fake.mjs'

/** A token function that is asked, and what it says. */
function asked(...tokens) {
  const token = () => (token.times++, tokens.length > 1 ? tokens.shift() : tokens[0])
  token.times = 0
  return token
}

/** The time goes on, and the gateways are heard. */
async function passesWithPings(ms) {
  for (let left = ms; left > 0; left -= 1_000) {
    await passes(Math.min(left, 1_000))
    for (const one of sockets) await one.says({ type: 'ping', tokens: {} })
  }
}

async function authenticated(token, more = {}, options = {}) {
  const made = await subscription({ ...options }, { token })
  await made.socket.says({ type: 'authenticated', subject: 'me', ...more })
  return made
}

test('the credential comes first, and what is wanted behind its answer', async () => {
  const { socket } = await subscription({}, { token: asked('one') })
  assert.deepEqual(socket.sent, [{ type: 'Auth', token: 'one', id: 'a' }])
  await socket.says({ type: 'authenticated', subject: 'me' })
  assert.equal(socket.sent[1].type, 'Subscribe')
})

test('a token that is valid is used again, and asked for once for all connections', async () => {
  const token = asked('one', 'two')
  const { gapless, socket } = await authenticated(token, { expires_in_ms: 600_000 })
  gapless.subscribe('prices', { onEvent: () => {} })
  await settled()
  await last().opens()
  assert.equal(last().all('Auth')[0].token, 'one')
  await socket.breaks()
  await passes(1_000)
  await last().opens()
  assert.equal(last().all('Auth')[0].token, 'one')
  assert.equal(token.times, 1)
})

test('it is renewed before it expires, in place, on all connections', async () => {
  const token = asked('one', 'two')
  const { gapless, given, socket } = await authenticated(token, { expires_in_ms: 600_000 })
  await socket.subscribed('prices')
  gapless.subscribe('prices', { onEvent: () => {} })
  await settled()
  const other = last()
  await other.opens()
  await other.says({ type: 'authenticated', subject: 'me', expires_in_ms: 600_000 })
  await passesWithPings(539_000)
  assert.equal(token.times, 1)
  await passes(1_000)
  assert.equal(token.times, 2)
  assert.equal(socket.sent.at(-1).token, 'two')
  assert.equal(other.sent.at(-1).token, 'two')
  await socket.says({ type: 'authenticated', subject: 'me', expires_in_ms: 600_000 }, event(1))
  assert.deepEqual(given, [1])
  assert.equal(sockets.length, 2)
})

test('it is renewed when the gateway says that it expires', async () => {
  const token = asked('one', 'two')
  const { socket } = await authenticated(token)
  for (let i = 0; i < 5; i++) {
    await socket.says({ type: 'auth_expires', in_ms: 60_000 - i * 9_000 })
    await passes(9_000)
  }
  assert.equal(token.times, 1)
  await passes(4_000)
  assert.equal(socket.sent.at(-1).token, 'two')
  assert.equal(token.times, 2)
})

test('tokens that live for a moment are not renewed all the time', async () => {
  let times = 0
  let answered = 0
  const { socket } = await subscription({}, { token: () => `t${++times}` })
  for (let i = 0; i < 40; i++) {
    for (; answered < socket.all('Auth').length; answered++) {
      await socket.says({ type: 'authenticated', subject: 'me', expires_in_ms: 0 }, { type: 'auth_expires', in_ms: 0 })
    }
    await passes(250)
  }
  assert.ok(times > 2 && times < 12, `${times} times in 10 s`)
})

test('4401 asks once for all connections', async () => {
  const token = asked('one', 'two')
  const { gapless, socket, states } = await authenticated(token)
  gapless.subscribe('prices', { onEvent: () => {} })
  await settled()
  const other = last()
  await other.opens()
  await other.says({ type: 'authenticated', subject: 'me' })
  await socket.breaks(4401, 'the credential is valid no more')
  await other.breaks(4401, 'the credential is valid no more')
  assert.equal(states.at(-1).cause.code, 'unauthenticated')
  await passes(1_000)
  assert.equal(sockets.length, 4)
  for (const one of sockets.slice(2)) {
    await one.opens()
    assert.equal(one.all('Auth')[0].token, 'two')
  }
  assert.equal(token.times, 2)
})

test('an Auth that is refused asks again, once each time and later and later, though the token stays the same', async () => {
  const token = asked('expired')
  const { states } = await subscription({}, { token })
  const begin = Date.now()
  while (Date.now() - begin < 60_000) {
    const socket = last()
    if (socket.readyState === 0) await socket.opens()
    if (socket.readyState === 1) {
      await socket.says({ type: 'error', code: 'unauthenticated', message: 'The token has expired', id: 'a' })
      assert.ok(socket.closedByClient)
    }
    await passes(250)
  }
  assert.equal(states.at(-1).state, 'connecting')
  assert.equal(states.at(-1).cause.code, 'unauthenticated')
  assert.match(states.at(-1).cause.message, /expired/)
  assert.ok(token.times > 5 && token.times < 25, `${token.times} times in a minute`)
  assert.equal(sockets.length, token.times)
})

test('a gateway that has no room for the client, or no keys, is no reason to ask for another token', async () => {
  const token = asked('one', 'two')
  const { states } = await subscription({}, { token })
  for (const code of ['too_many_clients_of_subject', 'no_keys']) {
    await last().says({ type: 'error', code, message: 'later', id: 'a' })
    assert.equal(states.at(-1).cause.code, code)
    await passes(10_000)
    await last().opens()
    assert.equal(last().all('Auth')[0].token, 'one')
  }
  assert.equal(token.times, 1)
  await last().says({ type: 'authenticated', subject: 'me' })
  assert.equal(last().all('Subscribe').length, 1)
})

for (const [name, token, why] of [
  ['throws', () => { throw new Error('no session') }, /no session/],
  ['is rejected', async () => { throw new Error('no session') }, /no session/],
  ['never answers', () => new Promise(() => {}), /tokenTimeoutMs/],
  ['returns nothing', () => undefined, /no text/],
  ['returns an empty text', () => '', /no text/],
  ['returns an object', () => ({ token: 'one' }), /no text/],
]) {
  test(`a token function that ${name} is asked again, later and later, and the state says why`, async () => {
    let times = 0
    const states = []
    const gapless = client({ token: () => (times++, token()) })
    gapless.subscribe('prices', { onEvent: () => {}, onState: s => states.push(s) })
    await passes(60_000)
    assert.equal(sockets.length, 0, 'nobody is anonymous by mistake')
    assert.equal(states.at(-1).state, 'connecting')
    assert.equal(states.at(-1).cause.code, 'token_failed')
    assert.match(states.at(-1).cause.message, why)
    assert.ok(times >= 3 && times < 25, `${times} times in a minute`)
  })
}

test('a token function that is well again lets in', async () => {
  let times = 0
  client({ token: () => (++times < 3 ? Promise.reject(new Error('not yet')) : 'good') }).subscribe('prices', { onEvent: () => {} })
  await passes(10_000)
  await last().opens()
  assert.equal(last().all('Auth')[0].token, 'good')
})

test('a renewal that returns the same token is tried again until it expires, and the stream goes on', async () => {
  const token = asked('one')
  const { given, socket, states } = await authenticated(token, { expires_in_ms: 100_000 })
  await socket.subscribed('prices')
  await passesWithPings(82_000)
  await socket.says(event(1))
  assert.deepEqual(given, [1])
  assert.equal(states.at(-1).state, 'live')
  assert.equal(states.at(-1).cause.code, 'token_not_renewed')
  await passesWithPings(60_000)
  assert.equal(socket.all('Auth').length, 1)
  assert.ok(token.times > 2 && token.times < 12, `${token.times} times`)
  const times = token.times
  await passesWithPings(60_000)
  assert.equal(token.times, times, 'it has expired')
})

test('a renewal that the gateway refuses is said, and the one before counts on', async () => {
  const { given, socket, states } = await authenticated(asked('one', 'two'))
  await socket.subscribed('prices')
  await socket.says({ type: 'auth_expires', in_ms: 10_000 })
  await passes(9_000)
  assert.equal(socket.all('Auth').length, 2)
  await socket.says({ type: 'error', code: 'forbidden', message: 'less', id: 'a' }, event(1))
  assert.equal(states.at(-1).cause.code, 'forbidden')
  assert.equal(states.at(-1).state, 'live')
  assert.deepEqual(given, [1])
})

test('without a token function 4401 is the end', async () => {
  const { gapless, socket, states } = await subscription()
  const published = assert.rejects(gapless.publish('a', { data: 1 }), { code: 'unknown_outcome' })
  await socket.breaks(4401, 'it has not said who it is')
  await published
  assert.equal(states.at(-1).state, 'ended')
  assert.equal(states.at(-1).cause.code, 'unauthenticated')
  await passes(60_000)
  assert.equal(sockets.length, 1)
})

test('no token stands in an address', async () => {
  const { socket } = await authenticated(asked('secret'))
  assert.ok(!socket.url.includes('secret'))
})
