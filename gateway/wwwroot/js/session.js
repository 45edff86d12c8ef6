import { AccessToken } from './access-token.js';
import { clearRefresh, readRefresh, writeRefresh } from './refresh-store.js';
import { inTurn, onOtherTab, tellEnded, tellRotated } from './tabs.js';
import * as tokenApi from './token-api.js';

const LONGEST_TIMER = 3_600_000; // setTimeout fires at once beyond 2^31 ms
const LONGEST_PAUSE = 30;

/**
 * The session of this tab. Events: `signed-in` and `refreshed` (detail.reason), `signed-out` (detail.reason, detail.words)
 * and `trouble` (detail.words) when a refresh failed but may succeed later.
 */
export class Session extends EventTarget {
  /** The current AccessToken, in memory only, or null. */
  token = null;
  automaticRefreshes = 0;
  #refreshing = null;
  #timer = 0;
  #failures = 0;
  #era = 0; // counts sign-ins and sign-outs, so that an answer that arrives late is dropped

  constructor() {
    super();
    onOtherTab((message) => this.#hear(message));
  }

  get canRestore() {
    return readRefresh() !== null;
  }

  async signIn(username, password) {
    const pair = await tokenApi.obtain(username, password);
    this.#era++;
    this.automaticRefreshes = 0;
    this.#adopt(pair);
    this.#emit('signed-in', { reason: 'sign-in' });
  }

  /** Resolves to true when a new access token is there. Whoever asks while one is under way shares its outcome. */
  refresh(reason) {
    this.#refreshing ??= this.#refreshOnce(reason).finally(() => { this.#refreshing = null; });
    return this.#refreshing;
  }

  refreshIfDue() {
    if (this.token?.isDue) this.refresh('automatic');
  }

  async signOut() {
    clearTimeout(this.#timer);
    // A refresh under way would leave its successor behind, alive; wait and end that one.
    await this.#refreshing;
    const last = readRefresh();
    if (this.token === null) return;
    try {
      await tokenApi.blacklist(last);
      this.#leave('sign-out', 'You are signed out.');
    } catch (error) {
      const words = error.status === 401 ? 'You are signed out. The session had already ended.'
        : `You are signed out here, but the server could not be told, so the session lives there until it expires. ${error.message}`;
      this.#leave('sign-out', words);
    }
  }

  async #refreshOnce(reason) {
    const era = this.#era;
    clearTimeout(this.#timer);
    try {
      return await inTurn(() => this.#exchange(reason, era));
    } catch (error) {
      if (era === this.#era) this.#refused(error, reason);
      return false;
    }
  }

  async #exchange(reason, era) {
    // Read only now: another tab may have rotated it while this one waited for its turn.
    const spent = readRefresh();
    if (spent === null || era !== this.#era) return false;
    const answer = await tokenApi.refresh(spent);
    if (era !== this.#era) return false;
    const restoring = this.token === null;
    this.#adopt(answer);
    if (answer.refresh) tellRotated(spent, answer.refresh);
    if (reason === 'automatic' || reason === 'after-401') this.automaticRefreshes++;
    this.#emit(restoring ? 'signed-in' : 'refreshed', { reason });
    return true;
  }

  #adopt({ access, refresh }) {
    // The refresh token first: it is the one that cannot be had again. With rotation off there is none in the answer.
    if (refresh) writeRefresh(refresh);
    this.token = new AccessToken(access);
    this.#failures = 0;
    this.#wakeWhenDue();
  }

  #refused(error, reason) {
    if (error.status === 401 || error.status === 400) {
      this.#leave('ended', 'Your session has ended. Please sign in again.');
      return;
    }
    // Anything else says nothing about the session. Ask again soon: if only the answer was lost, the server repeats it
    // for a few seconds.
    const pause = Math.max(1, error.retryAfter ?? Math.min(LONGEST_PAUSE, 2 ** this.#failures++));
    this.#wakeIn(pause, () => this.refresh(reason));
    this.#emit('trouble', { words: `The session could not be refreshed. ${error.message} Trying again in ${pause} s.` });
  }

  #wakeWhenDue() {
    const { token } = this;
    this.#wakeIn(token.remaining - token.margin, () => (token.isDue ? this.refresh('automatic') : this.#wakeWhenDue()));
  }

  #wakeIn(seconds, action) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(action, Math.min(LONGEST_TIMER, Math.max(50, seconds * 1000)));
  }

  #leave(reason, words) {
    const last = readRefresh();
    this.#era++;
    clearTimeout(this.#timer);
    this.token = null;
    this.#failures = 0;
    clearRefresh();
    if (last !== null && reason !== 'other-tab') tellEnded(last);
    this.#emit('signed-out', { reason, words });
  }

  #hear({ kind, previous, successor }) {
    if (previous !== readRefresh()) return;
    if (kind === 'rotated') writeRefresh(successor);
    else this.#leave('other-tab', 'The session was ended in another tab.');
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
