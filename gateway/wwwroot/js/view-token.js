import { clockTime, fromEpoch, minutesAndSeconds } from './clock-text.js';
import { byId, element } from './dom.js';

const MEANING = {
  iss: 'issuer', sub: 'subject', aud: 'audience', exp: 'expires', iat: 'issued', nbf: 'not before', jti: 'token id',
  sid: 'session id', token_type: 'token type', user_id: 'user id', name: 'name', roles: 'roles', scope: 'scopes',
};
const TIMES = new Set(['exp', 'iat', 'nbf']);
const LOG_LENGTH = 10;

export function showClaims(claims) {
  byId('claims').replaceChildren(...Object.entries(claims).map(([name, value]) => {
    const term = element('dt', '', element('code', '', name));
    if (MEANING[name] && MEANING[name] !== name) term.append(' ', element('span', 'muted', MEANING[name]));
    const shown = element('span', '', inText(value));
    shown.dataset.claim = name;
    const definition = element('dd', '', shown);
    if (TIMES.has(name)) definition.append(' ', element('span', 'muted', fromEpoch(value)));
    return element('div', '', term, definition);
  }));
}

function inText(value) {
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export function showCountdown(token) {
  byId('countdown').textContent = minutesAndSeconds(token.remaining);
  const bar = byId('countdown-bar');
  bar.max = token.lifetime;
  bar.value = token.remaining;
  bar.dataset.due = String(token.isDue);
}

export function showRefreshPlan(token, count) {
  byId('refresh-count').textContent = String(count);
  byId('refresh-plan').textContent =
    `Refreshes by itself with ${minutesAndSeconds(token.margin)} left, and at once when an API answers 401.`;
}

export function addToLog(words) {
  const log = byId('session-log');
  log.prepend(element('li', '', element('time', '', clockTime()), ' ', element('span', '', words)));
  while (log.children.length > LOG_LENGTH) log.lastElementChild.remove();
}

export function clearLog() {
  byId('session-log').replaceChildren();
}
