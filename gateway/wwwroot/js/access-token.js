import { decodeClaims } from './jwt.js';

const LONGEST_MARGIN = 30;
const MARGIN_SHARE = 0.2;

/** An access token and its own countdown, in seconds. */
export class AccessToken {
  #receivedMonotonic = performance.now();
  #receivedWall = Date.now();

  constructor(text) {
    this.text = text;
    this.claims = decodeClaims(text);
    // exp and iat are both the server's; comparing exp with the clock of this device would trust a clock nobody set.
    this.lifetime = this.claims.exp - this.claims.iat;
    if (!(this.lifetime > 0)) throw new TypeError('The access token has no usable lifetime.');
    this.margin = Math.min(LONGEST_MARGIN, this.lifetime * MARGIN_SHARE);
  }

  get remaining() {
    // The monotonic clock may stand still while the device sleeps and the wall clock may be set back. The larger
    // of the two is safe: at worst the token is refreshed early.
    const elapsed = Math.max(performance.now() - this.#receivedMonotonic, Date.now() - this.#receivedWall);
    return Math.max(0, this.lifetime - elapsed / 1000);
  }

  get isDue() {
    return this.remaining <= this.margin;
  }
}
