import { element } from './dom.js';

const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/g;

/** The text as nodes: JSON indented and coloured, anything else as it came. */
export function bodyNodes(text) {
  let pretty;
  try {
    pretty = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return [text];
  }
  const nodes = [];
  let end = 0;
  for (const match of pretty.matchAll(TOKENS)) {
    const [whole, string, colon = '', literal] = match;
    nodes.push(pretty.slice(end, match.index));
    nodes.push(element('span', literal ? 'json-literal' : colon ? 'json-key' : 'json-string', literal ?? string), colon);
    end = match.index + whole.length;
  }
  nodes.push(pretty.slice(end));
  return nodes;
}
