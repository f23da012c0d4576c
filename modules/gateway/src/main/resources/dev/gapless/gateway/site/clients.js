import { h, put, putBadge } from './dom.js';
import * as format from './format.js';
import { List } from './list.js';

/** The clients of this gateway: how far each is behind, and what each was told that it missed. */
export class ClientsView {
  title = 'Clients';
  element;
  #status;
  #list;
  #filter;
  #count = h('span', { class: 'of' });
  #note = h('p', { class: 'hint', hidden: true });

  constructor({ status, go }) {
    this.#status = status;
    this.#list = new List({
      label: 'Clients',
      key: client => client.client,
      columns: columns(status),
      sort: 'lag',
      most: 18,
      nothing: 'No client',
      open: client => client.topics.length === 1 && go(`#/topic/${encodeURIComponent(client.topics[0])}`),
    });
    this.#filter = h('input', {
      type: 'search',
      class: 'search',
      placeholder: 'Filter clients  ( / )',
      'aria-label': 'Filter clients by subject, address, protocol or topic',
      spellcheck: 'false',
      input: () => this.render(),
      keydown: event => event.key === 'ArrowDown' && this.#list.focus(),
    });
    this.element = h(
      'div',
      { class: 'view' },
      h('h1', { tabindex: '-1' }, 'Clients'),
      h(
        'section',
        { class: 'card' },
        h('div', { class: 'bar' }, h('h2', null, 'Of this gateway ', this.#count), this.#filter),
        this.#note,
        this.#list.element,
      ),
    );
  }

  search() {
    return this.#filter;
  }

  render() {
    const wanted = this.#filter.value.toLowerCase();
    const all = [...this.#status.clients.values()];
    const some = wanted === '' ? all : all.filter(client => text(client).includes(wanted));
    const count = this.#status.gateway.client_count;
    put(this.#count, some.length === all.length ? format.whole(count) : `${format.whole(some.length)} of ${format.whole(count)}`);
    this.#note.hidden = !this.#status.gateway.truncated;
    put(
      this.#note,
      `The gateway tells of ${format.whole(all.length)} of its ${format.whole(count)} clients: of those that are the furthest behind (gapless.gateway.status-clients).`,
    );
    this.#list.set(some);
  }

  end() {}
}

const text = client => [client.subject, client.remote, client.protocol, ...client.topics].join(' ').toLowerCase();

function topics(client) {
  if (client.looks_at_status) {
    return 'looks at the status';
  }
  const first = client.topics.slice(0, 3).map(format.name).join(', ');
  return client.topics.length > 3 ? `${first} and ${client.topics.length - 3} more` : first || '–';
}

function told(client) {
  if (!client.told) {
    return client.lagged_total > 0 ? `${format.whole(client.lagged_total)} missed` : 'nothing missed';
  }
  return `${format.reason(client.told.reason)}, ${format.whole(client.told.missed)} missed, ${format.clock(client.told.time)}`;
}

function columns(status) {
  return [
    { id: 'subject', title: 'Subject', least: 88, grow: 1.2, value: client => client.subject ?? '', text: client => format.name(client.subject || null) },
    { id: 'protocol', title: 'Protocol', least: 84, rank: 2, value: client => client.protocol, text: client => ({ websocket: 'WebSocket', sse: 'event stream', grpc: 'gRPC' })[client.protocol] ?? client.protocol },
    { id: 'remote', title: 'Address', least: 130, grow: 1.1, rank: 3, value: client => client.remote, text: client => format.name(client.remote) },
    { id: 'topics', title: 'Topics', least: 96, grow: 1.8, rank: 1, value: client => client.topics[0] ?? '', text: topics },
    {
      id: 'lag',
      title: 'Lag',
      least: 64,
      numeric: true,
      value: client => client.lag,
      text: client => format.whole(client.lag),
    },
    {
      id: 'told',
      title: 'Told last',
      least: 110,
      grow: 3,
      rank: 1,
      value: client => (client.told ? Date.parse(client.told.time) : 0),
      fill: (cell, client) => putBadge(cell, client.lagged_total > 0 ? 'gap' : 'ok', told(client)),
    },
    { id: 'missed', title: 'Missed in all', least: 92, rank: 4, numeric: true, value: client => client.lagged_total, text: client => format.whole(client.lagged_total) },
    { id: 'sent', title: 'Events sent', least: 92, rank: 5, numeric: true, value: client => client.events_sent, text: client => format.whole(client.events_sent) },
    { id: 'since', title: 'Connected', least: 96, rank: 6, numeric: true, value: client => -client.since, text: client => format.span(Date.parse(status.time) - client.since) },
  ];
}
