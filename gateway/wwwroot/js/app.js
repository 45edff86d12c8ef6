import { byId, onClickBusy } from './dom.js';
import { forgetCalls, runCall, stopCall } from './run-call.js';
import { Session } from './session.js';
import { wireSignInForm } from './sign-in-form.js';
import * as tokenApi from './token-api.js';
import { buildCalls } from './view-calls.js';
import { displayName, focusMainHeading, showNotice, showState, showWho } from './view-session.js';
import { addToLog, clearLog, showClaims, showCountdown, showRefreshPlan } from './view-token.js';

const LOG_WORDS = {
  'sign-in': 'Signed in',
  restore: 'Session restored after a reload',
  automatic: 'Refreshed automatically',
  'after-401': 'Refreshed automatically, after a 401',
  manual: 'Refreshed by you',
};

const session = new Session();

function showToken() {
  const { claims } = session.token;
  showState('signed-in', displayName(claims));
  showWho(claims);
  showClaims(claims);
  showCountdown(session.token);
  showRefreshPlan(session.token, session.automaticRefreshes);
}

session.addEventListener('signed-in', ({ detail }) => {
  clearLog();
  addToLog(LOG_WORDS[detail.reason]);
  showToken();
  showNotice('');
  if (detail.reason !== 'sign-in') return;
  forgetCalls();
  focusMainHeading();
});

session.addEventListener('refreshed', ({ detail }) => {
  addToLog(LOG_WORDS[detail.reason]);
  showToken();
  showNotice('');
});

session.addEventListener('trouble', ({ detail }) => {
  addToLog(detail.words);
  showNotice(detail.words, 'warning');
  if (session.token === null) showState('signed-out');
});

session.addEventListener('signed-out', ({ detail }) => {
  forgetCalls({ exceptWaiting: detail.reason === 'ended' });
  showState('signed-out');
  showNotice(detail.words, detail.reason === 'ended' ? 'warning' : 'info');
  focusMainHeading();
});

wireSignInForm(session);
buildCalls((call, body) => runCall(call, body, session));
byId('stop-call').addEventListener('click', stopCall);
onClickBusy(byId('sign-out'), 'Signing out…', () => session.signOut());
onClickBusy(byId('refresh-now'), 'Refreshing…', () => session.refresh('manual'));
onClickBusy(byId('verify'), 'Asking…', async () => {
  try {
    await tokenApi.verify(session.token.text);
    addToLog('Verified: the token service accepts this token');
  } catch (error) {
    addToLog(`Not verified: ${error.message}`);
  }
});

setInterval(() => { if (session.token !== null) showCountdown(session.token); }, 250);

// Timers of a hidden or sleeping page run late; look at once when it comes back.
document.addEventListener('visibilitychange', () => { if (!document.hidden) session.refreshIfDue(); });

if (session.canRestore) {
  showState('restoring');
  session.refresh('restore');
} else {
  showState('signed-out');
}
