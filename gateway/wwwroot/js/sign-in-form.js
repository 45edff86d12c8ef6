import { byId, element, isBusy, setBusy } from './dom.js';
import { withRetryAdvice } from './words.js';

const FIELDS = ['username', 'password'];

export function wireSignInForm(session) {
  const button = byId('sign-in');

  byId('sign-in-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy(button)) return;
    showErrors([]);
    setBusy(button, true, 'Signing in…');
    try {
      await session.signIn(byId('username').value, byId('password').value);
      resetForm();
    } catch (error) {
      const sentences = withRetryAdvice(error.sentences ?? [error.message], error.retryAfter);
      showErrors(sentences, FIELDS.filter((field) => field in (error.body ?? {})), error.status === 401);
    } finally {
      setBusy(button, false);
    }
  });

  byId('show-password').addEventListener('click', () => revealPassword(byId('password').type === 'password'));
}

function showErrors(sentences, fields = [], credentials = false) {
  byId('sign-in-error').replaceChildren(...sentences.map((sentence) => element('p', '', sentence)));
  const wrong = credentials ? FIELDS : fields;
  for (const field of FIELDS) {
    const input = byId(field);
    input.removeAttribute('aria-invalid');
    input.removeAttribute('aria-describedby');
    if (!wrong.includes(field)) continue;
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', 'sign-in-error');
  }
  if (sentences.length > 0) byId(credentials ? 'password' : wrong[0] ?? 'username').focus();
  if (credentials) byId('password').select();
}

function resetForm() {
  byId('sign-in-form').reset();
  revealPassword(false);
}

function revealPassword(reveal) {
  byId('password').type = reveal ? 'text' : 'password';
  byId('show-password').firstChild.data = reveal ? 'Hide' : 'Show';
}
