import { byId, element } from './dom.js';

const AREAS = ['restoring', 'signed-out', 'signed-in'];

/** Which of the three states the page is in, and the words at its top. */
export function showState(state, name = '') {
  for (const area of AREAS) byId(area).hidden = area !== state;
  const signedIn = state === 'signed-in';
  const pill = byId('session-pill');
  if (signedIn) pill.replaceChildren('Signed in', element('span', 'pill-name', ` as ${name}`));
  else pill.textContent = state === 'restoring' ? 'Restoring…' : 'Signed out';
  pill.dataset.state = state;
  byId('main-heading').textContent = signedIn ? `Welcome, ${name}` : 'Sign in to open the door';
  byId('main-lead').textContent = signedIn
    ? 'Your token is renewed before it expires. Call an API below to see what your roles and scopes allow.'
    : 'This page is a small client of the gateway that served it: it signs in, keeps the session alive, and shows what each API answered.';
  document.title = signedIn ? `${name} · Front Door` : 'Front Door';
}

export function showNotice(words, kind = 'info') {
  const notice = byId('session-notice');
  notice.dataset.kind = kind;
  notice.textContent = words;
}

export function focusMainHeading() {
  byId('main-heading').focus();
}

export function showWho(claims) {
  const name = displayName(claims);
  byId('who-name').textContent = name;
  byId('who-id').textContent = claims.user_id ?? claims.sub ?? 'unknown';
  byId('who-initials').textContent = initials(name);
  showChips(byId('who-roles'), rolesOf(claims), 'No roles');
  showChips(byId('who-scopes'), scopesOf(claims), 'No scopes');
}

export const displayName = (claims) => String(claims.name || claims.sub || 'unknown user');

const rolesOf = ({ roles = [] }) => [roles].flat();
const scopesOf = ({ scope = '' }) => [scope].flat().join(' ').split(' ').filter(Boolean);

function initials(name) {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '');
  return letters.join('').toUpperCase();
}

function showChips(list, values, none) {
  list.replaceChildren(...(values.length > 0
    ? values.map((value) => element('li', 'chip', String(value)))
    : [element('li', 'muted', none)]));
}
