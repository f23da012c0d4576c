// What the page knows of the cluster: the latest status, the rates between two of them, and how they were in the last quarter of an hour.

/** So many seconds are kept. */
export const KEPT = 900;

/** What was measured of something, one number a second; `at` of the whole page says when. */
class History {
  published = new Float32Array(KEPT);
  delivered = new Float32Array(KEPT);
  lag = new Float32Array(KEPT);
  ring = new Float32Array(KEPT);
}

/** Counts of something, and their rates. */
class Counted {
  published = 0;
  delivered = 0;
  #totals = null;
  #time = 0;

  /** Rates are those since the last time, smoothed a little. A counter that fell began anew. */
  count(totals, time) {
    const before = this.#totals;
    const seconds = (time - this.#time) / 1000;
    if (before !== null && seconds > 0) {
      this.published = Counted.#rate(this.published, before.published, totals.published, seconds);
      this.delivered = Counted.#rate(this.delivered, before.delivered, totals.delivered, seconds);
    }
    this.#totals = totals;
    this.#time = time;
  }

  static #rate(shown, before, now, seconds) {
    const measured = Math.max(0, now - before) / seconds;
    const smooth = shown === 0 ? measured : 0.4 * shown + 0.6 * measured;
    return smooth < 0.05 ? 0 : smooth;
  }
}

/** What one looks for first in a topic. */
class Facts {
  producers = 0;
  consumers = 0;
  /** The most that a subscription, or a node, has yet to get. */
  lag = 0;
  lagMs = 0;
  slowest = null;
  /** The share of its ring that is full, of the fullest. */
  ring = 0;
  subscriptions = 0;
  troubles = [];

  constructor(topic) {
    const publishing = topic.producers.filter(producer => producer.publishes);
    this.producers = publishing.length;
    this.consumers = topic.consumers.length;
    for (const producer of topic.producers) {
      this.#producer(producer);
    }
    for (const consumer of topic.consumers) {
      this.#consumer(consumer);
    }
    for (const table of topic.tables) {
      if (table.state !== 'live') {
        this.troubles.push(`table on ${table.node} is ${table.state}`);
      }
    }
  }

  #producer(producer) {
    this.ring = Math.max(this.ring, producer.messages / producer.max_messages, producer.bytes / producer.max_bytes);
    if (producer.store && !['ok', 'recovering'].includes(producer.store.state)) {
      this.troubles.push(`store of ${producer.node} is ${producer.store.state}`);
    }
    if (producer.waiting_publishes > 0) {
      this.troubles.push(`${producer.waiting_publishes} publishes wait on ${producer.node}`);
    }
    for (const cursor of producer.cursors) {
      this.lag = Math.max(this.lag, cursor.lag);
      if (['stalled', 'unreachable'].includes(cursor.state)) {
        this.#trouble(`${cursor.node} is ${cursor.state}`);
      }
    }
  }

  /** Many producers may say the same of one node. */
  #trouble(what) {
    if (this.troubles.length < 20 && !this.troubles.includes(what)) {
      this.troubles.push(what);
    }
  }

  #consumer(consumer) {
    this.subscriptions += consumer.subscription_count;
    for (const one of consumer.subscriptions) {
      this.lag = Math.max(this.lag, one.lag);
      this.lagMs = Math.max(this.lagMs, one.lag_ms);
      if (this.slowest === null || one.lag > this.slowest.lag) {
        this.slowest = { ...one, node: consumer.node };
      }
      if (one.violations > 0) {
        this.troubles.push(`subscription ${one.id} on ${consumer.node} met a message out of order`);
      }
    }
  }
}

/** The status, and what follows from it. Dispatches `change`, and `loss` with the losses that are new. */
export class Status extends EventTarget {
  time = null;
  /** When the last message came, by the page's clock. */
  heardMs = 0;
  totals = { published: 0, delivered: 0, expired: 0, missed: 0 };
  members = new Map();
  topics = new Map();
  clients = new Map();
  losses = [];
  gateway = {};
  rates = { published: 0, delivered: 0 };
  /** When each second of the histories was, in seconds since 1970; NaN for none. */
  at = new Float64Array(KEPT).fill(NaN);
  history = new History();
  #slot = -1;
  #ofMembers = new Map();
  #names = new Map();
  #ofTopics = new Map();
  #facts = new WeakMap();

  get isKnown() {
    return this.time !== null;
  }

  told(message) {
    const before = this.losses;
    const isFirst = this.time === null;
    if (message.type === 'status') {
      this.#whole(message.status);
    } else if (message.type === 'status_changed') {
      this.#changed(message);
    } else {
      return;
    }
    this.heardMs = Date.now();
    this.#measure(Date.parse(this.time));
    this.dispatchEvent(new Event('change'));
    if (!isFirst && this.losses !== before) {
      const known = new Set(before.map(lossKey));
      const fresh = this.losses.filter(loss => !known.has(lossKey(loss)));
      if (fresh.length > 0) {
        this.dispatchEvent(new CustomEvent('loss', { detail: fresh }));
      }
    }
  }

