// A duplicated tab starts with a copy of sessionStorage, and so with the same refresh token. Tabs take turns and tell
// each other about the successor; a spent token presented later looks like theft to the server and ends the session.
const LOCK = 'front-door.refresh';
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('front-door.session') : null;

/** Runs the action while no other tab of this site runs one. Without navigator.locks (plain http) it simply runs. */
export function inTurn(action) {
  return navigator.locks ? navigator.locks.request(LOCK, action) : action();
}

export function tellRotated(previous, successor) {
  channel?.postMessage({ kind: 'rotated', previous, successor });
}

export function tellEnded(previous) {
  channel?.postMessage({ kind: 'ended', previous });
}

export function onOtherTab(listener) {
  channel?.addEventListener('message', (event) => listener(event.data));
}
