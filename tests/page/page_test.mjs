// Tests the status page of a daemon in a real browser. The daemon asks vtsim.
//   node page_test.mjs BIN_DIR SCREENSHOT_DIR
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {chromium} from 'playwright-core';

const [bin, screenshots] = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'vtlookup-page-'));
const children = [];

// Resolves with the first match of `pattern` in a line of the program's output.
function start(name, args, pattern) {
  const child = spawn(join(bin, name), args, {
    env: {...process.env, VT_API_KEY: 'page-key-31c7'},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`${name} ended: ${code}`)));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({input: stream}).on('line', (line) => {
        const found = line.match(pattern);
        if (found) resolve(found[1]);
      });
    }
  });
}

function lookUp(server, ...values) {
  return new Promise((resolve) => {
    spawn(join(bin, 'vtlookup'), ['--server', server, ...values], {stdio: 'ignore'}).on('exit', resolve);
  });
}

async function test() {
  const sim = await start('vtsim', [], /ready on (\S+)/);
  // Two lines come; that of the page comes first.
  const daemon = ['--listen.address=127.0.0.1:0', '--http.address=127.0.0.1:0', '--gateway.address=', '--admin.address=',
    `--cache.path=${dir}/c`, `--virustotal.base_url=${sim}`, '--virustotal.quota.per_minute=100'];
  const page_address = await start('vtlookupd', daemon, /status and metrics on (\S+)/);
  const server = await new Promise(async (resolve) => {
    for (;;) {
      const answer = await fetch(`${page_address}status.json`);
      const {status} = await answer.json();
      if (status.listen_address) return resolve(status.listen_address);
    }
  });
  // Hostile text that is also a valid URL.
  const hostile = 'http://evil.example.com/<img src=x onerror="document.title=1">';
  await lookUp(server, 'domain', 'a.example.com', 'b.example.com');
  await lookUp(server, 'domain', 'a.example.com');
  await lookUp(server, 'url', hostile);

  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    for (const [name, options] of [
      ['desktop', {viewport: {width: 1280, height: 900}, colorScheme: 'light'}],
      ['phone-dark', {viewport: {width: 360, height: 740}, colorScheme: 'dark'}],
    ]) {
      const page = await browser.newPage(options);
      const wrong = [];
      const elsewhere = [];
      page.on('pageerror', (error) => wrong.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !message.text().includes('404')) wrong.push(message.text());
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(page_address)) elsewhere.push(request.url());
      });
      const response = await page.goto(page_address);
      const policy = response.headers()['content-security-policy'];
      assert.match(policy, /default-src 'none'/);
      assert.doesNotMatch(policy, /unsafe|\*/);

      await page.waitForFunction(() => document.querySelector('#state').textContent.startsWith('ready on'));
      const text = await page.innerText('body');
      assert.match(text, /lookups since start\s+4/);
      assert.match(text, /answered without VirusTotal\s+1/);
      assert.match(text, /virustotal\s+3 \(75.0 %\)/);
      assert.equal(await page.innerText('#severity'), 'OK');
      assert.ok(text.indexOf('memory') < text.indexOf('virustotal'), 'sources in the order of their distance');
      assert.match(text, /3 of 100/);
      assert.match(text, /3 of 500, resets in/);
      assert.doesNotMatch(text, /page-key-31c7/);
      assert.doesNotMatch(await page.content(), /page-key-31c7/);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.equal(wide, false, 'nothing to scroll sideways');

      // By keyboard alone.
      await page.focus('#kind');
      await page.keyboard.type('domain');
      await page.keyboard.press('Tab');
      await page.keyboard.type('a.example.com');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('#found').textContent.includes('fetch_time'));
      assert.match(await page.textContent('#found'), /"domain": "a.example.com"/);
      assert.doesNotMatch(await page.textContent('#found'), /\[\]/, 'a summary has no lists');
      assert.match(await page.innerText('#verdict'), /engines call it malicious|not known/);
      assert.match(await page.innerText('#verdict'), /asked\s+20\d\d-/);
      await page.fill('#value', 'nobody-asked.example.com');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('#found').textContent.includes('not cached'));
      await page.selectOption('#kind', 'url');
      await page.fill('#value', hostile);
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('#found').textContent.includes('evil.example.com'));
      assert.equal(await page.title(), 'vtlookupd');
      assert.equal(await page.locator('main img').count(), 0);

      await page.waitForTimeout(2500);  // a second look, for the plots
      assert.equal(await page.locator('#plot-rate polyline').count(), 1);
      mkdirSync(screenshots, {recursive: true});
      await page.screenshot({path: join(screenshots, `status-${name}.png`), fullPage: true});
      // Whatever a daemon says is wrong has a word and a colour.
      const {status, quota, ...rest} = await (await fetch(`${page_address}status.json`)).json();
      await page.route('**/status.json', (route) => route.fulfill({json: {...rest,
        status: {...status, traffic: {...status.traffic, clients: [
          {name: 'nodes', lookups: '70', requests: '3', refused: '2'}]}},
        quota: quota.map((key) => ({...key, refused: true}))}}));
      await page.waitForFunction(() => document.querySelector('#severity').textContent === 'CRITICAL');
      assert.match(await page.innerText('#troubles'), /refuses the API key default/);
      assert.match(await page.innerText('#clients'), /nodes\s+3 requests to VirusTotal, 70 lookups, 2 refused/);
      await page.screenshot({path: join(screenshots, `status-${name}-refused.png`), fullPage: true});
      assert.deepEqual(wrong, []);
      assert.deepEqual(elsewhere, []);
      await page.close();
    }
  } finally {
    await browser.close();
  }
  // Showing the page made no request to VirusTotal.
  const {status} = await (await fetch(`${page_address}status.json`)).json();
  assert.equal(status.virustotal.requests, '3');
}

try {
  await test();
  console.log('the status page is fine');
} finally {
  for (const child of children) {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
  }
  rmSync(dir, {recursive: true, force: true});
}