  #whole(status) {
    this.time = status.time;
    this.totals = status.totals;
    this.members = byKey(status.members, 'address');
    this.topics = byKey(status.topics, 'topic');
    this.losses = status.losses;
    const { clients, ...gateway } = status.gateway;
    this.gateway = gateway;
    this.clients = byKey(clients, 'client');
    this.#since(clients);
  }

  #changed(message) {
    this.time = message.time;
    this.totals = message.totals;
    change(this.members, message.members, 'address');
    change(this.topics, message.topics, 'topic');
    this.losses = message.losses ?? this.losses;
    const { clients, ...gateway } = message.gateway;
    this.gateway = gateway;
    change(this.clients, clients, 'client');
    this.#since(clients?.changed ?? []);
  }

  /** That time passes is not told again. */
  #since(clients) {
    const now = Date.parse(this.time);
    for (const client of clients) {
      client.since = now - client.uptime_ms;
    }
  }

  // ------------------------------------------------------------------ rates

  #measure(time) {
    this.#slot = (this.#slot + 1) % KEPT;
    this.at[this.#slot] = time / 1000;
    this.rates = { published: 0, delivered: 0 };
    for (const [address, member] of this.members) {
      if (member.answers) {
        this.#names.set(address, member.node);
        const counted = of(this.#ofMembers, address);
        counted.count(member.totals, time);
        this.rates.published += counted.published;
        this.rates.delivered += counted.delivered;
      }
    }
    forget(this.#ofMembers, this.members);
    forget(this.#names, this.members);
    let lag = 0;
    for (const [name, topic] of this.topics) {
      const counted = of(this.#ofTopics, name);
      counted.count(topic.totals, time);
      const facts = this.facts(topic);
      lag = Math.max(lag, facts.lag);
      this.#keep(counted, counted.published, counted.delivered, facts.lag, facts.ring);
    }
    forget(this.#ofTopics, this.topics);
    this.#keep(this, this.rates.published, this.rates.delivered, lag, 0);
  }

  /** A topic at which nothing happens takes no memory. */
  #keep(where, published, delivered, lag, ring) {
    if (!where.history && (published > 0 || delivered > 0 || lag > 0 || ring > 0)) {
      where.history = new History();
    }
    const kept = where.history;
    if (kept) {
      kept.published[this.#slot] = published;
      kept.delivered[this.#slot] = delivered;
      kept.lag[this.#slot] = lag;
      kept.ring[this.#slot] = 100 * ring;
    }
  }

  /** Rates of a topic. */
  ofTopic(name) {
    return this.#ofTopics.get(name) ?? { published: 0, delivered: 0 };
  }

  /** The name of a member: of one that is silent the one that it last had. */
  nameOf(member) {
    return member.node ?? this.#names.get(member.address) ?? null;
  }

  /** Rates of a member. */
  ofMember(address) {
    return this.#ofMembers.get(address) ?? { published: 0, delivered: 0 };
  }

  facts(topic) {
    let known = this.#facts.get(topic);
    if (known === undefined) {
      known = new Facts(topic);
      this.#facts.set(topic, known);
    }
    return known;
  }

  /**
   * The last so many seconds of these histories, as uPlot takes them.
   *
   * @param topic null for the cluster
   */
  series(topic, names, seconds = KEPT) {
    const kept = topic === null ? this.history : this.ofTopic(topic).history;
    const columns = [[], ...names.map(() => [])];
    const since = this.at[this.#slot] - seconds;
    for (let i = 1; i <= KEPT; i++) {
      const slot = (this.#slot + i) % KEPT;
      if (this.at[slot] > since) {
        columns[0].push(this.at[slot]);
        names.forEach((name, n) => columns[n + 1].push(kept ? kept[name][slot] : 0));
      }
    }
    return columns;
  }
}

/** Tells one loss from another. */
export const lossKey = loss =>
  JSON.stringify([loss.time, loss.topic, loss.producer, loss.consumer, loss.subscriptions, loss.reason, loss.first_missing]);

const byKey = (list, key) => new Map(list.map(one => [one[key], one]));

function change(map, changes, key) {
  for (const gone of changes?.gone ?? []) {
    map.delete(gone);
  }
  for (const one of changes?.changed ?? []) {
    map.set(one[key], one);
  }
}

function of(map, key) {
  let known = map.get(key);
  if (known === undefined) {
    known = new Counted();
    map.set(key, known);
  }
  return known;
}

function forget(map, there) {
  if (map.size > there.size) {
    for (const key of map.keys()) {
      if (!there.has(key)) {
        map.delete(key);
      }
    }
  }
}
