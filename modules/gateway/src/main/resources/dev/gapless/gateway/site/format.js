// Numbers, times and names as people read them.

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const ONE = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const CLOCK = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' });
const NONE = '–';

/** Every digit. */
export const whole = value => (value === null || value === undefined ? NONE : WHOLE.format(value));

/** Short: 12.3K. */
export const short = value => (value < 10_000 ? whole(Math.round(value)) : SHORT.format(value));

/** Of a second. */
export const rate = value => (value > 0 && value < 10 ? ONE.format(value) : short(value));

export function bytes(value) {
  if (value < 1024) {
    return `${whole(value)} B`;
  }
  const power = Math.min(4, Math.floor(Math.log2(value) / 10));
  return `${ONE.format(value / 1024 ** power)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
}

/** Of a span of time. */
export function span(ms) {
  if (ms < 1000) {
    return `${Math.max(0, Math.round(ms))} ms`;
  }
  const seconds = ms / 1000;
  if (seconds < 60) {
    return `${seconds < 10 ? ONE.format(seconds) : Math.floor(seconds)} s`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  }
  const hours = Math.floor(seconds / 3600);
  return hours < 48 ? `${hours} h ${Math.floor((seconds % 3600) / 60)} min` : `${Math.floor(hours / 24)} days`;
}

export const clock = time => (time ? CLOCK.format(new Date(time)) : NONE);
export const day = time => (time ? DAY.format(new Date(time)) : NONE);
export const percent = part => `${Math.round(100 * Math.min(1, part))} %`;

/** How many of what. */
export const count = (number, one, many) => `${whole(number)} ${number === 1 ? one : many}`;

// What cannot be seen, or turns the text around it: a name is not to look like another one.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A name or a text of somebody else, in one line. */
export function name(text) {
  if (text === null || text === undefined) {
    return NONE;
  }
  const shown = String(text).replace(UNSEEN, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return shown === '' ? '(empty)' : shown;
}

/** A text of at most so many characters. */
export const cut = (text, most) => (text.length > most ? `${text.slice(0, most)}…` : text);

/** Words of the status: catching_up. */
export const words = text => String(text ?? '').replaceAll('_', ' ');

const REASONS = {
  OVERRUN: 'overrun',
  PRODUCER_RESTARTED: 'producer restarted',
  PRODUCER_LOST: 'producer lost',
  REGISTERED_LATE: 'registered late',
  POSITION_UNKNOWN: 'position unknown',
};

/** Of a gap. */
export const reason = code => REASONS[code] ?? words(String(code ?? '').toLowerCase());

/** Which sequences are missing. */
export function missing(first, missed) {
  if (missed === 0) {
    return 'no message that is known of';
  }
  if (first === null || first === undefined) {
    return 'nobody knows which';
  }
  if (missed === null || missed === undefined) {
    return `from ${whole(first)} on`;
  }
  return missed === 1 ? `sequence ${whole(first)}` : `${whole(first)} to ${whole(first + missed - 1)}`;
}
