// Checks a signed code without asking anyone: the same rules as base/signing.py on the server.
import { hashes, verify } from "@noble/ed25519";
import { sha512 } from "@noble/hashes/sha2.js";

// Our own arithmetic instead of the browser's: old phones and offices without https have no Ed25519 of their own.
hashes.sha512 = sha512;

const VERSION = 1;
const ITEMS = [
  "version", "number", "kind", "year", "head", "household", "village", "commune", "communeCode", "decision",
  "decidedOn", "synthetic",
];

/**
 * What a code is worth: {state: "unreadable"}, {state: "unknown-key", key}, {state: "altered"}, or
 * {state: "intact", record} with the record's items by name. Nothing of a code that does not hold is given back.
 * `keys` are published keys by name, `context` is what stands before every signed text.
 */
export function check(code, { keys, context }) {
  const [text, key, signature, ...more] = code.split(".");
  const payload = bytes(text);
  if (!payload?.length || !signature || more.length) return { state: "unreadable" };
  if (!Object.hasOwn(keys, key)) return { state: "unknown-key", key: /^[0-9a-f]{8}$/.test(key) ? key : "?" };
  if (!holds(bytes(signature), payload, bytes(keys[key]), context)) return { state: "altered" };
  const record = read(payload);
  return record ? { state: "intact", record } : { state: "unreadable" };
}

function holds(signature, payload, key, context) {
  if (signature?.length !== 64 || key?.length !== 32) return false;
  const before = new TextEncoder().encode(context);
  const message = new Uint8Array(before.length + payload.length);
  message.set(before);
  message.set(payload, before.length);
  try {
    return verify(signature, message, key, { zip215: false });
  } catch {
    return false;
  }
}

/** The record of a payload whose signature holds; null where it is of a version this page does not know. */
function read(payload) {
  try {
    const items = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    if (!Array.isArray(items) || items[0] !== VERSION || items.length !== ITEMS.length) return null;
    return Object.fromEntries(ITEMS.map((name, place) => [name, items[place]]));
  } catch {
    return null;
  }
}

/** The bytes of base64url letters without padding, in their one spelling; null for anything else. */
function bytes(letters) {
  if (!letters || !/^[A-Za-z0-9_-]+$/.test(letters)) return null;
  try {
    const raw = atob(letters.replace(/-/g, "+").replace(/_/g, "/"));
    const again = btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    return again === letters ? Uint8Array.from(raw, (letter) => letter.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}
