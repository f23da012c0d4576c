import { ClientsView } from './clients.js';
import { h, mark, put, putBadge, replace } from './dom.js';
import * as format from './format.js';
import { Overview, who } from './overview.js';
import { Status } from './status.js';
import { StatusStream } from './stream.js';
import { TailView } from './tail.js';
import { TopicView } from './topic.js';

// The shell: which view is shown, by its address; the connection; keys; colours.

const TOKEN = 'gapless-token';
/** The gateway has set a cookie. */
const SESSION = 'gapless-session';
const THEMES = ['system', 'light', 'dark'];
const VIEWS = [
  ['Overview', '#/', '1'],
  ['Clients', '#/clients', '2'],
  ['Tail', '#/tail', '3'],
];
const KEYS = [
  ['/', 'To the filter of the view'],
  ['↑ ↓ Page Home End', 'Move in a list, in which Tab gets you'],
  ['Enter', 'Open what is chosen in a list'],
  ['Esc', 'Leave a filter, close what is open, back to the overview'],
  ['1 2 3', 'Overview, clients, tail'],
  ['p', 'Pause the tail, or go on'],
  ['t', 'Colours: as the system has them, light, dark'],
  ['?', 'These keys'],
];
const SAY_MS = 5_000;

const find = id => document.getElementById(id);
const status = new Status();
let stream = null;
let view = null;
let address = null;
let connection = { name: 'connecting' };
let planned = false;
let saidMs = 0;

const token = () => sessionStorage.getItem(TOKEN);
const hasSignedIn = () => token() !== null || sessionStorage.getItem(SESSION) !== null;

function go(hash) {
  if (location.hash === hash) {
    show(true);
  } else {
    location.hash = hash;
    show(false); // at once: the next key is for it
  }
}

// ------------------------------------------------------------------ views

/** What an address names. Whatever it says, it names a view. */
function target() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [room, ...rest] = path.split('/');
  let name = null;
  try {
    name = rest.length > 0 ? decodeURIComponent(rest.join('/')) : null;
  } catch {
    // no name that can be read
  }
  return { room, name, query: new URLSearchParams(query ?? '') };
}

function make({ room, name, query }) {
  if (room === 'topic' && name !== null) {
    return new TopicView({ status, name });
  } else if (room === 'clients') {
    return new ClientsView({ status, go });
  } else if (room === 'tail') {
    return new TailView({ status, name: name === '' ? null : name, query, token, go, signedOut: signIn });
  }
  return new Overview({ status, go });
}

/** @param anew also if it is shown already */
function show(anew) {
  if (connection.name === 'signed-out' || connection.name === 'forbidden') {
    return;
  }
  if (!status.isKnown) {
    view?.end();
    view = null;
    replace(find('main'), h('p', { class: 'empty' }, 'Asks the members how they are …'));
    return;
  }
  if (view !== null && address === location.hash && !anew) {
    return;
  }
  const isFirst = address === null;
  address = location.hash;
  view?.end();
  view = make(target());
  replace(find('main'), view.element);
  document.title = `${view.title} · Gapless`;
  markViews();
  view.render();
  if (!isFirst) {
    view.element.querySelector('h1').focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

function markViews() {
  const { room } = target();
  const here = { topic: '#/', clients: '#/clients', tail: '#/tail' }[room] ?? '#/';
  for (const link of find('views').querySelectorAll('a')) {
    const isIt = link.getAttribute('href') === here;
    mark(link, 'aria-current', isIt ? (room === 'topic' ? 'true' : 'page') : null);
  }
}

/** Draws at most once for each picture of the screen, and not where nobody looks. */
function plan() {
  if (!planned && !document.hidden) {
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      if (view === null) {
        show(false);
      } else {
        view.render();
      }
    });
  }
}

// ------------------------------------------------------------------ the connection

function connect() {
  stream?.stop();
  stream = new StatusStream({
    headers: () => (token() === null ? {} : { Authorization: `Bearer ${token()}` }),
    told: message => status.told(message),
    state: became,
  });
}

function became(state) {
  connection = state;
  find('sign-out').hidden = !hasSignedIn();
  showConnection();
  if (state.name === 'signed-out' || state.name === 'forbidden') {
    signIn(state.cause, state.name === 'forbidden');
  }
}

function showConnection() {
  const oldMs = status.isKnown ? Date.now() - status.heardMs : 0;
  const [kind, text] = {
    connecting: ['wait', 'Connects'],
    live: oldMs > 5_000 ? ['warn', `Last told ${format.span(oldMs)} ago`] : ['ok', `Live, ${status.gateway.node === undefined ? '' : format.cut(format.name(status.gateway.node), 24)}`],
    waiting: ['bad', `Not connected${status.isKnown ? `, last told ${format.span(oldMs)} ago` : ''}`],
    'signed-out': ['bad', 'Signed out'],
    forbidden: ['bad', 'Not allowed'],
  }[connection.name];
  putBadge(find('connection'), kind, text);
  mark(find('connection'), 'title', connection.cause ?? null);
}

