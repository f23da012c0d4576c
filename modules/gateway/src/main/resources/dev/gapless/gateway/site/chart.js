import uPlot from './vendor/uPlot.esm.js';
import { h, svg, put } from './dom.js';
import { KEPT } from './status.js';

// Charts of the last quarter of an hour.

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** One chart. Its lines differ in colour and in dashes. */
export class Chart {
  element;
  #title;
  #series;
  #format;
  #plot = null;
  #data;
  #box;
  #now;
  #resize;
  #themed = () => this.#make();

  /** @param series each with `name`, `title`, `colour` (a variable of the style sheet), and `dash` */
  constructor({ title, series, format }) {
    this.#title = title;
    this.#series = series;
    this.#format = format;
    this.#data = [[], ...series.map(() => [])];
    this.#box = h('div', { class: 'plot', role: 'img' });
    this.#now = h('span', { class: 'now' });
    const legend = h(
      'ul',
      { class: 'legend', 'aria-hidden': 'true' },
      series.map(one => h('li', { class: `line-${one.dash ? 'dashed' : 'solid'} ${one.colour.slice(2)}` }, one.title)),
    );
    this.element = h('figure', { class: 'card chart' }, h('figcaption', null, h('h2', null, title), this.#now, legend), this.#box);
    this.#resize = new ResizeObserver(() => this.#size());
    this.#resize.observe(this.#box);
    document.addEventListener('themed', this.#themed);
  }

  names() {
    return this.#series.map(one => one.name);
  }

  /** Shows these columns. */
  set(data) {
    this.#data = data;
    const last = this.#series.map((one, i) => `${one.title}: ${this.#format(data[i + 1].at(-1) ?? 0)}`).join(', ');
    this.#box.setAttribute('aria-label', `${this.#title}, of up to ${KEPT / 60} minutes. Now ${last}`);
    put(this.#now, this.#series.length === 1 ? this.#format(data[1].at(-1) ?? 0) : '');
    if (this.#plot === null) {
      this.#make();
    } else {
      this.#plot.setData(data);
    }
  }

  end() {
    this.#resize.disconnect();
    document.removeEventListener('themed', this.#themed);
    this.#plot?.destroy();
    this.#plot = null;
  }

  #size() {
    const width = this.#box.clientWidth;
    if (this.#plot && width > 0 && width !== this.#plot.width) {
      this.#plot.setSize({ width, height: 168 });
    }
  }

  #make() {
    if (!this.#box.isConnected || this.#box.clientWidth === 0) {
      return;
    }
    this.#plot?.destroy();
    const axis = {
      stroke: css('--muted'),
      grid: { stroke: css('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    this.#plot = new uPlot(
      {
        width: this.#box.clientWidth,
        height: 168,
        legend: { show: false },
        cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
        scales: {
          x: { time: true, range: (plot, least, most) => [Math.max(most - KEPT, Math.min(least, most - 60)), most] },
          y: { range: (plot, least, most) => [0, most > 0 ? most * 1.1 : 1] },
        },
        axes: [
          { ...axis, size: 26, space: 70, values: '{HH}:{mm}:{ss}' },
          { ...axis, size: 52, space: 30, values: (plot, values) => values.map(this.#format) },
        ],
        series: [
          {},
          ...this.#series.map(one => ({
            label: one.title,
            stroke: css(one.colour),
            width: 2,
            dash: one.dash ? [6, 4] : undefined,
            fill: one.dash ? undefined : `${css(one.colour)}1f`,
            points: { show: false },
          })),
        ],
      },
      this.#data,
      this.#box,
    );
  }
}

/** A small line without axes, beside a number that says the same. */
export class Spark {
  element;
  #line = svg('polyline', { class: 'spark-line' });
  #area = svg('polygon', { class: 'spark-area' });

  constructor(colour) {
    this.element = svg(
      'svg',
      { class: `spark ${colour.slice(2)}`, viewBox: '0 0 120 32', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
      this.#area,
      this.#line,
    );
  }

  set(values) {
    const most = Math.max(1, ...values);
    const step = 120 / Math.max(1, values.length - 1);
    const points = values.map((value, i) => `${(i * step).toFixed(1)},${(30 - (27 * value) / most).toFixed(1)}`).join(' ');
    this.#line.setAttribute('points', points);
    this.#area.setAttribute('points', values.length > 0 ? `0,32 ${points} ${((values.length - 1) * step).toFixed(1)},32` : '');
  }
}
