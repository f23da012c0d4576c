import { Chart, Spark } from './chart.js';
import { badge, h, put, putBadge, replace } from './dom.js';
import * as format from './format.js';
import { List } from './list.js';
import { lossKey } from './status.js';

const FRESH_MS = 60_000;

/** What is wrong, who is there, which topics there are, and what is missed as it happens. */
export class Overview {
  title = 'Overview';
  element;
  #status;
  #tiles;
  #verdict = h('div', { class: 'verdict' });
  #members;
  #topics;
  #filter;
  #losses;
  #topicCount = h('span', { class: 'of' });
  #memberCount = h('span', { class: 'of' });
  #chart;

  constructor({ status, go }) {
    this.#status = status;
    this.#tiles = {
      published: new Tile('Published a second', '--series-1'),
      delivered: new Tile('Delivered a second', '--series-2'),
      members: new Tile('Members'),
      clients: new Tile('Clients of this gateway'),
      lag: new Tile('Furthest behind', '--series-3'),
      expired: new Tile('Gaps told'),
    };
    this.#members = new List({
      label: 'Members',
      key: member => member.address,
      columns: memberColumns(status),
      sort: 'state',
      most: 8,
      nothing: 'No member has answered yet',
    });
    this.#topics = new List({
      label: 'Topics',
      key: topic => topic.topic,
      open: topic => go(`#/topic/${encodeURIComponent(topic.topic)}`),
      columns: topicColumns(status),
      sort: 'published',
      most: 14,
      nothing: 'No topic',
    });
    this.#filter = h('input', {
      type: 'search',
      class: 'search',
      placeholder: 'Filter topics  ( / )',
      'aria-label': 'Filter topics',
      spellcheck: 'false',
      input: () => this.render(),
      keydown: event => event.key === 'ArrowDown' && this.#topics.focus(),
    });
    this.#losses = new List({
      label: 'Losses, the newest first',
      key: lossKey,
      open: loss => go(`#/topic/${encodeURIComponent(loss.topic)}`),
      columns: lossColumns(true),
      sort: 'time',
      most: 8,
      nothing: 'Nothing was missed lately',
    });
    this.#chart = new Chart({
      title: 'Messages a second',
      format: format.rate,
      series: [
        { name: 'published', title: 'published', colour: '--series-1' },
        { name: 'delivered', title: 'delivered', colour: '--series-2', dash: true },
      ],
    });
    this.element = h(
      'div',
      { class: 'view overview' },
      h('h1', { tabindex: '-1' }, 'Overview'),
      this.#verdict,
      h('section', { class: 'tiles', 'aria-label': 'Figures' }, Object.values(this.#tiles).map(tile => tile.element)),
      h(
        'div',
        { class: 'columns' },
        h(
          'section',
          { class: 'card wide' },
          h('div', { class: 'bar' }, h('h2', null, 'Topics ', this.#topicCount), this.#filter),
          this.#topics.element,
        ),
        h('section', { class: 'card' }, h('div', { class: 'bar' }, h('h2', null, 'Losses, as they happen')), this.#losses.element),
        h('section', { class: 'card' }, h('div', { class: 'bar' }, h('h2', null, 'Members ', this.#memberCount)), this.#members.element),
      ),
      this.#chart.element,
    );
  }

  search() {
    return this.#filter;
  }

  render() {
    const status = this.#status;
    this.#showFigures(status);
    this.#showVerdict(status);
    this.#members.set([...status.members.values()]);
    put(this.#memberCount, status.members.size);
    const wanted = this.#filter.value.toLowerCase();
    const topics = [...status.topics.values()];
    const some = wanted === '' ? topics : topics.filter(topic => topic.topic.toLowerCase().includes(wanted));
    put(this.#topicCount, some.length === topics.length ? topics.length : `${some.length} of ${topics.length}`);
    this.#topics.set(some);
    this.#losses.set(status.losses);
    this.#chart.set(status.series(null, this.#chart.names()));
  }

  end() {
    this.#chart.end();
  }

  #showFigures(status) {
    const tiles = this.#tiles;
    tiles.published.set(format.rate(status.rates.published), `${format.short(status.totals.published)} in all`);
    tiles.delivered.set(format.rate(status.rates.delivered), `${format.short(status.totals.delivered)} in all`);
    tiles.published.line(status.series(null, ['published'], 120)[1]);
    tiles.delivered.line(status.series(null, ['delivered'], 120)[1]);
    const silent = [...status.members.values()].filter(member => !member.answers).length;
    tiles.members.set(format.whole(status.members.size), silent === 0 ? 'all answer' : `${silent} silent`, silent > 0 ? 'bad' : 'ok');
    tiles.clients.set(format.whole(status.gateway.client_count), `${format.short(status.gateway.events_sent)} events sent`);
    const lags = status.series(null, ['lag'], 120)[1];
    tiles.lag.set(format.short(lags.at(-1) ?? 0), 'messages');
    tiles.lag.line(lags);
    tiles.expired.set(format.short(status.totals.expired), `${format.short(status.totals.missed)} messages missed`);
  }

  #showVerdict(status) {
    const found = [];
    const silent = [...status.members.values()].filter(member => !member.answers);
    if (silent.length > 0) {
      found.push(['bad', `${format.count(silent.length, 'member is', 'members are')} silent: ${some(silent.map(member => status.nameOf(member) ?? member.address))}`]);
    }
    if (status.gateway.not_ready) {
      found.push(['bad', `This gateway is not ready. ${format.name(status.gateway.not_ready)}`]);
    }
    for (const concern of status.gateway.not_ready ? [] : status.gateway.concerns ?? []) {
      found.push(['warn', `This node is a member, but ${format.name(concern.what)}`]);
    }
    for (const member of status.members.values()) {
      for (const other of member.other_clusters ?? []) {
        found.push(['bad', `There is another cluster with the same id, of ${format.name(other.oldest)}: nothing published there is delivered here`]);
      }
    }
    const troubled = [...status.topics.values()].filter(topic => status.facts(topic).troubles.length > 0);
    if (troubled.length > 0) {
      const first = status.facts(troubled[0]).troubles[0];
      found.push(['warn', `${format.count(troubled.length, 'topic needs', 'topics need')} a look: ${format.name(troubled[0].topic)} (${format.name(first)})`]);
    }
    const since = Date.parse(status.time) - FRESH_MS;
    const fresh = status.losses.filter(loss => Date.parse(loss.time) > since);
    if (fresh.length > 0) {
      const topics = new Set(fresh.map(loss => loss.topic));
      found.push(['warn', `Messages were missed in the last minute, of ${some([...topics])}`]);
    }
    if ([...status.members.values()].some(member => member.truncated)) {
      found.push(['wait', 'Some members have more topics than they tell of']);
    }
    const text = JSON.stringify(found);
    if (this.#verdict.dataset.found !== text) {
      this.#verdict.dataset.found = text;
      const said = found.length > 0 ? found : [['ok', 'All members answer, and nothing was missed in the last minute']];
      replace(this.#verdict, h('ul', null, said.map(([kind, what]) => h('li', null, badge(kind, what)))));
    }
  }
}

function some(names) {
  const first = names.slice(0, 3).map(name => format.cut(format.name(name), 40)).join(', ');
  return names.length > 3 ? `${first} and ${names.length - 3} more` : first;
}

/** A number with what it means. */
class Tile {
  element;
  #value = h('p', { class: 'value' });
  #note = h('p', { class: 'note' });
  #spark;

  constructor(title, colour = null) {
    this.#spark = colour ? new Spark(colour) : null;
    this.element = h('div', { class: 'card tile' }, h('h2', null, title), h('div', { class: 'of-tile' }, h('div', null, this.#value, this.#note), this.#spark?.element));
  }

  set(value, note, kind = null) {
    put(this.#value, value);
    if (kind && kind !== 'ok') {
      putBadge(this.#note, kind, note);
    } else {
      delete this.#note.dataset.badge;
      put(this.#note, note);
    }
  }

  line(values) {
    this.#spark.set(values);
  }
}

function memberColumns(status) {
  return [
    {
      id: 'state',
      title: 'State',
      least: 92,
      grow: 0.8,
      value: member => (member.answers ? 0 : 1),
      fill: (cell, member) => putBadge(cell, member.answers ? 'ok' : 'bad', member.answers ? 'answers' : 'silent'),
    },
    { id: 'node', title: 'Node', least: 80, grow: 1.4, value: member => status.nameOf(member) ?? '', text: member => format.name(status.nameOf(member)) },
    { id: 'address', title: 'Address', least: 120, grow: 1.4, rank: 2, value: member => member.address, text: member => format.name(member.address) },
    {
      id: 'published',
      title: 'Published/s',
      least: 84,
      rank: 1,
      numeric: true,
      value: member => status.ofMember(member.address).published,
      text: member => (member.answers ? format.rate(status.ofMember(member.address).published) : '–'),
    },
    {
      id: 'delivered',
      title: 'Delivered/s',
      least: 84,
      rank: 3,
      numeric: true,
      value: member => status.ofMember(member.address).delivered,
      text: member => (member.answers ? format.rate(status.ofMember(member.address).delivered) : '–'),
    },
  ];
}

function topicColumns(status) {
  const facts = topic => status.facts(topic);
  return [
    { id: 'topic', title: 'Topic', least: 120, grow: 2.4, value: topic => topic.topic, fill: (cell, topic) => topicName(cell, topic, facts(topic)) },
    number('published', 'Published/s', 84, 0, topic => status.ofTopic(topic.topic).published, format.rate),
    number('delivered', 'Delivered/s', 84, 4, topic => status.ofTopic(topic.topic).delivered, format.rate),
    number('producers', 'Producers', 72, 6, topic => facts(topic).producers, format.whole),
    number('subscriptions', 'Subscriptions', 92, 5, topic => facts(topic).subscriptions, format.whole),
    number('lag', 'Lag', 64, 1, topic => facts(topic).lag, format.short),
    {
      ...number('ring', 'Ring', 86, 3, topic => facts(topic).ring, format.percent),
      fill: (cell, topic) => meter(cell, facts(topic).ring),
    },
    number('expired', 'Gaps', 60, 2, topic => topic.totals.expired, format.short),
  ];
}

function number(id, title, least, rank, value, show) {
  return { id, title, least, rank, numeric: true, value, text: item => show(value(item)) };
}

function topicName(cell, topic, facts) {
  const name = format.name(topic.topic);
  const trouble = facts.troubles.length > 0 ? facts.troubles[0] : '';
  const shown = `${name} ${trouble}`;
  if (cell.dataset.shown !== shown) {
    cell.dataset.shown = shown;
    replace(cell, h('span', { class: 'name', title: name }, name), trouble ? badge('warn', format.cut(format.name(trouble), 40)) : null);
  }
}

/** How full something is: a bar, and the number. */
export function meter(cell, part) {
  let bar = cell.firstElementChild;
  if (bar === null || !bar.classList.contains('meter')) {
    bar = h('span', { class: 'meter' }, h('span', { class: 'meter-bar', 'aria-hidden': 'true' }, h('span')), h('span'));
    replace(cell, bar);
  }
  bar.firstElementChild.firstElementChild.style.width = `${Math.round(100 * Math.min(1, part))}%`;
  put(bar.lastElementChild, format.percent(part));
}

/** @param withTopic is the topic a column? */
export function lossColumns(withTopic) {
  return [
    { id: 'time', title: 'Time', least: 66, grow: 0.7, value: loss => Date.parse(loss.time), text: loss => format.clock(loss.time) },
    ...(withTopic ? [{ id: 'topic', title: 'Topic', least: 84, value: loss => loss.topic, text: loss => format.name(loss.topic) }] : []),
    { id: 'who', title: 'Missed by', least: 160, grow: 2.4, value: who, text: who },
    { id: 'reason', title: 'Reason', least: 142, grow: 0.4, rank: 2, value: loss => loss.reason, fill: (cell, loss) => putBadge(cell, 'gap', format.reason(loss.reason)) },
    { id: 'producer', title: 'Producer', least: 86, rank: 3, value: loss => loss.producer ?? '', text: loss => format.name(loss.producer) },
    { id: 'missed', title: 'Messages', least: 74, rank: 1, numeric: true, value: loss => loss.missed ?? -1, text: loss => (loss.missed === null ? 'unknown' : format.whole(loss.missed)) },
    { id: 'which', title: 'Which', least: 130, grow: 1.2, rank: 4, value: loss => loss.first_missing ?? -1, text: loss => format.missing(loss.first_missing, loss.missed) },
  ];
}

/** Who missed something. */
export function who(loss) {
  const node = format.name(loss.consumer);
  if (loss.subscriptions === 0) {
    return `${node} (the node)`;
  }
  if (loss.subscriptions > 1) {
    return `${node}, ${format.whole(loss.subscriptions)} subscriptions`;
  }
  return loss.client ? `${node}, ${format.name(loss.client)}` : `${node}, subscription ${loss.subscription}`;
}