/** Over TLS the token is exchanged for a cookie, which no script can read; otherwise the tab keeps it. */
async function begin(shown) {
  if (location.protocol === 'https:') {
    try {
      const answer = await fetch('api/session', { method: 'POST', headers: { Authorization: `Bearer ${shown}` } });
      if (answer.ok) {
        sessionStorage.setItem(SESSION, 'cookie');
        return;
      }
    } catch {
      // the stream tells why
    }
  }
  sessionStorage.setItem(TOKEN, shown);
}

/** Asks for a token. It is kept as long as the tab is open, and sent to the gateway alone. */
function signIn(cause, isForbidden = false) {
  const had = hasSignedIn();
  sessionStorage.removeItem(TOKEN);
  sessionStorage.removeItem(SESSION);
  find('sign-out').hidden = true;
  connection = { name: isForbidden ? 'forbidden' : 'signed-out', cause };
  showConnection();
  stream?.stop();
  view?.end();
  view = null;
  const input = h('input', {
    type: 'password',
    id: 'token',
    name: 'token',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
    'aria-describedby': 'sign-in-why',
  });
  const form = h(
    'form',
    {
      class: 'card sign-in',
      submit: async event => {
        event.preventDefault();
        await begin(input.value.trim());
        connection = { name: 'connecting' };
        address = null;
        show(true);
        connect();
      },
    },
    h('h1', { tabindex: '-1' }, 'Sign in'),
    h('p', { id: 'sign-in-why', role: 'status' }, had || isForbidden ? format.name(cause) : 'The gateway asks who you are. The token needs the permission “status”; to tail a topic, “subscribe” to it, too.'),
    h('label', { for: 'token' }, 'Token'),
    input,
    h('button', { type: 'submit', class: 'button primary' }, 'Sign in'),
    h('p', { class: 'hint' }, 'It is kept until this tab is closed, and sent to this gateway alone.'),
  );
  document.title = 'Sign in · Gapless';
  replace(find('main'), form);
  input.focus();
}

async function signOut() {
  if (sessionStorage.getItem(SESSION) !== null) {
    await fetch('api/session', { method: 'DELETE' }).catch(() => {});
  }
  signIn('You have signed out');
}

// ------------------------------------------------------------------ keys and colours

function nextTheme() {
  const root = document.documentElement;
  const next = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
  root.dataset.theme = next;
  localStorage.setItem('gapless-theme', next);
  showTheme();
}

function showTheme() {
  put(find('theme'), { system: 'Auto', light: 'Light', dark: 'Dark' }[document.documentElement.dataset.theme] ?? 'Auto');
  mark(find('theme'), 'aria-label', `Colours: ${find('theme').textContent}`);
  mark(find('theme'), 'title', 'Colours (t)');
  document.dispatchEvent(new Event('themed'));
}

function help() {
  const dialog = find('help');
  if (dialog.open) {
    dialog.close();
    return;
  }
  replace(
    dialog,
    h('h2', { id: 'help-title' }, 'Keys'),
    h('dl', { class: 'keys' }, KEYS.map(([keys, what]) => h('div', null, h('dt', null, h('kbd', null, keys)), h('dd', null, what)))),
    h('button', { type: 'button', class: 'button', click: () => dialog.close() }, 'Close'),
  );
  dialog.showModal();
}

function escape() {
  const at = document.activeElement;
  if (at?.matches('input[type=search]') && at.value !== '') {
    at.value = '';
    at.dispatchEvent(new Event('input'));
  } else if (at?.matches('input, select, textarea')) {
    at.blur();
    find('main').focus({ preventScroll: true });
  } else if (!view?.escape?.() && view !== null && !(view instanceof Overview)) {
    go('#/');
  }
}

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || find('help').open) {
    return;
  }
  if (event.key === 'Escape') {
    event.preventDefault();
    escape();
    return;
  }
  if (event.target.matches?.('input, select, textarea')) {
    return;
  }
  const known = VIEWS.find(([, , key]) => key === event.key);
  if (event.key === '/' && view !== null) {
    event.preventDefault();
    view.search().focus();
    view.search().select();
  } else if (event.key === '?') {
    event.preventDefault();
    help();
  } else if (event.key === 't') {
    nextTheme();
  } else if (event.key === 'p') {
    view?.toggle?.();
  } else if (known && connection.name !== 'signed-out' && connection.name !== 'forbidden') {
    go(known[1]);
  }
}

/** For those who hear the page: what is missed, now and then. */
function say(losses) {
  if (Date.now() - saidMs > SAY_MS) {
    saidMs = Date.now();
    const last = losses.at(-1);
    const more = losses.length > 1 ? `, and ${losses.length - 1} more` : '';
    put(find('said'), `Missed by ${who(last)}: topic ${format.name(last.topic)}, ${format.reason(last.reason)}${more}`);
  }
}

replace(
  find('views'),
  VIEWS.map(([title, href, key]) => h('li', null, h('a', { href, title: `${title} (${key})` }, title))),
);
find('theme').addEventListener('click', nextTheme);
find('help-open').addEventListener('click', help);
find('sign-out').addEventListener('click', signOut);
addEventListener('hashchange', () => show(false));
addEventListener('keydown', pressed);
document.addEventListener('visibilitychange', plan);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => document.dispatchEvent(new Event('themed')));
status.addEventListener('change', () => {
  showConnection();
  plan();
});
status.addEventListener('loss', ({ detail }) => say(detail));
setInterval(showConnection, 1_000);
showTheme();
show(false);
connect();
