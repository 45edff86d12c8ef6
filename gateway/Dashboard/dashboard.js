// Reads api/status every other second and shows it. Text only ever enters the page as text.
'use strict';

const every = 2000;
const $ = id => document.getElementById(id);
const number = new Intl.NumberFormat('en');
let last = null;

function el(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter(c => c !== null && c !== undefined));
  return made;
}

const pill = (text, kind) => el('span', `pill ${kind ?? ''}`.trim(), text);
const code = text => el('code', '', text);

function span(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor(s % 3600 / 60)} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor(s % 86400 / 3600)} h`;
}

function bytes(count) {
  for (const unit of ['B', 'kB', 'MB']) {
    if (count < 1000) return `${count < 10 && unit !== 'B' ? count.toFixed(1) : Math.round(count)} ${unit}`;
    count /= 1000;
  }
  return `${count.toFixed(1)} GB`;
}

const percent = (part, whole) => whole === 0 ? '0 %' : part === 0 ? '0 %' : part / whole < 0.001 ? '< 0.1 %' : `${(100 * part / whole).toFixed(1)} %`;

// The newest on the right; a short history fills from there.
function draw(svg, values, label, atLeast) {
  const length = 150, width = 300, height = 50;
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('aria-label', label);
  const most = Math.max(atLeast, ...values);
  const points = values.map((v, i) => `${((length - values.length + i) * width / (length - 1)).toFixed(1)},${(height - 1 - v / most * (height - 3)).toFixed(1)}`);
  if (points.length < 2) return svg.replaceChildren();
  const first = points[0].split(',')[0];
  const shape = (name, list) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    made.setAttribute('points', list.join(' '));
    return made;
  };
  svg.replaceChildren(shape('polygon', [`${first},${height}`, ...points, `${width},${height}`]), shape('polyline', points));
}

function showTraffic(traffic) {
  const rates = traffic.answered.map(v => v / traffic.seconds);
  // Of the last ten seconds, or the number would dance.
  const recent = list => list.slice(-5).reduce((a, b) => a + b, 0);
  const seconds = Math.min(5, rates.length) * traffic.seconds;
  const rate = seconds ? recent(traffic.answered) / seconds : 0;
  const shown = v => v >= 100 ? number.format(Math.round(v)) : v.toFixed(1);
  $('rate').textContent = shown(rate);
  const peak = Math.max(0, ...rates);
  $('rate-note').textContent = `peak ${shown(peak)} in 5 min · ${number.format(traffic.answeredInAll)} since start`;
  draw($('rate-line'), rates, `Requests per second over the last minutes, now ${shown(rate)}, peak ${shown(peak)}`, 1);
  const failed = recent(traffic.failed);
  $('errors').textContent = percent(failed, recent(traffic.answered));
  $('errors').className = `value ${failed > 0 ? 'alarm' : ''}`.trim();
  $('error-note').textContent = `${number.format(traffic.failedInAll)} failed, ${number.format(traffic.refusedInAll)} refused (4xx) since start`;
  $('error-line').setAttribute('class', traffic.failed.some(f => f > 0) ? 'line bad' : 'line');
  draw($('error-line'), traffic.failed.map((f, i) => traffic.answered[i] ? f / traffic.answered[i] : 0), `Share of failed requests, now ${percent(failed, recent(traffic.answered))}`, 0.05);
  $('underway').textContent = number.format(traffic.underWay);
  $('streams').textContent = traffic.streams === 1 ? '1 stream' : `${number.format(traffic.streams)} streams`;
  $('unrouted').textContent = `${number.format(traffic.unroutedInAll)} further answers without a route: files, and refusals at the edge.`;
}

function showTrust(status) {
  const { remembered, hits, misses, refused } = status.tokens;
  $('tokens').textContent = hits + misses ? percent(hits, hits + misses) : '–';
  $('tokens-note').textContent = `found there · ${number.format(remembered)} remembered · ${number.format(refused)} refused`;
  const feeds = status.issuers.map(i => i.revocations).filter(r => r);
  $('revocations').textContent = feeds.length ? number.format(feeds.reduce((sum, r) => sum + r.entries, 0)) : '–';
  $('revocations-note').textContent = !feeds.length ? 'no feed configured' : feeds.every(r => r.fresh) ? `heard ${span(Math.max(...feeds.map(r => r.secondsSinceHeard)))} ago` : 'a feed is silent';
}

function showClusters(clusters) {
  $('clusters').replaceChildren(...clusters.map(cluster => el('article', 'card',
    el('h3', '', cluster.id),
    el('p', 'note', `${cluster.balancing} · ${cluster.timeouts} · ${cluster.retries}`),
    el('ul', '', ...cluster.destinations.map(d => el('li', '',
      el('div', '', el('strong', '', d.id), code(d.address), el('div', 'note', `${number.format(d.underWay)} under way`)),
      el('div', 'pills',
        d.slowStart ? pill(`slow start ${Math.round(100 * d.slowStart)} %`, 'warn') : null,
        d.circuit === 'Open' ? pill('circuit open', 'bad') : d.circuit ? pill('circuit closed', 'good') : null,
        d.health === 'Healthy' ? pill('healthy', 'good') : d.health === 'Unhealthy' ? pill('unhealthy', 'bad') : pill('not checked')))))))
    , ...(clusters.length ? [] : [el('p', 'empty', 'No clusters.')]));
}

function showRoutes() {
  if (!last) return;
  const wanted = $('filter').value.trim().toLowerCase();
  const cell = (label, className, ...children) => {
    const made = el('td', className, el('span', '', ...children));
    made.dataset.label = label;
    return made;
  };
  const count = (label, value, alarm) => cell(label, `number ${value === 0 ? 'zero' : alarm ? 'alarm' : ''}`.trim(), number.format(value));
  const routes = last.routes.filter(r => !wanted || [r.id, r.path, r.hosts, r.policy, r.cluster, ...r.limits].some(t => t.toLowerCase().includes(wanted)));
  const rows = routes.map(r => el('tr', '',
    cell('Route', '', el('strong', '', r.id)),
    cell('Matches', '', r.methods === '*' ? null : `${r.methods} `, r.hosts === '*' ? null : `${r.hosts} `, code(r.path)),
    cell('Policy', '', pill(r.policy, r.policy.toLowerCase() === 'anonymous' ? '' : 'good'), r.dryRun ? pill('dry run', 'warn') : null),
    cell('Limits', r.limits.length || r.cors || r.cache || r.compression ? '' : 'nothing', ...r.limits.map(l => pill(l)), r.limits.length || r.cors || r.cache || r.compression ? null : '–', r.cors ? pill(`CORS ${r.cors}`) : null, r.cache ? pill(`cache ${r.cache}`) : null,
      r.compression ? pill(`compression ${r.compression}`) : null),
    cell('Cluster', '', r.cluster),
    count('Answers', r.answered), count('4xx', r.refused), count('5xx', r.failed, true)));
  if (!rows.length) {
    const none = el('td', 'empty', wanted ? 'No route has this text.' : 'No routes.');
    none.colSpan = 8;
    rows.push(el('tr', '', none));
  }
  document.querySelector('#routes tbody').replaceChildren(...rows);
}

function showIssuers(status) {
  const now = Date.parse(status.gateway.now);
  $('issuers').replaceChildren(...status.issuers.map(issuer => el('article', 'card',
    el('h3', '', issuer.name || 'former issuer (no name in its tokens)'),
    el('p', 'note', issuer.fetches ? `keys asked for ${number.format(issuer.fetches)} times, ${number.format(issuer.failedFetches)} failed` : 'keys from a file'),
    issuer.lastFault ? el('p', 'note alarm', issuer.lastFault) : null,
    el('ul', '',
      ...issuer.keys.map(key => el('li', '',
        el('div', '', code(key.kid), el('div', 'note', key.since ? `known for ${span((now - Date.parse(key.since)) / 1000)}` : 'from a file')),
        el('div', 'pills', pill(key.algorithm || 'any')))),
      ...(issuer.keys.length ? [] : [el('li', '', el('div', 'alarm', 'No keys: nobody of this issuer is let in'))]),
      issuer.revocations ? el('li', '',
        el('div', '', 'Revocation feed', el('div', 'note', issuer.revocations.secondsSinceHeard === null ? 'not heard yet' : `heard ${span(issuer.revocations.secondsSinceHeard)} ago`)),
        el('div', 'pills', pill(`${number.format(issuer.revocations.entries)} revoked`), issuer.revocations.fresh ? pill('fresh', 'good') : pill('stale', 'bad'))) : null)))
    , ...(status.issuers.length ? [] : [el('p', 'empty', 'No issuers: only anonymous routes are answered.')]));
}

const kinds = { Healthy: 'good', Degraded: 'warn', Unhealthy: 'bad' };

function show(status) {
  const { gateway } = status;
  $('state').textContent = gateway.state;
  $('state').className = `pill ${kinds[gateway.state]}`;
  $('generation').textContent = `no. ${gateway.generation}${gateway.faults.length ? ', newer one refused' : ''}`;
  $('uptime').textContent = span((Date.parse(gateway.now) - Date.parse(gateway.started)) / 1000);
  $('version').textContent = gateway.version;
  const banner = gateway.faults.length
    ? [el('div', 'banner bad', el('strong', '', 'The configuration on disk has faults; the last good one holds'), el('ul', '', ...gateway.faults.map(f => el('li', '', f))))] : [];
  // Announced again only when it changes.
  if ($('banners').textContent !== banner.map(b => b.textContent).join('')) $('banners').replaceChildren(...banner);
  showTraffic(status.traffic);
  showTrust(status);
  showClusters(status.clusters);
  showRoutes();
  showIssuers(status);
  $('checks').replaceChildren(...status.checks.map(c => el('li', '', el('span', '', c.name, c.description ? el('span', 'note', ` · ${c.description}`) : null), pill(c.state, kinds[c.state]))));
  const cell = (className, ...children) => el('td', className, ...children);
  document.querySelector('#sites tbody').replaceChildren(...status.sites.map(s => el('tr', '', cell('', el('strong', '', s.name)), cell('', code(s.prefix)),
    cell('number', `${number.format(s.files)} ${s.files === 1 ? 'file' : 'files'}, ${bytes(s.bytes)}`), cell('number', `${number.format(s.hits)} times`))));
  $('updated').textContent = `Updated ${new Date(gateway.now).toLocaleTimeString()}`;
}

async function refresh() {
  try {
    const answer = await fetch('api/status', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    last = await answer.json();
    show(last);
    document.body.classList.remove('stale');
  } catch {
    document.body.classList.add('stale');
    $('state').textContent = 'No answer';
    $('state').className = 'pill bad';
  }
  setTimeout(refresh, every);
}

$('filter').addEventListener('input', showRoutes);
refresh();
