'use strict';
// Everything shown is put in as text: what is cached may be hostile.

const PERIOD_MS = 2000;
const POINTS = 150;
// In the order of their distance.
const SOURCES = ['memory', 'disk', 'shared', 'virustotal', 'local', 'failed'];
const rates = [];
const hits = [];
let before = null;

const at = (id) => document.getElementById(id);
const number = (value) => Number(value || 0);
const count = (value) => number(value).toLocaleString('en');

function make(tag, text, name) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
}

function bytes(value) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let rest = number(value);
  let unit = 0;
  while (rest >= 1024 && unit < units.length - 1) {
    rest /= 1024;
    ++unit;
  }
  return `${rest.toFixed(unit ? 1 : 0)} ${units[unit]}`;
}

function seconds(value) {
  if (value === null) return '–';
  if (value < 1e-3) return `${(value * 1e6).toFixed(0)} µs`;
  return value < 1 ? `${(value * 1e3).toFixed(0)} ms` : `${value} s`;
}

function until(time) {
  const left = Math.max(0, (Date.parse(time) - Date.now()) / 1000);
  const h = Math.floor(left / 3600);
  if (h >= 48) return `${Math.floor(h / 24)} days`;
  const m = Math.floor(left / 60) % 60;
  return h ? `${h} h ${m} min` : m ? `${m} min` : `${Math.ceil(left)} s`;
}

function list(id, rows) {
  const parts = [];
  for (const [name, value] of rows) parts.push(make('dt', name), make('dd', value));
  at(id).replaceChildren(...parts);
}

function bar(name, note, used, limit) {
  const box = make('div', undefined, 'bar');
  const line = make('p');
  line.append(make('span', name), make('span', note));
  box.append(line);
  if (limit > 0) {
    const meter = document.createElement('progress');
    meter.max = limit;
    meter.value = Math.min(used, limit);
    meter.setAttribute('aria-label', name);
    box.append(meter);
  }
  return box;
}

// Of nothing there is no line to see; the caption says so.
function plot(id, values, top) {
  at(id).toggleAttribute('hidden', values.every((value) => value === 0));
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  const points = values.map((value, i) => {
    const x = 300 - (values.length - 1 - i) * (300 / (POINTS - 1));
    return `${x.toFixed(1)},${(78 - 74 * (top ? value / top : 0)).toFixed(1)}`;
  });
  line.setAttribute('points', points.join(' '));
  at(id).replaceChildren(line);
}

function keep(values, value) {
  values.push(value);
  if (values.length > POINTS) values.shift();
}

function showTraffic(page) {
  const traffic = page.status.traffic;
  const now = {
    time: Date.now(),
    lookups: number(traffic.lookups),
    hits: number(traffic.hits),
  };
  if (before && now.lookups >= before.lookups) {
    const asked = now.lookups - before.lookups;
    keep(rates, asked / Math.max(0.001, (now.time - before.time) / 1000));
    if (asked) keep(hits, Math.min(1, (now.hits - before.hits) / asked));
  }
  before = now;
  const rate = rates.length ? rates[rates.length - 1] : 0;
  const top = Math.max(1, ...rates);
  plot('plot-rate', rates, top);
  at('rate').textContent = rates.every((value) => value === 0) ? 'no lookups since this page was opened' :
      `${rate.toFixed(1)} lookups a second; the maximum shown is ${top.toFixed(1)}`;
  plot('plot-hits', hits, 1);
  at('hits').textContent = hits.length
      ? `${(100 * hits[hits.length - 1]).toFixed(1)} % of the latest answered without VirusTotal`
      : 'no lookups since this page was opened';
  const latency = page.latency_seconds;
  list('traffic', [
    ['lookups since start', count(traffic.lookups)],
    ['answered without VirusTotal', count(traffic.hits)],
    ['served stale', count(traffic.stale_served)],
    ['waiting for an answer', count(traffic.waiting)],
    ['50 % within', seconds(latency.p50)],
    ['95 % within', seconds(latency.p95)],
    ['99 % within', seconds(latency.p99)],
  ]);
  const all = Object.values(traffic.by_source).reduce((sum, n) => sum + number(n), 0);
  at('sources').replaceChildren(...SOURCES.filter((name) => name in traffic.by_source).map((name) => {
    const n = number(traffic.by_source[name]);
    const share = all ? ` (${(100 * n / all).toFixed(1)} %)` : '';
    return bar(name, count(n) + share, n, all);
  }));
}

