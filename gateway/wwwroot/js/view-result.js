import { byId, element } from './dom.js';
import { bodyNodes } from './view-json.js';

// HTTP/2 and later carry no reason phrase.
const REASONS = {
  200: 'OK', 201: 'Created', 202: 'Accepted', 204: 'No Content', 304: 'Not Modified', 400: 'Bad Request', 401: 'Unauthorized',
  403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 409: 'Conflict', 413: 'Content Too Large',
  415: 'Unsupported Media Type', 429: 'Too Many Requests', 500: 'Internal Server Error', 502: 'Bad Gateway',
  503: 'Service Unavailable', 504: 'Gateway Timeout',
};

export function showWaiting(call) {
  byId('result-empty').hidden = true;
  byId('result-filled').hidden = false;
  byId('result-answer').hidden = true;
  byId('result-request').textContent = `${call.method} ${call.path}`;
  showStatus('Calling…', 'waiting');
  setText({ 'result-duration': '', 'result-words': '', 'result-retry': '' });
  showStop(true);
  if (innerWidth < 960) byId('result').scrollIntoView({ block: 'start' });
}

export function showHead(call, { response, withToken, repeated, milliseconds }) {
  byId('result-request').textContent = `${call.method} ${call.path} ${withToken ? 'with your token' : 'without a token'}`;
  const family = Math.floor(response.status / 100);
  showStatus(`${response.status} ${response.statusText || REASONS[response.status] || ''}`.trim(),
    family <= 3 ? 'good' : family === 4 ? 'refused' : 'failed');
  byId('result-duration').textContent = `${Math.round(milliseconds)} ms`;
  byId('result-retry').textContent = repeated
    ? 'The first attempt was answered 401, so the token was refreshed and the call sent again.' : '';
  byId('result-headers').replaceChildren(...[...response.headers].map(([name, value]) =>
    element('div', '', element('dt', '', name), element('dd', '', value))));
  byId('result-answer').hidden = false;
  byId('result-body-heading').textContent = 'Body';
}

export function showBody(text) {
  byId('result-body').replaceChildren(...(text === '' ? ['(empty)'] : bodyNodes(text)));
}

export function showWords(sentences) {
  byId('result-words').textContent = sentences.join(' ');
}

export function showStream(total, lines) {
  byId('result-body-heading').textContent = total > lines.length ? `Last ${lines.length} of ${total} events` : `Events: ${total}`;
  byId('result-body').textContent = lines.join('\n') || 'Waiting for the first event…';
}

export function showNoAnswer(words) {
  showStatus('No answer', 'failed');
  showWords([words]);
}

export function showStop(visible) {
  const button = byId('stop-call');
  // A button that vanishes would drop the focus to the top of the page.
  if (!visible && document.activeElement === button) byId('result-body').focus();
  button.hidden = !visible;
}

export function clearResult() {
  byId('result-empty').hidden = false;
  byId('result-filled').hidden = true;
  setText({ 'result-status': '', 'result-body': '', 'result-headers': '', 'result-words': '' });
}

function showStatus(text, tone) {
  const status = byId('result-status');
  status.textContent = text;
  status.dataset.tone = tone;
}

function setText(texts) {
  for (const [id, text] of Object.entries(texts)) byId(id).textContent = text;
}
