// Follows a topic on a WebSocket, off the thread that draws. Keeps positions of its own, so that it goes on in place: after a pause, and at a new
// connection. Of what comes faster than an eye can follow it passes on one in n.

const TICK_MS = 250;
/** So many events a tick are shown at most. */
const MOST = 5;
const MOST_GAPS = 20;
const MOST_TEXT = 20_000;
const LARGE_BYTES = 256 << 10;
const QUIET_MS = 45_000;
const RETRY_MS = 15_000;

let wanted = null;
let socket = null;
let positions = null;
let paused = false;
let failures = 0;
let retry = null;
let heardMs = 0;
// Of the tick.
let seen = 0;
let kept = [];
let gaps = [];
let moreGaps = 0;
// Of about the last second.
const counts = [];
const say = (name, more = {}) => postMessage({ type: 'state', name, ...more });

onmessage = ({ data }) => {
  if (data.type === 'open') {
    close();
    wanted = data;
    positions = null;
    paused = false;
    failures = 0;
    connect();
  } else if (data.type === 'pause') {
    paused = true;
    send({ type: 'Unsubscribe', topic: wanted.topic });
    say('pausing');
  } else if (data.type === 'resume') {
    paused = false;
    socket?.readyState === WebSocket.OPEN ? subscribe() : connect();
  }
};

function close() {
  clearTimeout(retry);
  if (socket !== null) {
    socket.onclose = null;
    socket.onmessage = null;
    socket.close();
    socket = null;
  }
}

function connect() {
  close();
  say('connecting');
  const url = new URL('api/ws?hold=true', new URL('.', location.href));
  url.protocol = url.protocol.replace('http', 'ws');
  const opened = new WebSocket(url);
  socket = opened;
  let reason = null;
  let afterMs = null;
  opened.onopen = () => {
    heardMs = Date.now();
    if (wanted.token) {
      send({ type: 'Auth', token: wanted.token });
    }
    if (!paused) {
      subscribe();
    }
  };
  opened.onmessage = event => {
    heardMs = Date.now();
    const message = JSON.parse(event.data);
    if (message.type === 'closing') {
      reason = message.reason;
      afterMs = message.reconnect_after_ms ?? null;
    } else {
      take(message);
    }
  };
  opened.onclose = event => {
    socket = null;
    if (event.code === 4401) {
      say('signed-out', { cause: reason ?? 'the credential is not valid' });
      return;
    }
    failures++;
    const waitMs = afterMs ?? Math.random() * Math.min(RETRY_MS, 1000 * 2 ** failures);
    say(paused ? 'paused' : 'waiting', { cause: reason ?? 'the connection ended', retryMs: waitMs });
    if (!paused) {
      retry = setTimeout(connect, waitMs);
    }
  };
}

function send(command) {
  if (socket?.readyState === WebSocket.OPEN) {
    socket.send(JSON.stringify(command));
  }
}

function subscribe() {
  const { topic, nodes, keys, from } = wanted;
  const filter = nodes.length === 0 && keys.length === 0 ? { type: 'All' } : {};
  if (nodes.length > 0) {
    filter.nodes = nodes;
  }
  if (keys.length > 0) {
    filter.keys = keys;
  }
  const at = positions === null ? from : { positions: [...positions.values()] };
  send({ type: 'Subscribe', topic, filter, from: at, on_lag: 'resync', max_message_bytes: LARGE_BYTES });
}

// ------------------------------------------------------------------ what comes

function take(message) {
  switch (message.type) {
    case 'batch':
      message.data.forEach(take);
      break;
    case 'event':
    case 'withheld':
    case 'undecodable':
      move(message.node, message.epoch, message.seq);
      event(message);
      break;
    case 'cursor_expired':
      message.gaps.forEach(gap => {
        leap(gap);
        tell({ type: 'gap', time: message.time, ...gap });
      });
      break;
    case 'producer_left':
      end(message.epoch);
      tell(message);
      break;
    case 'subscribed':
      failures = 0;
      if (positions === null) {
        positions = new Map(message.positions.map(one => [one.epoch, one]));
      }
      say('live', { silent: message.silent });
      break;
    case 'unsubscribed':
      say('paused');
      break;
    case 'error':
      say('refused', { code: message.code, cause: message.message });
      break;
    case 'ended':
      say('refused', { code: message.reason, cause: message.message ?? message.reason });
      break;
    default: // connected, authenticated, ping, pong and what comes later
  }
}

function move(node, epoch, seq) {
  if (!positions.has(epoch)) {
    forget(node);
  }
  positions.set(epoch, { node, epoch, seq });
}

/** Streams of this node that have ended are told of no more. */
function forget(node) {
  for (const [epoch, one] of positions) {
    if (one.node === node && one.ended) {
      positions.delete(epoch);
    }
  }
}

function leap(gap) {
  if (gap.resumes_epoch) {
    if (gap.epoch && gap.epoch !== gap.resumes_epoch) {
      positions.delete(gap.epoch);
    }
    move(gap.node, gap.resumes_epoch, gap.resumes_at - 1);
  } else if (gap.epoch) {
    end(gap.epoch);
  }
}

function end(epoch) {
  const one = positions.get(epoch);
  if (one) {
    positions.set(epoch, { ...one, ended: true });
  }
}

/** Of those of a tick each is kept with the same chance. */
function event(message) {
  seen++;
  if (kept.length < MOST) {
    kept.push(message);
  } else {
    const at = Math.floor(Math.random() * seen);
    if (at < MOST) {
      kept.splice(at, 1);
      kept.push(message);
    }
  }
}

/** What is missing is told whatever the rate, as far as there is room. */
function tell(notice) {
  if (gaps.length < MOST_GAPS) {
    gaps.push({ at: kept.length, notice });
  } else {
    moreGaps++;
  }
}

function shown(message) {
  const { type, time, node, epoch, seq, key, headers, deleted, bytes } = message;
  const text = message.data === undefined ? '' : JSON.stringify(message.data);
  return {
    type,
    time,
    node,
    epoch,
    seq,
    key,
    deleted: deleted === true,
    bytes,
    what: message.message,
    headers: headers === undefined ? '' : JSON.stringify(headers).slice(0, MOST_TEXT),
    data: text.length > MOST_TEXT ? text.slice(0, MOST_TEXT) : text,
    cut: text.length > MOST_TEXT ? text.length : 0,
  };
}

setInterval(() => {
  counts.push(seen);
  if (counts.length > 4) {
    counts.shift();
  }
  if (socket?.readyState === WebSocket.OPEN && Date.now() - heardMs > QUIET_MS) {
    send({ type: 'Ping' });
    if (Date.now() - heardMs > 2 * QUIET_MS) {
      connect();
    }
  }
  const perSecond = counts.reduce((sum, one) => sum + one, 0) * (4 / counts.length);
  const rows = [];
  kept.forEach((message, i) => {
    gaps.filter(gap => gap.at === i).forEach(gap => rows.push(gap.notice));
    rows.push(shown(message));
  });
  gaps.filter(gap => gap.at >= kept.length).forEach(gap => rows.push(gap.notice));
  if (moreGaps > 0) {
    rows.push({ type: 'more-gaps', count: moreGaps });
  }
  postMessage({ type: 'rows', rows, seen, shown: kept.length, perSecond });
  seen = 0;
  kept = [];
  gaps = [];
  moreGaps = 0;
}, TICK_MS);
