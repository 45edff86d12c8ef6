// The refresh token lives in sessionStorage, so that a reload keeps the session: a choice for this demo only. Any script
// running on the page could read it. A production browser client asks the token service for cookie mode, where the
// refresh token travels in an HttpOnly cookie that no script can see.
const KEY = 'front-door.refresh';

// Storage throws when the browser blocks it; the session then lives until the next reload.
let fallback = null;

export function readRefresh() {
  try {
    return sessionStorage.getItem(KEY) ?? fallback;
  } catch {
    return fallback;
  }
}

export function writeRefresh(token) {
  fallback = token;
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // Kept in memory above.
  }
}

export function clearRefresh() {
  fallback = null;
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was stored.
  }
}
