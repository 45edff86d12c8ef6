import { callApi } from './api.js';
import { clockTime } from './clock-text.js';
import { readEvents } from './event-stream.js';
import { markCurrent } from './view-calls.js';
import { clearResult, showBody, showHead, showNoAnswer, showStop, showStream, showWaiting, showWords } from './view-result.js';
import { errorInWords, NO_ANSWER, retryAfterSeconds, withRetryAdvice } from './words.js';

const EVENTS_SHOWN = 8;
const TEXT_SHOWN = 100_000;
const STREAM_ENDED = 'The stream has ended. The gateway ends a stream when its token ends; call again to reopen it.';

// One answer on display, so one call at a time: a new one ends the last.
let running = null;
let waiting = false;

export async function runCall(call, body, session) {
  running?.abort();
  const mine = running = new AbortController();
  waiting = true;
  markCurrent(call.id);
  showWaiting(call);
  try {
    const answer = await callApi(call, body, session, mine.signal);
    if (running !== mine) return;
    waiting = false;
    showHead(call, answer);
    if (call.stream && answer.response.ok) await follow(answer.response, mine);
    else await present(answer.response, mine);
  } catch (error) {
    if (running !== mine) return;
    if (mine.signal.aborted) showWords(['Stopped by you.']);
    else if (!waiting) showWords([call.stream ? STREAM_ENDED : 'The connection was closed before the answer was complete.']);
    else showNoAnswer(error instanceof TypeError ? NO_ANSWER : error.message);
  } finally {
    if (running === mine) {
      running = null;
      waiting = false;
      showStop(false);
    }
  }
}

export function stopCall() {
  running?.abort();
}

/** Ends the running call and removes what is on display; answers may be private to the user who leaves. */
export function forgetCalls({ exceptWaiting = false } = {}) {
  // The call whose 401 brought the end of the session to light still has that answer to show.
  if (exceptWaiting && waiting) return;
  const last = running;
  running = null;
  waiting = false;
  last?.abort();
  showStop(false);
  markCurrent(null);
  clearResult();
}

async function present(response, mine) {
  const text = await readText(response);
  if (running !== mine) return;
  showBody(text);
  if (!response.ok) showWords(withRetryAdvice(errorInWords(response.status, parse(text)), retryAfterSeconds(response.headers)));
}

async function follow(response, mine) {
  const lines = [];
  let total = 0;
  showStream(total, lines);
  for await (const { name, data } of readEvents(response.body)) {
    if (running !== mine) return;
    lines.unshift(`${clockTime()}  ${name}  ${data}`);
    lines.length = Math.min(lines.length, EVENTS_SHOWN);
    showStream(++total, lines);
  }
  if (running === mine) showWords([STREAM_ENDED]);
}

async function readText(response) {
  const type = response.headers.get('Content-Type') ?? '';
  if (type && !/^text\/|json|xml|javascript|urlencoded/.test(type)) return `${(await response.blob()).size} bytes of ${type}`;
  const text = await response.text();
  return text.length > TEXT_SHOWN ? `${text.slice(0, TEXT_SHOWN)}\n(cut here; ${text.length} characters in all)` : text;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
