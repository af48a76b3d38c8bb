import { showMessage } from './detail.js';
import { element, find, setText } from './element.js';
import { timeOf, timeOfDay, whole } from './figures.js';
import { colorOf, isMapKnown, ownerOf } from './partition-map.js';
import { visible } from './visible.js';

const LIVE_ROWS = 200;
const MAX_ROWS = 5_000;
const PAGE = 50;
const NEAR_TOP = 20;
const AGAIN_MS = 2_000;
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The rows that are shown, the newest first, by their UUIDs. */
const shown = new Map();
/** What is looked for; undefined: nothing, the tail is live. */
let wanted;
let held = [];
let skipped = 0;
let oldest;
/** What tells the load that is under way from those that were given up; undefined: none is. */
let loading;
/** Whether newer ones are not known, as touch was lost. */
let hasGap = false;

/** Wires the search, and older messages by scrolling. */
export function wireTail() {
  find('#search').addEventListener('submit', (event) => {
    event.preventDefault();
    search(find('#wanted').value.trim());
  });
  find('#live').addEventListener('click', () => search(''));
  find('#rows').addEventListener('scroll', onScroll);
  new IntersectionObserver(([entry]) => entry.isIntersecting && void loadOlder(), { root: find('#rows') }).observe(
    find('#more'),
  );
}

/** Shows the newest messages, at the beginning and after touch was lost. Who reads further down is not disturbed. */
export async function reloadTail() {
  if (wanted !== undefined) return;
  hasGap = find('#rows').scrollTop >= NEAR_TOP && shown.size > 0;
  if (hasGap) return tell();
  await loadAnew();
}

async function loadAnew() {
  find('#rows tbody').replaceChildren();
  shown.clear();
  held = [];
  oldest = undefined;
  loading = undefined;
  await loadOlder();
}

/** Adds what was just acknowledged. */
export function addToTail(frame) {
  if (wanted !== undefined) return;
  skipped += frame.skipped;
  held.push(...frame.rows);
  if (find('#rows').scrollTop < NEAR_TOP) showHeld();
  else held = held.slice(-LIVE_ROWS);
  tell();
}

/** Shows the owners of now. */
export function recolor() {
  for (const row of shown.values()) paint(row);
}

function showHeld() {
  const body = find('#rows tbody');
  const fresh = held.filter(({ UUID }) => !shown.has(UUID)).slice(-LIVE_ROWS);
  held = [];
  // One by one from the oldest: each comes to stand above those before it.
  body.prepend(...fresh.map(makeRow).reverse());
  while (body.rows.length > LIVE_ROWS) {
    shown.delete(body.lastElementChild.dataset.uuid);
    body.lastElementChild.remove();
  }
  oldest = body.lastElementChild?.dataset.uuid;
}

function onScroll() {
  if (find('#rows').scrollTop >= NEAR_TOP) return;
  if (hasGap) void reloadTail();
  else if (held.length > 0) showHeld();
  tell();
}

function tell() {
  const more = skipped > 0 ? `Too many to show each: ${whole(skipped)} were left out here (they are stored). ` : '';
  const above = hasGap ? 'There are newer ones above.' : held.length > 0 ? `${whole(held.length)} new ones above.` : '';
  setText(find('#tail-note'), wanted === undefined ? `${more}${above}` : `Those with “${wanted}”, the newest first.`);
}

async function loadOlder() {
  if (loading !== undefined || shown.size >= MAX_ROWS || oldest === 'end') return;
  const own = Symbol();
  loading = own;
  const note = find('#more');
  setText(note, 'looking for older ones …');
  try {
    const query = new URLSearchParams({ limit: String(PAGE) });
    if (oldest !== undefined) query.set('before', oldest);
    if (wanted !== undefined) query.set('text', wanted);
    const response = await fetch(`/ui/older?${query}`);
    const answer = await response.json();
    if (loading !== own) return; // all was loaded anew meanwhile
    if (!response.ok) throw new Error(answer.detail);
    const { messages } = answer;
    find('#rows tbody').append(...messages.filter(({ UUID }) => !shown.has(UUID)).map(makeRow));
    oldest = messages.length < PAGE ? 'end' : messages.at(-1).UUID;
    const none = wanted === undefined ? 'No messages yet. Send one.' : 'None.';
    setText(note, oldest !== 'end' ? 'Scroll for older ones.' : shown.size === 0 ? none : 'That is the first one.');
  } catch (error) {
    if (loading !== own) return;
    setText(note, `${error.message} Trying again.`);
    setTimeout(() => void loadOlder(), AGAIN_MS);
  } finally {
    if (loading === own) loading = undefined;
  }
}

function search(text) {
  if (UUID_PATTERN.test(text)) return void showMessage(text.toLowerCase());
  wanted = text === '' ? undefined : text;
  find('#live').hidden = wanted === undefined;
  if (wanted === undefined) find('#wanted').value = '';
  skipped = 0;
  find('#rows').scrollTop = 0;
  hasGap = false;
  void loadAnew();
  tell();
}

function makeRow({ UUID, text, length, at, logger, tried }) {
  const time = at ?? timeOf(UUID);
  const open = element(
    'button',
    { type: 'button' },
    ...visible(text),
    length > text.length ? ` … (${whole(length)})` : '',
  );
  open.addEventListener('click', () => void showMessage(UUID));
  const owner = element('td');
  const row = element(
    'tr',
    { 'data-uuid': UUID },
    element('td', {}, time === undefined ? '–' : timeOfDay(time)),
    element('td', {}, open, element('span', { class: 'uuid' }, UUID)),
    element('td', {}, logger ?? '–'),
    owner,
    element('td', { class: 'number', title: tried?.join(', ') }, tried === undefined ? '–' : String(tried.length)),
  );
  const made = { UUID, owner, name: undefined };
  shown.set(UUID, made);
  paint(made);
  return row;
}

function paint(row) {
  if (!isMapKnown()) return;
  const name = ownerOf(row.UUID) ?? 'nobody';
  if (name === row.name) return;
  row.name = name;
  const swatch = element('span', { class: `swatch ${colorOf(name)}`, 'aria-hidden': 'true' });
  row.owner.replaceChildren(swatch, element('span', { class: 'name' }, name));
}
