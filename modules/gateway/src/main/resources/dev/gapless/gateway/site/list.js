import { h, mark, put } from './dom.js';

// Lists of any length: only the rows that are seen are there.

const ROW = 38;
const BEYOND = 6;
let numbers = 0;

/**
 * A list of rows and columns. Arrows, Page and Home move in it, Enter opens.
 *
 * A column has `id`, `title`, `least` (its width in pixels), `grow` (its share of what is left), `rank` (those with the highest are left out
 * first where there is no room), `numeric`, `value` (what it is sorted by), and `text(item)` or `fill(cell, item)`.
 */
export class List {
  element;
  #grid;
  #body;
  #head;
  #columns;
  #shown = [];
  #key;
  #open;
  #id = `list-${++numbers}`;
  #items = [];
  #sorted = [];
  #rows = new Map();
  #free = [];
  #active = null;
  #by;
  #down;
  #none;
  #planned = false;

  constructor({ label, columns, key, open = null, sort, down = true, nothing = 'Nothing', most = 10 }) {
    this.#columns = columns;
    this.#key = key;
    this.#open = open;
    this.#by = sort;
    this.#down = down;
    this.#head = h('div', { role: 'row', class: 'row head' });
    this.#none = h('div', { role: 'row', class: 'row none' }, h('div', { role: 'gridcell' }, nothing));
    this.#body = h('div', { role: 'rowgroup', class: 'rows' });
    this.#grid = h(
      'div',
      { role: 'grid', class: open ? 'grid opens' : 'grid', tabindex: '0', 'aria-label': label, scroll: () => this.#plan() },
      h('div', { role: 'rowgroup', class: 'heads' }, this.#head),
      this.#body,
    );
    this.#grid.style.maxHeight = `${(most + 1) * ROW + 2}px`;
    this.#grid.addEventListener('keydown', event => this.#pressed(event));
    this.#body.addEventListener('click', event => this.#click(event));
    this.element = h('div', { class: 'list' }, this.#grid);
    new ResizeObserver(() => this.#fit()).observe(this.element);
    this.#fit();
  }

  /** Shows these. */
  set(items) {
    this.#items = items;
    this.#sort();
    this.#plan();
  }

  focus() {
    this.#grid.focus();
  }

  // ------------------------------------------------------------------ columns

  /** Leaves out columns for which there is no room. */
  #fit() {
    const room = (this.element.clientWidth || 320) - 16;
    let shown = [...this.#columns];
    while (shown.length > 1 && shown.reduce((sum, column) => sum + column.least, 0) + 12 * (shown.length - 1) > room) {
      const last = shown.reduce((worst, column) => ((column.rank ?? 0) >= (worst.rank ?? 0) ? column : worst));
      if ((last.rank ?? 0) === 0) {
        break;
      }
      shown = shown.filter(column => column !== last);
    }
    if (shown.length === this.#shown.length && shown.every((column, i) => column === this.#shown[i])) {
      this.#plan();
      return;
    }
    this.#shown = shown;
    const widths = shown.map(column => `minmax(${Math.min(column.least, room)}px, ${column.grow ?? 1}fr)`).join(' ');
    this.#grid.style.setProperty('--columns', widths);
    mark(this.#grid, 'aria-colcount', this.#columns.length);
    this.#heads();
    for (const row of [...this.#rows.values(), ...this.#free]) {
      row.remove();
    }
    this.#rows.clear();
    this.#free = [];
    this.#plan();
  }

  #heads() {
    this.#head.replaceChildren();
    mark(this.#head, 'aria-rowindex', 1);
    for (const column of this.#shown) {
      const cell = h('div', {
        role: 'columnheader',
        class: column.numeric ? 'cell numeric' : 'cell',
        'aria-colindex': this.#columns.indexOf(column) + 1,
      });
      if (column.value) {
        cell.append(h('button', { type: 'button', click: () => this.#turn(column) }, column.title));
      } else {
        cell.append(column.title);
      }
      cell.dataset.column = column.id;
      this.#head.append(cell);
    }
    this.#markSort();
  }

  #markSort() {
    for (const cell of this.#head.children) {
      const isIt = cell.dataset.column === this.#by;
      mark(cell, 'aria-sort', isIt ? (this.#down ? 'descending' : 'ascending') : null);
    }
  }

  #turn(column) {
    this.#down = this.#by === column.id ? !this.#down : Boolean(column.numeric) || column.id === 'time';
    this.#by = column.id;
    this.#markSort();
    this.#sort();
    this.#plan();
  }

  #sort() {
    const column = this.#columns.find(one => one.id === this.#by);
    const sign = this.#down ? -1 : 1;
    const value = column?.value;
    this.#sorted = [...this.#items];
    if (value) {
      const values = new Map(this.#sorted.map(item => [item, value(item)]));
      this.#sorted.sort((a, b) => sign * compare(values.get(a), values.get(b)));
    }
  }

  // ------------------------------------------------------------------ rows

  #plan() {
    if (!this.#planned) {
      this.#planned = true;
      requestAnimationFrame(() => {
        this.#planned = false;
        this.#render();
      });
    }
  }

  #render() {
    const count = this.#sorted.length;
    this.#body.style.height = `${Math.max(1, count) * ROW}px`;
    mark(this.#grid, 'aria-rowcount', count + 1);
    if (count === 0 !== this.#none.isConnected) {
      count === 0 ? this.#body.append(this.#none) : this.#none.remove();
    }
    const first = Math.max(0, Math.floor(this.#grid.scrollTop / ROW) - BEYOND);
    const last = Math.min(count, Math.ceil((this.#grid.scrollTop + this.#grid.clientHeight) / ROW) + BEYOND);
    const wanted = new Map();
    for (let i = first; i < last; i++) {
      wanted.set(this.#key(this.#sorted[i]), i);
    }
    for (const [key, row] of this.#rows) {
      if (!wanted.has(key)) {
        this.#rows.delete(key);
        row.remove();
        this.#free.push(row);
      }
    }
    for (const [key, i] of wanted) {
      let row = this.#rows.get(key);
      if (row === undefined) {
        row = this.#free.pop() ?? this.#make();
        this.#rows.set(key, row);
        this.#body.append(row);
      }
      this.#fill(row, this.#sorted[i], i, key);
    }
    this.#free.length = Math.min(this.#free.length, 2 * BEYOND);
    const active = this.#rows.get(this.#active);
    mark(this.#grid, 'aria-activedescendant', active ? active.id : null);
  }

  #make() {
    const row = h('div', { role: 'row', class: 'row', id: `${this.#id}-${++numbers}` });
    for (const column of this.#shown) {
      const cell = h('div', {
        role: 'gridcell',
        class: column.numeric ? 'cell numeric' : 'cell',
        'aria-colindex': this.#columns.indexOf(column) + 1,
      });
      row.append(cell);
    }
    return row;
  }

  #fill(row, item, index, key) {
    row.style.transform = `translateY(${index * ROW}px)`;
    row.index = index;
    mark(row, 'aria-rowindex', index + 2);
    const isActive = key === this.#active;
    row.classList.toggle('active', isActive);
    mark(row, 'aria-selected', isActive ? 'true' : null);
    this.#shown.forEach((column, i) => {
      const cell = row.children[i];
      if (column.fill) {
        column.fill(cell, item);
      } else {
        const text = column.text(item);
        put(cell, text);
        mark(cell, 'title', String(text).length > 12 ? text : null);
      }
    });
  }

  // ------------------------------------------------------------------ moving

  #pressed(event) {
    if (event.target !== this.#grid || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const count = this.#sorted.length;
    const page = Math.max(1, Math.floor(this.#grid.clientHeight / ROW) - 2);
    const at = this.#sorted.findIndex(item => this.#key(item) === this.#active);
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? count - 1 : at - 1,
      PageDown: at + page,
      PageUp: at - page,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (to !== undefined && count > 0) {
      event.preventDefault();
      this.#move(Math.max(0, Math.min(count - 1, to)));
    } else if (event.key === 'Enter' && at >= 0 && this.#open) {
      event.preventDefault();
      this.#open(this.#sorted[at]);
    }
  }

  #move(index) {
    this.#active = this.#key(this.#sorted[index]);
    const top = index * ROW;
    const height = this.#grid.clientHeight - ROW;
    if (top < this.#grid.scrollTop) {
      this.#grid.scrollTop = top;
    } else if (top + ROW > this.#grid.scrollTop + height) {
      this.#grid.scrollTop = top + ROW - height;
    }
    this.#render();
  }

  #click(event) {
    const row = event.target.closest('.row');
    if (row === null || row === this.#none || event.target.closest('a, button')) {
      return;
    }
    this.#move(row.index);
    if (this.#open && String(getSelection()) === '') {
      this.#open(this.#sorted[row.index]);
    }
  }
}

function compare(a, b) {
  if (typeof a === 'number' && typeof b === 'number') {
    return a - b;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
