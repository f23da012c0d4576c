import { Chart } from './chart.js';
import { badge, h, put, putBadge, replace } from './dom.js';
import * as format from './format.js';
import { List } from './list.js';
import { lossColumns, meter } from './overview.js';
import { lossKey } from './status.js';

/** So many producers and consumers of the table are shown at once. */
const PAGE = 20;

/** How a node stands with a producer. The worst first. */
const STANDS = {
  unreachable: ['bad', 0],
  stalled: ['bad', 1],
  stopped: ['pause', 2],
  unconfirmed: ['wait', 3],
  behind: ['wait', 4],
  level: ['ok', 5],
};

/** One topic: who publishes, who reads, and how far each has got. */
export class TopicView {
  title;
  element;
  #status;
  #name;
  #bar = h('div', { class: 'verdict' });
  #slowest = h('p', { class: 'slowest' });
  #producers;
  #subscriptions;
  #standing;
  #losses;
  #charts;
  #tables = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Tables' });
  #tableCard;
  #gone = h('p', { class: 'empty', hidden: true }, 'No member knows this topic now. It is shown as soon as somebody publishes or subscribes to it.');

  constructor({ status, name }) {
    this.#status = status;
    this.#name = name;
    const shown = format.name(name);
    this.title = shown;
    this.#producers = new List({
      label: 'Producers',
      key: producer => producer.node,
      columns: producerColumns(status),
      sort: 'node',
      down: false,
      most: 8,
      nothing: 'Nobody publishes',
    });
    this.#subscriptions = new List({
      label: 'Subscriptions',
      key: one => `${one.node} ${one.id}`,
      columns: subscriptionColumns(),
      sort: 'lag',
      most: 10,
      nothing: 'Nobody subscribes',
    });
    this.#standing = new Standing();
    this.#losses = new List({
      label: 'Losses of this topic, the newest first',
      key: lossKey,
      columns: lossColumns(false),
      sort: 'time',
      most: 6,
      nothing: 'Nothing was missed lately',
    });
    this.#charts = [
      new Chart({
        title: 'Messages a second',
        format: format.rate,
        series: [
          { name: 'published', title: 'published', colour: '--series-1' },
          { name: 'delivered', title: 'delivered', colour: '--series-2', dash: true },
        ],
      }),
      new Chart({ title: 'Lag of the slowest, in messages', format: format.short, series: [{ name: 'lag', title: 'lag', colour: '--series-3' }] }),
      new Chart({
        title: 'Ring of the fullest producer',
        format: value => `${Math.round(value)} %`,
        series: [{ name: 'ring', title: 'full', colour: '--series-4' }],
      }),
    ];
    this.#tableCard = h('section', { class: 'card', hidden: true }, h('h2', null, 'Tables'), this.#tables);
    this.element = h(
      'div',
      { class: 'view topic' },
      h('p', { class: 'crumbs' }, h('a', { href: '#/' }, 'Overview'), ' / Topic'),
      h(
        'div',
        { class: 'bar' },
        h('h1', { tabindex: '-1', title: shown }, shown),
        h('a', { class: 'button', href: `#/tail/${encodeURIComponent(name)}` }, 'Tail this topic'),
      ),
      this.#gone,
      this.#bar,
      this.#slowest,
      h('div', { class: 'charts' }, this.#charts.map(chart => chart.element)),
      h('section', { class: 'card' }, h('h2', null, 'Producers'), this.#producers.element),
      this.#standing.element,
      h('section', { class: 'card' }, h('h2', null, 'Subscriptions'), this.#subscriptions.element),
      this.#tableCard,
      h('section', { class: 'card' }, h('h2', null, 'Losses'), this.#losses.element),
    );
  }

  search() {
    return this.#standing.search();
  }

  render() {
    const status = this.#status;
    const topic = status.topics.get(this.#name);
    this.#gone.hidden = topic !== undefined;
    const shown = topic ?? { topic: this.#name, producers: [], consumers: [], tables: [], totals: { published: 0, delivered: 0, expired: 0, missed: 0 } };
    const facts = status.facts(shown);
    this.#figures(shown, facts, status.ofTopic(this.#name));
    this.#showSlowest(facts.slowest);
    for (const chart of this.#charts) {
      chart.set(status.series(this.#name, chart.names()));
    }
    this.#producers.set(shown.producers);
    this.#standing.set(shown);
    this.#subscriptions.set(shown.consumers.flatMap(consumer => consumer.subscriptions.map(one => ({ ...one, node: consumer.node }))));
    this.#showTables(shown.tables);
    this.#losses.set(status.losses.filter(loss => loss.topic === this.#name));
  }

  end() {
    this.#charts.forEach(chart => chart.end());
  }

  #figures(topic, facts, rates) {
    const parts = [
      ['Published a second', format.rate(rates.published)],
      ['Delivered a second', format.rate(rates.delivered)],
      ['Producers', format.whole(facts.producers)],
      ['Consumers', format.whole(facts.consumers)],
      ['Subscriptions', format.whole(facts.subscriptions)],
      ['Gaps told', format.whole(topic.totals.expired)],
      ['Messages missed', format.whole(topic.totals.missed)],
    ];
    const text = JSON.stringify([parts, facts.troubles]);
    if (this.#bar.dataset.shown === text) {
      return;
    }
    this.#bar.dataset.shown = text;
    const troubles = facts.troubles.slice(0, 5).map(trouble => h('li', null, badge('warn', format.name(trouble))));
    replace(
      this.#bar,
      troubles.length > 0 ? h('ul', null, troubles) : null,
      h('dl', { class: 'figures' }, parts.map(([what, value]) => h('div', null, h('dt', null, what), h('dd', null, value)))),
    );
  }

  #showSlowest(one) {
    if (one === null || one.lag === 0) {
      replace(this.#slowest, badge('ok', one === null ? 'Nobody subscribes' : 'Every subscription has all that there is'));
      return;
    }
    const holds = one.holding_ms > 0 ? `, and has held one event for ${format.span(one.holding_ms)}` : '';
    const reloads = one.reloading_ms > 0 ? `, and has been reloading for ${format.span(one.reloading_ms)}` : '';
    const text = `The slowest is subscription ${one.id} on ${format.name(one.node)}: ${format.count(one.lag, 'message', 'messages')} behind, the oldest ${format.span(one.lag_ms)} old; it is ${format.words(one.state)}${holds}${reloads}.`;
    replace(this.#slowest, badge(one.lag_ms > 5000 ? 'warn' : 'wait', text));
  }

  #showTables(tables) {
    this.#tableCard.hidden = tables.length === 0;
    const text = JSON.stringify(tables);
    if (this.#tables.dataset.shown !== text) {
      this.#tables.dataset.shown = text;
      const titles = ['Node', 'State', 'Since', 'Rows', 'Bytes', 'Loaded', 'Problem'];
      const rows = tables.slice(0, 100).map(one =>
        h(
          'tr',
          null,
          h('td', null, format.name(one.node)),
          h('td', null, badge(one.state === 'live' ? 'ok' : one.state === 'stale' ? 'warn' : 'bad', one.state)),
          h('td', null, format.day(one.since)),
          h('td', { class: 'numeric' }, format.whole(one.rows)),
          h('td', { class: 'numeric' }, format.bytes(one.bytes)),
          h('td', null, format.day(one.loaded)),
          h('td', null, one.problem === null ? '–' : format.name(one.problem)),
        ),
      );
      replace(
        this.#tables,
        h('table', { 'aria-label': 'Tables' }, h('thead', null, h('tr', null, titles.map(title => h('th', { scope: 'col' }, title)))), h('tbody', null, rows)),
      );
    }
  }
}

function producerColumns(status) {
  return [
    { id: 'node', title: 'Node', least: 72, grow: 1.3, value: one => one.node, text: one => format.name(one.node) },
    {
      id: 'state',
      title: 'State',
      least: 106,
      value: one => (one.store ? one.store.state : ''),
      fill: (cell, one) => {
        if (one.store && one.store.state !== 'ok') {
          putBadge(cell, one.store.state === 'recovering' ? 'wait' : 'bad', `store ${one.store.state}`);
        } else if (one.waiting_publishes > 0) {
          putBadge(cell, 'pause', `${format.whole(one.waiting_publishes)} wait`);
        } else {
          putBadge(cell, 'ok', one.publishes ? (one.store ? 'stored' : 'publishes') : 'answers');
        }
      },
    },
    { id: 'messages', title: 'Ring: messages', least: 92, numeric: true, value: one => one.messages / one.max_messages, fill: (cell, one) => meter(cell, one.messages / one.max_messages) },
    { id: 'bytes', title: 'Ring: bytes', least: 96, rank: 1, numeric: true, value: one => one.bytes / one.max_bytes, fill: (cell, one) => meter(cell, one.bytes / one.max_bytes) },
    {
      id: 'age',
      title: 'Ring: age',
      least: 84,
      rank: 2,
      numeric: true,
      value: one => -Date.parse(one.oldest_time ?? 0),
      text: one => (one.oldest_time === null ? '–' : format.span(Date.parse(status.time) - Date.parse(one.oldest_time))),
    },
    { id: 'head', title: 'Newest', least: 84, rank: 2, numeric: true, value: one => one.head, text: one => format.whole(one.head) },
    { id: 'held', title: 'Holds', least: 84, rank: 4, numeric: true, value: one => one.messages, text: one => `${format.short(one.messages)} (${format.bytes(one.bytes)})` },
    { id: 'epoch', title: 'Epoch', least: 140, rank: 5, value: one => one.epoch, text: one => one.epoch },
    { id: 'started', title: 'Since', least: 150, rank: 6, value: one => Date.parse(one.started), text: one => format.day(one.started) },
  ];
}

function subscriptionColumns() {
  const expired = one => Object.values(one.expiries).reduce((sum, number) => sum + number, 0);
  const state = one => (one.paused && ['reading', 'catching_up'].includes(one.state) ? 'paused' : one.state);
  const kind = one => ({ reading: 'ok', paused: 'pause', reloading: 'warn', waiting_for_store: 'warn' })[state(one)] ?? 'wait';
  return [
    { id: 'node', title: 'Node', least: 90, grow: 1.3, value: one => one.node, text: one => format.name(one.node) },
    { id: 'id', title: 'Subscription', least: 92, rank: 1, value: one => one.id, text: one => (one.named ? format.name(one.named.name) : `${one.id}`) },
    { id: 'state', title: 'State', least: 110, value: state, fill: (cell, one) => putBadge(cell, kind(one), format.words(state(one))) },
    { id: 'lag', title: 'Lag', least: 70, numeric: true, value: one => one.lag, text: one => format.whole(one.lag) },
    { id: 'age', title: 'Age', least: 76, rank: 2, numeric: true, value: one => one.lag_ms, text: one => (one.lag === 0 ? '–' : format.span(one.lag_ms)) },
    { id: 'delivered', title: 'Delivered', least: 90, rank: 3, numeric: true, value: one => one.delivered, text: one => format.whole(one.delivered) },
    { id: 'expired', title: 'Gaps told', least: 76, rank: 2, numeric: true, value: expired, text: one => format.whole(expired(one)) },
    { id: 'reloads', title: 'Reloads', least: 76, rank: 5, numeric: true, value: one => one.reloads, text: one => format.whole(one.reloads) },
    { id: 'failures', title: 'Failures', least: 76, rank: 4, numeric: true, value: one => one.failures, text: one => format.whole(one.failures) },
  ];
}

/** The table producer × consumer: how far each node has got with each producer. A page of it at a time. */
class Standing {
  element;
  #table = h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Producers and consumers' });
  #filter;
  #pages = h('div', { class: 'pages' });
  #page = 0;
  #topic = null;

  constructor() {
    this.#filter = h('input', {
      type: 'search',
      class: 'search',
      placeholder: 'Filter nodes  ( / )',
      'aria-label': 'Filter nodes',
      spellcheck: 'false',
      input: () => {
        this.#page = 0;
        this.set(this.#topic);
      },
    });
    this.element = h(
      'section',
      { class: 'card' },
      h('div', { class: 'bar' }, h('h2', null, 'Who has got how far'), this.#filter),
      this.#table,
      this.#pages,
    );
  }

  search() {
    return this.#filter;
  }

  set(topic) {
    this.#topic = topic;
    const wanted = this.#filter.value.toLowerCase();
    const takes = node => wanted === '' || node.toLowerCase().includes(wanted);
    const rows = topic.producers
      .filter(one => one.publishes || !topic.producers.some(other => other.publishes))
      .map(one => ({ one, cells: worst(one.cursors) }))
      .map(row => ({ ...row, lag: Math.max(0, ...[...row.cells.values()].map(cell => cell.lag)) }));
    const lags = new Map();
    for (const row of rows) {
      for (const [node, cell] of row.cells) {
        lags.set(node, Math.max(lags.get(node) ?? 0, cell.lag));
      }
    }
    const isFiltered = rows.some(row => takes(row.one.node));
    const producers = rows.filter(row => !isFiltered || takes(row.one.node)).sort((a, b) => b.lag - a.lag || compare(a.one.node, b.one.node));
    const matching = [...lags.keys()].filter(takes);
    const consumers = (matching.length > 0 ? matching : [...lags.keys()]).sort((a, b) => lags.get(b) - lags.get(a) || compare(a, b));
    const pages = Math.max(1, Math.ceil(producers.length / PAGE)) * Math.max(1, Math.ceil(consumers.length / PAGE));
    this.#page = Math.min(this.#page, pages - 1);
    const across = Math.max(1, Math.ceil(consumers.length / PAGE));
    const top = Math.floor(this.#page / across) * PAGE;
    const left = (this.#page % across) * PAGE;
    this.#show(producers.slice(top, top + PAGE), consumers.slice(left, left + PAGE));
    this.#showPages(pages, producers.length, consumers.length, top, left);
  }

  #show(producers, consumers) {
    const text = JSON.stringify([consumers, producers.map(row => [row.one.node, consumers.map(node => row.cells.get(node))])]);
    if (this.#table.dataset.shown === text) {
      return;
    }
    this.#table.dataset.shown = text;
    if (producers.length === 0 || consumers.length === 0) {
      replace(this.#table, h('p', { class: 'empty' }, 'No node reads what another one publishes'));
      return;
    }
    const head = h(
      'tr',
      null,
      h('th', { scope: 'col' }, 'Producer ↓  Consumer →'),
      consumers.map(node => h('th', { scope: 'col' }, h('span', { class: 'name', title: format.name(node) }, format.name(node)))),
    );
    const body = producers.map(row =>
      h(
        'tr',
        null,
        h('th', { scope: 'row' }, h('span', { class: 'name', title: format.name(row.one.node) }, format.name(row.one.node))),
        consumers.map(node => standing(row.cells.get(node))),
      ),
    );
    const left = this.#table.scrollLeft;
    replace(this.#table, h('table', { class: 'standing', 'aria-label': 'Producers and consumers' }, h('thead', null, head), h('tbody', null, body)));
    this.#table.scrollLeft = left;
  }

  #showPages(pages, producers, consumers, top, left) {
    this.#pages.hidden = pages === 1;
    if (pages === 1) {
      return;
    }
    if (this.#pages.childElementCount === 0) {
      replace(
        this.#pages,
        h('button', { type: 'button', class: 'quiet', click: () => this.#turn(-1) }, 'Back'),
        h('span', { role: 'status' }),
        h('button', { type: 'button', class: 'quiet', click: () => this.#turn(1) }, 'On'),
      );
    }
    const [back, place, on] = this.#pages.children;
    back.disabled = this.#page === 0;
    on.disabled = this.#page === pages - 1;
    put(
      place,
      `Producers ${top + 1} to ${Math.min(producers, top + PAGE)} of ${producers}, consumers ${left + 1} to ${Math.min(consumers, left + PAGE)} of ${consumers}; the furthest behind first`,
    );
  }

  #turn(by) {
    this.#page = Math.max(0, this.#page + by);
    this.set(this.#topic);
  }
}

/** Of the readers of each node the worst. */
function worst(cursors) {
  const cells = new Map();
  for (const cursor of cursors) {
    const before = cells.get(cursor.node);
    if (before === undefined || rank(cursor) < rank(before) || (rank(cursor) === rank(before) && cursor.lag > before.lag)) {
      cells.set(cursor.node, { state: cursor.state, lag: cursor.lag, acked: cursor.acked });
    }
  }
  return cells;
}

const rank = cursor => STANDS[cursor.state]?.[1] ?? 3;

function standing(cell) {
  if (cell === undefined) {
    return h('td', { class: 'not' }, h('span', { 'aria-label': 'does not read' }, '·'));
  }
  const kind = STANDS[cell.state]?.[0] ?? 'wait';
  return h(
    'td',
    { class: `stand ${kind}`, title: `acknowledged up to ${format.whole(cell.acked)}` },
    badge(kind, format.words(cell.state)),
    cell.lag > 0 ? h('span', { class: 'lag' }, format.short(cell.lag)) : null,
  );
}

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
