const BY_STATUS = {
  400: 'The request was not understood.',
  401: 'You need to sign in for this.',
  403: 'You are signed in, but not allowed to do this.',
  404: 'There is nothing at this address.',
  405: 'This address does not accept that method.',
  413: 'The request was too large.',
  429: 'Too many requests in a short time.',
  500: 'The server failed while answering.',
  502: 'The gateway got no usable answer from the service behind it.',
  503: 'The service is not available at the moment.',
  504: 'The service behind the gateway took too long to answer.',
};

export const NO_ANSWER = 'The server could not be reached. Check your connection and try again.';

/** What went wrong, in sentences: simplejwt and problem+json bodies, field errors, or nothing but a status. */
export function errorInWords(status, body) {
  const sentences = describe(body);
  return sentences.length > 0 ? sentences : [BY_STATUS[status] ?? `The server answered with status ${status}.`];
}

/** Adds when to try again, unless the server's own words say so already. */
export function withRetryAdvice(sentences, seconds) {
  if (!(seconds > 0) || sentences.some((text) => /\bin \d+ s/.test(text))) return sentences;
  return [...sentences, `You can try again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`];
}

/** Retry-After in whole seconds, or null. A date is measured against the server's own Date, not this device's clock. */
export function retryAfterSeconds(headers) {
  const value = headers.get('Retry-After');
  if (!value) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.parse(headers.get('Date'))) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

function describe(body) {
  if (body === null || typeof body !== 'object') return [];
  if (typeof body.detail === 'string' && body.detail) return [sentence(body.detail), ...causes(body)];
  const fields = fieldErrors(body);
  if (fields.length > 0) return fields;
  return typeof body.title === 'string' && body.title ? [sentence(body.title)] : [];
}

function causes({ messages }) {
  if (!Array.isArray(messages)) return [];
  return messages.map((entry) => entry?.message).filter((text) => typeof text === 'string').map(sentence);
}

function fieldErrors(body) {
  const lines = [];
  for (const [field, errors] of Object.entries(body)) {
    if (!Array.isArray(errors) || !errors.every((error) => typeof error === 'string')) continue;
    const label = field === 'non_field_errors' ? '' : `${field.charAt(0).toUpperCase()}${field.slice(1)}: `;
    lines.push(...errors.map((error) => label + sentence(error)));
  }
  return lines;
}

function sentence(text) {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
