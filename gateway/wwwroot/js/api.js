/**
 * Sends one call through the gateway. A 401 to a call that carried a token gets one refresh and one second attempt,
 * since the token may have been revoked or have expired on the way. Returns { response, milliseconds,
 * withToken, repeated } of the attempt that counts; milliseconds is the time until its headers.
 */
export async function callApi(call, body, session, signal) {
  if (call.anonymous) return send(call, body, null, signal);

  // After a long sleep the token in hand is known to be dead; do not spend a round trip on it.
  if (session.token?.remaining === 0) await session.refresh('automatic');
  const token = session.token;
  const first = await send(call, body, token, signal);
  if (first.response.status !== 401 || token === null) return first;

  // Somebody else may have refreshed in the meantime; then the newer token is enough.
  const fresh = session.token !== token || await session.refresh('after-401');
  if (!fresh || session.token === null) return first;
  first.response.body?.cancel();
  return { ...await send(call, body, session.token, signal), repeated: true };
}

async function send(call, body, token, signal) {
  const headers = new Headers({ Accept: call.stream ? 'text/event-stream' : 'application/json' });
  if (token !== null) headers.set('Authorization', `Bearer ${token.text}`);
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  const started = performance.now();
  const response = await fetch(call.path, {
    method: call.method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: 'no-store',
    signal,
  });
  return { response, milliseconds: performance.now() - started, withToken: token !== null, repeated: false };
}
