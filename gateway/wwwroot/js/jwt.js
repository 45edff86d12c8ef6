/** The claims of a JWT. Reading is not trusting: only the gateway, which checks the signature, decides anything from them. */
export function decodeClaims(jwt) {
  const parts = String(jwt).split('.');
  if (parts.length !== 3) throw new TypeError('The access token is not a JWT.');
  const base64 = parts[1].replaceAll('-', '+').replaceAll('_', '/');
  // atob yields one character per byte, so names beyond ASCII need a real UTF-8 decode.
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}