function showClients(clients) {
  const all = clients.reduce((sum, client) => sum + number(client.requests), 0);
  const most = [...clients].sort((a, b) => number(b.requests) - number(a.requests));
  at('clients').replaceChildren(...most.map((client) => {
    const refused = number(client.refused) ? `, ${count(client.refused)} refused` : '';
    return bar(client.name, `${count(client.requests)} requests to VirusTotal, ${count(client.lookups)} lookups${refused}`,
        number(client.requests), all);
  }));
  if (!clients.length) at('clients').replaceChildren(make('p', 'the configuration names no clients', 'hint'));
}

// What an operator should know, the worst first: [class, text].
function troublesOf(page) {
  const {status, quota} = page;
  const found = [];
  if (!status.ready) found.push(['bad', `the daemon does not serve lookups: ${status.not_ready_reason}`]);
  const refused = quota.filter((key) => key.refused);
  for (const key of refused) {
    found.push([refused.length === quota.length ? 'bad' : 'warn',
      `VirusTotal refuses the API key ${key.name}; \`vtlookup admin quota --resume ${key.name}\` tries it again`]);
  }
  for (const key of quota) {
    if (key.paused_until) {
      found.push(['warn', `VirusTotal has refused requests with the key ${key.name}; they are paused for ${until(key.paused_until)}`]);
    }
    for (const window of key.windows) {
      if (window.window !== 'minute' && number(window.limit) && number(window.used) >= number(window.limit)) {
        found.push(['warn', `the quota of the ${window.window} of the key ${key.name} is used up`]);
      }
    }
  }
  if (status.virustotal.broken_until) {
    found.push(['warn', `VirusTotal fails; it is asked again in ${until(status.virustotal.broken_until)}`]);
  }
  if (status.cache.disk_off) found.push(['warn', 'the disk cannot be used: verdicts are kept in memory only']);
  if (status.config_error) found.push(['warn', `the last reload failed: ${status.config_error}`]);
  return found;
}

function showTroubles(page) {
  const found = troublesOf(page);
  const worst = found.some(([name]) => name === 'bad') ? 'bad' : found.length ? 'warn' : 'good';
  at('severity').className = worst;
  at('severity').textContent = {good: 'OK', warn: 'WARNING', bad: 'CRITICAL'}[worst];
  at('trouble').hidden = !found.length;
  at('troubles').replaceChildren(...found.map(([name, text]) => make('li', text, name)));
}

function showQuota(keys) {
  const parts = [];
  for (const key of keys) {
    let state = key.name;
    if (key.refused) state += ': REFUSED by VirusTotal';
    if (key.paused_until) state += `: paused for ${until(key.paused_until)}`;
    parts.push(make('p', state, key.refused ? 'bad' : key.paused_until ? 'warn' : undefined));
    for (const window of key.windows) {
      const used = number(window.used);
      const limit = number(window.limit);
      const reset = window.reset_time ? `, resets in ${until(window.reset_time)}` : '';
      const note = limit ? `${count(used)} of ${count(limit)}${reset}` : `${count(used)}, no limit`;
      parts.push(bar(window.window, note, used, limit));
    }
  }
  at('quota').replaceChildren(...parts);
}

