import { CALLS } from './calls.js';
import { byId } from './dom.js';

/** Builds the list once; onCall receives the call and its body (undefined when it has none). */
export function buildCalls(onCall) {
  byId('call-list').append(...CALLS.map((call) => buildRow(call, onCall)));
}

/** Marks the row whose answer is on display. */
export function markCurrent(id) {
  for (const button of byId('call-list').querySelectorAll('[data-call]'))
    button.closest('.call').classList.toggle('current', button.dataset.call === id);
}

function buildRow(call, onCall) {
  const row = byId('call-row').content.firstElementChild.cloneNode(true);
  const find = (selector) => row.querySelector(selector);
  find('.method').textContent = call.method;
  find('.method').dataset.method = call.method;
  find('.path').textContent = call.path;
  find('.who-may').textContent = call.who;
  find('.note').textContent = call.note;
  const button = find('button');
  button.dataset.call = call.id;
  button.setAttribute('aria-label', `Call ${call.method} ${call.path}`);

  const input = find('input');
  if (call.input) {
    find('.call-input').hidden = false;
    find('label').textContent = call.input.label;
    find('label').htmlFor = input.id = call.input.id;
    input.value = call.input.value;
    input.addEventListener('keydown', (event) => { if (event.key === 'Enter') button.click(); });
  } else {
    find('.call-input').remove();
  }
  button.addEventListener('click', () => onCall(call, call.input?.body(input.value)));
  return row;
}
