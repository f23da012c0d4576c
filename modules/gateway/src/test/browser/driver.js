// Runs what DashboardTest says in Chromium: a line of JSON each, with a number and code, which is answered by a line.
const { chromium } = require('playwright-core');
const fs = require('node:fs');
const readline = require('node:readline');

const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const AsyncFunction = (async () => {}).constructor;

(async () => {
  const browser = await chromium.launch({
    executablePath: process.argv[2],
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const state = {};
  /** A page of its own, in which whatever goes wrong is kept. */
  const open = async (options = {}) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
    const page = await context.newPage();
    page.wrong = [];
    page.on('pageerror', error => page.wrong.push(String(error)));
    page.on('console', message => {
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) {
        page.wrong.push(message.text());
      }
    });
    page.on('dialog', dialog => {
      page.wrong.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.setDefaultTimeout(60_000);
    await page.addInitScript(() => {
      window.longTasks = [];
      new PerformanceObserver(list => list.getEntries().forEach(one => window.longTasks.push(one.duration))).observe({ type: 'longtask', buffered: true });
      window.violated = [];
      document.addEventListener('securitypolicyviolation', event => window.violated.push(`${event.violatedDirective} ${event.blockedURI}`));
    });
    return page;
  };
  /** What axe finds, in words. */
  const check = async page => {
    const before = await page.evaluate(() => [...window.longTasks]);
    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    await page.waitForTimeout(100);
    await page.evaluate(its => { window.longTasks = its; }, before); // axe takes its time, too
    return result.violations.map(one => `${one.id}: ${one.help}: ${one.nodes.map(node => `${node.target.join(' ')} ${node.failureSummary}`).join(' | ')}`);
  };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { number, code, argument } = JSON.parse(line);
    let answer;
    try {
      const value = await new AsyncFunction('open', 'check', 'state', 'argument', code)(open, check, state, argument);
      answer = { number, value: value ?? null };
    } catch (e) {
      answer = { number, error: String(e.stack ?? e) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
  await browser.close();
})();