function showRest(page) {
  const {cache, virustotal} = page.status;
  list('virustotal', [
    ['state', virustotal.broken_until ? `failing; requests are paused for ${until(virustotal.broken_until)}` : 'available'],
    ['requests since start', count(virustotal.requests)],
    ['requests in progress', count(virustotal.inflight)],
    ['waiting in the queue', count(virustotal.queued)],
  ]);
  at('cache').replaceChildren(
      bar('memory', `${count(cache.memory_entries)} entries, ${bytes(cache.memory_bytes)} of ${bytes(cache.memory_limit)}`,
          number(cache.memory_bytes), number(cache.memory_limit)),
      bar('disk', cache.disk_off ? 'OFF: the disk cannot be used'
                                 : `about ${count(cache.disk_entries)} entries, ${bytes(cache.disk_bytes)} of ${bytes(cache.disk_limit)}`,
          number(cache.disk_bytes), number(cache.disk_limit)),
      ...(number(cache.raw_limit) ? [bar('raw reports', `about ${count(cache.raw_entries)} entries (reports, and the URLs of reports by hash), ${bytes(cache.raw_bytes)} of ${bytes(cache.raw_limit)}`,
          number(cache.raw_bytes), number(cache.raw_limit))] : []));
  const refused = Object.entries(page.refused).map(([why, n]) => [why, count(n)]);
  list('refused', refused.length ? refused : [['none', '']]);
  at('configuration').textContent = page.configuration;
  const {status} = page;
  const state = at('state');
  state.className = status.ready ? 'good' : 'bad';
  state.textContent = (status.ready ? `ready on ${status.listen_address}` : `not ready: ${status.not_ready_reason}`) +
      `, version ${status.version}`;
}

async function refresh() {
  try {
    const answer = await fetch('/status.json', {cache: 'no-store'});
    const page = await answer.json();
    showTraffic(page);
    showTroubles(page);
    showQuota(page.quota);
    showClients(page.status.traffic.clients);
    showRest(page);
  } catch (error) {
    at('severity').className = 'bad';
    at('severity').textContent = 'CRITICAL';
    at('state').className = 'bad';
    at('state').textContent = 'the daemon does not answer';
  }
  setTimeout(refresh, PERIOD_MS);
}

// VirusTotal's result in words, and its class.
function findingOf(verdict) {
  if (verdict.response_code === 0) return ['not known to VirusTotal', 'warn'];
  if (verdict.response_code === -1) return [verdict.message || 'unusable', 'warn'];
  if (verdict.response_code === -2) return ['queued for analysis', 'warn'];
  if (verdict.positives === undefined) return ['known; VirusTotal sent no counts', 'warn'];
  return [`${verdict.positives} of ${verdict.total} engines call it malicious`, verdict.positives ? 'bad' : 'good'];
}

const date = (time) => time ? time.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z') : '–';

// The entry is a summary, so its lists are empty, whatever VirusTotal sent.
function withoutEmpty(value) {
  if (Array.isArray(value) || value === null || typeof value !== 'object') return value;
  const left = Object.entries(value)
      .filter(([, each]) => !(each && typeof each === 'object' && !Object.keys(each).length))
      .map(([name, each]) => [name, withoutEmpty(each)]);
  return Object.fromEntries(left);
}

function showFound(entry) {
  at('raw').hidden = Boolean(entry.error);
  at('found').textContent = JSON.stringify(withoutEmpty(entry), null, 2);
  if (entry.error) return at('verdict').replaceChildren(make('p', entry.error, 'warn'));
  const {verdict} = entry;
  const [finding, name] = findingOf(verdict);
  const dates = make('dl');
  for (const [term, text] of [['analysed', date(verdict.scan_time)], ['asked', date(entry.fetch_time)],
    ['fresh until', date(entry.expire_time)]]) {
    dates.append(make('dt', term), make('dd', text));
  }
  const parts = [make('p', finding, name), dates];
  if (/^https:\/\/www\.virustotal\.com\//.test(verdict.permalink || '')) {
    const link = make('a', 'the report at VirusTotal');
    link.href = verdict.permalink;
    link.rel = 'noreferrer';
    parts.push(link);
  }
  at('verdict').replaceChildren(...parts);
}

async function look(event) {
  event.preventDefault();
  const query = new URLSearchParams({kind: at('kind').value, value: at('value').value});
  try {
    const answer = await fetch(`/cached.json?${query}`, {cache: 'no-store'});
    showFound(await answer.json());
  } catch (error) {
    showFound({error: 'the daemon does not answer'});
  }
}

at('form').addEventListener('submit', look);
refresh();
