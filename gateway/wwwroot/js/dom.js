export const byId = (id) => document.getElementById(id);

/** An element with text. Everything the server sends goes through here or textContent, never through innerHTML. */
export function element(name, className, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

/** aria-disabled instead of disabled: the button keeps the keyboard focus while it works. */
export function setBusy(button, busy, words) {
  if (busy) {
    button.dataset.idleText ??= button.textContent;
    button.textContent = words;
    button.setAttribute('aria-disabled', 'true');
  } else {
    button.textContent = button.dataset.idleText ?? button.textContent;
    button.removeAttribute('aria-disabled');
  }
}

export const isBusy = (button) => button.getAttribute('aria-disabled') === 'true';

/** Runs the action on click, showing the words on the button until it is done. */
export function onClickBusy(button, words, action) {
  button.addEventListener('click', async () => {
    if (isBusy(button)) return;
    setBusy(button, true, words);
    try {
      await action();
    } finally {
      setBusy(button, false);
    }
  });
}
