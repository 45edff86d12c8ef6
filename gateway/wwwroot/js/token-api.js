import { errorInWords, NO_ANSWER, retryAfterSeconds } from './words.js';

const TIMEOUT = 15_000;

/** A refusal by the token service, or no answer at all (status 0). */
export class TokenError extends Error {
  constructor(status, body, sentences, retryAfter = null) {
    super(sentences.join(' '));
    Object.assign(this, { status, body, sentences, retryAfter });
  }
}

export const obtain = (username, password) => post('/api/token/', { username, password });
export const refresh = (token) => post('/api/token/refresh/', { refresh: token });
export const verify = (token) => post('/api/token/verify/', { token });
// keepalive lets the sign-out reach the server when the tab is closed right after the click.
export const blacklist = (token) => post('/api/token/blacklist/', { refresh: token }, { keepalive: true });

async function post(path, body, options = {}) {
  let response;
  let answer;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT),
      ...options,
    });
    answer = await readJson(response);
  } catch {
    throw new TokenError(0, null, [NO_ANSWER]);
  }
  if (response.ok) return answer ?? {};
  throw new TokenError(response.status, answer, errorInWords(response.status, answer), retryAfterSeconds(response.headers));
}

async function readJson(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
