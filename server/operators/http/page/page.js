'use strict';
// Everything shown is put in as text: what is cached may be hostile.

const PERIOD_MS = 2000;
const POINTS = 150;
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

function plot(id, values, top) {
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
  at('rate').textContent = `${rate.toFixed(1)} lookups a second; the maximum shown is ${top.toFixed(1)}`;
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
  at('sources').replaceChildren(...Object.keys(traffic.by_source).sort().map((name) => {
    const n = number(traffic.by_source[name]);
    const share = all ? ` (${(100 * n / all).toFixed(1)} %)` : '';
    return bar(name, count(n) + share, n, all);
  }));
}

function showQuota(keys) {
  const parts = [];
  for (const key of keys) {
    let state = key.name;
    if (key.refused) state += ': refused by VirusTotal';
    if (key.paused_until) state += `: paused for ${until(key.paused_until)}`;
    parts.push(make('p', state));
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
          number(cache.disk_bytes), number(cache.disk_limit)));
  const refused = Object.entries(page.refused).map(([why, n]) => [why, count(n)]);
  list('refused', refused.length ? refused : [['none', '']]);
  at('configuration').textContent = page.configuration;
  const {status} = page;
  const state = at('state');
  state.className = status.ready ? 'good' : 'bad';
  state.textContent = (status.ready ? `ready on ${status.listen_address}` : `not ready: ${status.not_ready_reason}`) +
      `, version ${status.version}` + (status.config_error ? `; the last reload failed: ${status.config_error}` : '');
}

async function refresh() {
  try {
    const answer = await fetch('/status.json', {cache: 'no-store'});
    const page = await answer.json();
    showTraffic(page);
    showQuota(page.quota);
    showRest(page);
  } catch (error) {
    at('state').className = 'bad';
    at('state').textContent = 'the daemon does not answer';
  }
  setTimeout(refresh, PERIOD_MS);
}

async function look(event) {
  event.preventDefault();
  const query = new URLSearchParams({kind: at('kind').value, value: at('value').value});
  try {
    const answer = await fetch(`/cached.json?${query}`, {cache: 'no-store'});
    at('found').textContent = JSON.stringify(await answer.json(), null, 2);
  } catch (error) {
    at('found').textContent = 'the daemon does not answer';
  }
}

at('form').addEventListener('submit', look);
refresh();
