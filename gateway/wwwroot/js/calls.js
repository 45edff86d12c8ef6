/** The calls offered on the page. `anonymous` ones are sent without the token even when there is one. */
export const CALLS = [
  { id: 'public', method: 'GET', path: '/api/public/echo/hello', who: 'Anyone', note: 'Sent without the token', anonymous: true },
  { id: 'profile', method: 'GET', path: '/api/profile/', who: 'Any signed-in user', note: 'Who the back end thinks you are' },
  { id: 'echo', method: 'GET', path: '/api/echo/hello', who: 'Any signed-in user', note: 'What the back end received' },
  { id: 'orders', method: 'GET', path: '/api/orders', who: 'Scope orders:read', note: 'List the orders' },
  {
    id: 'create-order', method: 'POST', path: '/api/orders', who: 'Scope orders:write', note: 'Place an order',
    input: { id: 'order-item', label: 'Item', value: 'Brass door knocker', body: (item) => ({ item }) },
  },
  { id: 'admin', method: 'GET', path: '/api/admin/', who: 'Role admin', note: 'Everyone else gets 403' },
  { id: 'flaky', method: 'GET', path: '/api/flaky', who: 'Any signed-in user', note: 'Fails at one of two back ends; the gateway retries at the other' },
  { id: 'slow', method: 'GET', path: '/api/slow', who: 'Any signed-in user', note: 'Takes its time' },
  { id: 'events', method: 'GET', path: '/api/events', who: 'Any signed-in user', note: 'Live events until you stop', stream: true },
];
