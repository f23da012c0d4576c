import { badge, h, mark, put, putBadge, replace } from './dom.js';
import * as format from './format.js';

/** So many rows are there; the oldest go. */
const ROWS = 200;
const LIST = text => text.split(',').map(one => one.trim()).filter(one => one !== '');

/** A topic, live. */
export class TailView {
  title = 'Tail';
  element;
  #status;
  #token;
  #signedOut;
  #worker = null;
  #topic;
  #nodes;
  #keys;
  #from;
  #names = h('datalist', { id: 'topic-names' });
  #state = h('p', { class: 'tail-state', role: 'status' });
  #sample = h('p', { class: 'sample' });
  #pause;
  #rows = h('ol', { class: 'events', tabindex: '0', 'aria-label': 'Events, the newest first' });
  #detail = h('section', { class: 'card detail', hidden: true, 'aria-label': 'Event' });
  #isPaused = false;
  #isOpen = false;
  #known = '';
  #active = null;
  #numbers = 0;

  constructor({ status, name, query, token, signedOut, go }) {
    this.#status = status;
    this.#token = token;
    this.#signedOut = signedOut;
    const input = (label, value, more) => h('input', { type: 'text', 'aria-label': label, value, spellcheck: 'false', autocomplete: 'off', ...more });
    this.#topic = input('Topic', name ?? '', { placeholder: 'Topic', list: 'topic-names', required: true, class: 'search' });
    this.#keys = input('Keys, with commas between', query.get('keys') ?? '', { placeholder: 'Keys: a, b/*' });
    this.#nodes = input('Nodes, with commas between', query.get('nodes') ?? '', { placeholder: 'Nodes: n1, n2' });
    this.#from = h(
      'select',
      { 'aria-label': 'From' },
      h('option', { value: 'latest' }, 'from now on'),
      h('option', { value: 'earliest', selected: query.get('from') === 'earliest' }, 'all that there is'),
    );
    this.#pause = h('button', { type: 'button', class: 'button', hidden: true, click: () => this.toggle() }, 'Pause');
    const form = h(
      'form',
      {
        class: 'tail-form',
        submit: event => {
          event.preventDefault();
          go(this.#address());
        },
      },
      this.#topic,
      this.#names,
      this.#keys,
      this.#nodes,
      this.#from,
      h('button', { type: 'submit', class: 'button primary' }, 'Follow'),
      this.#pause,
    );
    this.#rows.addEventListener('keydown', event => this.#key(event));
    this.#rows.addEventListener('click', event => {
      const row = event.target.closest('.event');
      if (row !== null && String(getSelection()) === '') {
        this.#choose(row, true);
      }
    });
    this.element = h(
      'div',
      { class: 'view tail' },
      h('h1', { tabindex: '-1' }, name ? `Tail of ${format.name(name)}` : 'Tail'),
      h('section', { class: 'card' }, form, h('div', { class: 'bar' }, this.#state, this.#sample), this.#rows),
      this.#detail,
    );
    if (name) {
      this.#follow(name);
    } else {
      putBadge(this.#state, 'wait', 'Choose a topic to follow');
    }
    this.render();
  }

  search() {
    return this.#topic;
  }

  /** Topics to choose from, at most a few dozen. */
  render() {
    const wanted = this.#topic.value.toLowerCase();
    const names = [];
    for (const name of this.#status.topics.keys()) {
      if (name.toLowerCase().includes(wanted) && names.push(name) === 30) {
        break;
      }
    }
    const known = names.join('\n');
    if (known !== this.#known) {
      this.#known = known;
      replace(this.#names, names.map(name => h('option', { value: name })));
    }
  }

  end() {
    this.#worker?.terminate();
  }

  /** Pauses, or goes on where it was. */
  toggle() {
    if (this.#worker !== null && this.#isOpen) {
      this.#isPaused = !this.#isPaused;
      this.#worker.postMessage({ type: this.#isPaused ? 'pause' : 'resume' });
      this.#showPause();
    }
  }

  #showPause() {
    this.#pause.hidden = !this.#isOpen;
    put(this.#pause, this.#isPaused ? 'Go on' : 'Pause');
  }

  #address() {
    const query = new URLSearchParams();
    for (const [name, value] of [['keys', this.#keys.value.trim()], ['nodes', this.#nodes.value.trim()]]) {
      if (value !== '') {
        query.set(name, value);
      }
    }
    if (this.#from.value !== 'latest') {
      query.set('from', this.#from.value);
    }
    const text = query.toString();
    return `#/tail/${encodeURIComponent(this.#topic.value)}${text === '' ? '' : `?${text}`}`;
  }

  #follow(topic) {
    this.#worker = new Worker('tail-worker.js', { type: 'module', name: 'tail' });
    this.#worker.onmessage = ({ data }) => (data.type === 'rows' ? this.#show(data) : this.#told(data));
    this.#worker.postMessage({
      type: 'open',
      topic,
      keys: LIST(this.#keys.value),
      nodes: LIST(this.#nodes.value),
      from: this.#from.value,
      token: this.#token(),
    });
  }

  #told(state) {
    const shown = {
      connecting: ['wait', 'Connects'],
      live: ['ok', 'Live'],
      pausing: ['pause', 'Pauses'],
      paused: ['pause', 'Paused. It goes on where it is; what the ring drops meanwhile is shown as a gap'],
      waiting: ['warn', `Not connected: ${state.cause}. It goes on in place`],
      refused: ['bad', `Refused: ${format.name(state.cause)}`],
      'signed-out': ['bad', `Refused: ${format.name(state.cause)}`],
    }[state.name];
    if (shown) {
      putBadge(this.#state, shown[0], shown[1]);
    }
    this.#isOpen = !['refused', 'signed-out'].includes(state.name);
    this.#showPause();
    if (state.name === 'signed-out') {
      this.#signedOut(state.cause);
    }
  }

  #show({ rows, seen, shown, perSecond }) {
    if (seen > shown) {
      putBadge(this.#sample, 'wait', `Shows one in ${format.whole(Math.ceil(seen / shown))} of ${format.short(perSecond)} messages a second`);
    } else {
      delete this.#sample.dataset.badge;
      put(this.#sample, perSecond > 0 ? `Shows all of ${format.rate(perSecond)} messages a second` : '');
    }
    if (rows.length === 0) {
      return;
    }
    const top = this.#rows.scrollTop;
    const height = this.#rows.scrollHeight;
    this.#rows.prepend(...rows.map(row => this.#row(row)).reverse());
    while (this.#rows.childElementCount > ROWS) {
      this.#rows.lastElementChild.remove();
    }
    if (top > 0) {
      this.#rows.scrollTop = top + this.#rows.scrollHeight - height; // who reads further down keeps the place
    }
  }

  #row(row) {
    if (row.type === 'gap' || row.type === 'more-gaps') {
      return gapRow(row);
    }
    if (row.type === 'producer_left') {
      return h('li', { class: 'notice' }, badge('wait', `Producer ${format.name(row.node)} left in good order. Nothing is missing`));
    }
    const made = h(
      'li',
      { class: 'event', id: `event-${++this.#numbers}` },
      h('time', { class: 'when' }, format.clock(row.time)),
      h('span', { class: 'from' }, `${format.name(row.node)} ${format.whole(row.seq)}`),
      h('span', { class: 'key' }, row.key === null || row.key === undefined ? '' : format.name(row.key)),
      content(row),
    );
    made.row = row;
    return made;
  }

  // ------------------------------------------------------------------ one event

  #key(event) {
    const all = [...this.#rows.querySelectorAll('.event')];
    const at = all.indexOf(this.#active);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined && all.length > 0) {
      event.preventDefault();
      this.#choose(all[Math.max(0, Math.min(all.length - 1, to))], !this.#detail.hidden);
    } else if (event.key === 'Enter' && this.#active?.isConnected) {
      this.#choose(this.#active, true);
    }
  }

  #choose(row, shows) {
    this.#active?.classList.remove('active');
    this.#active = row;
    row.classList.add('active');
    row.scrollIntoView({ block: 'nearest' });
    if (shows) {
      this.#describe(row.row);
    }
  }

  /** Closes what is open. {@return whether anything was} */
  escape() {
    const was = !this.#detail.hidden;
    this.#detail.hidden = true;
    return was;
  }

  #describe(row) {
    const close = h('button', { type: 'button', class: 'quiet', click: () => this.escape() && this.#rows.focus() }, 'Close');
    const facts = [
      ['Node', format.name(row.node)],
      ['Epoch', row.epoch],
      ['Sequence', format.whole(row.seq)],
      ['Published', format.day(row.time)],
      ['Key', format.name(row.key)],
    ];
    this.#detail.hidden = false;
    replace(
      this.#detail,
      h('div', { class: 'bar' }, h('h2', null, 'Event'), close),
      h('dl', { class: 'figures' }, facts.map(([what, value]) => h('div', null, h('dt', null, what), h('dd', null, value)))),
      row.headers ? h('h3', null, 'Headers') : null,
      row.headers ? h('pre', { tabindex: '0', 'aria-label': 'Headers' }, pretty(row.headers)) : null,
      h('h3', null, 'Content'),
      h('pre', { tabindex: '0', 'aria-label': 'Content' }, row.data === '' ? describe(row) : pretty(row.data)),
      row.cut ? h('p', { class: 'hint' }, `Cut: it has ${format.whole(row.cut)} characters`) : null,
    );
    mark(this.#detail, 'hidden', null);
  }
}

function describe(row) {
  return (
    {
      withheld: `Withheld: ${format.bytes(row.bytes ?? 0)} are more than is shown here`,
      undecodable: `Cannot be shown: ${format.name(row.what)}`,
    }[row.type] ?? (row.deleted ? 'The key was deleted' : 'Nothing')
  );
}

function content(row) {
  if (row.type !== 'event' || row.deleted) {
    return h('span', { class: 'data' }, badge(row.type === 'undecodable' ? 'bad' : 'wait', describe(row)));
  }
  return h('span', { class: 'data' }, format.cut(format.name(row.data), 400));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What is missing is to be seen. */
function gapRow(row) {
  if (row.type === 'more-gaps') {
    return h('li', { class: 'gap' }, badge('gap', `${format.count(row.count, 'further gap', 'further gaps')} in a moment`));
  }
  const many = row.missed === null || row.missed === undefined ? 'An unknown number of messages' : format.count(row.missed, 'message', 'messages');
  const whose = row.node === null || row.node === undefined ? '' : ` of ${format.name(row.node)}`;
  return h(
    'li',
    { class: 'gap' },
    badge('gap', `${many}${whose} missing`),
    h('span', { class: 'which' }, `${format.missing(row.first_missing, row.missed)} · ${format.reason(row.reason)} · ${format.clock(row.time)}`),
  );
}
