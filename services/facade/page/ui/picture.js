import { find, setText, shape } from './element.js';
import { span } from './figures.js';
import { colorOf, ownerOf } from './partition-map.js';
import { visibleText } from './visible.js';

const ROW = 52;
const HEIGHT = 40;
/** Where the boxes of each column begin, and how wide they are. */
const FACADE = { x: 2, width: 90 };
const LOGGERS = { x: 112, width: 110 };
const MEMBERS = { x: 242, width: 102 };
const WIDTH = 370;
const LIT_MS = 1_500;
const CAPTION_MS = 1_000;

/** The boxes and lines, by what they show; drawn anew when there are others. */
let boxes = new Map();
let lines = new Map();
let drawn = '';
let members = [];
/** How many other members have a copy; undefined where nobody can tell who. */
let copies;
const fading = new Map();
let latest;
let captionMs = 0;

/** Shows how the parts are: one that does not work is grey. */
export function showPicture(loggers, shownMembers, layout) {
  members = shownMembers;
  copies = layout?.copies;
  const names = JSON.stringify([loggers.map(({ name, member }) => [name, member]), members.map(({ name }) => name)]);
  if (names !== drawn) draw(loggers, members);
  drawn = names;
  for (const { name, words, kind } of [...loggers, ...members]) {
    const box = boxes.get(name);
    box.setAttribute('class', `box ${kind}`);
    setText(box.lastChild, words);
  }
  const states = (parts) => parts.map(({ name, words }) => `${name}: ${words}`).join(', ');
  const label = `The facade sends to the loggers (${states(loggers)}); each stores through its member (${states(members)}).`;
  if (find('#picture').getAttribute('aria-label') !== label) find('#picture').setAttribute('aria-label', label);
}

/** Lights up the ways of messages that were just acknowledged. */
export function lightWays(rows) {
  for (const { UUID, logger, tried } of rows) {
    for (const name of new Set(tried)) light(`to ${name}`, name === logger ? 'lit' : 'failed');
    light(`of ${logger}`, 'lit');
    const own = lines.get(`of ${logger}`)?.member;
    const isOnAll = copies !== undefined;
    const owner = ownerOf(UUID);
    for (const { name, kind } of members)
      if (kind !== 'bad' && name !== own && (isOnAll || name === owner)) light(`${own} ${name}`, 'lit');
  }
  if (rows.length === 0) return;
  if (latest === undefined) setTimeout(tellLatest, Math.max(0, captionMs + CAPTION_MS - Date.now()));
  latest = rows.at(-1);
}

function tellLatest() {
  const { UUID, text, logger, tried, tookMs } = latest;
  const start = visibleText(text.length > 30 ? `${text.slice(0, 30)}…` : text);
  const failed = tried.slice(0, tried.lastIndexOf(logger));
  const others = failed.length > 0 ? `${failed.join(' and ')} failed or took too long. Then ` : '';
  const own = lines.get(`of ${logger}`)?.member;
  const through = own === undefined ? '' : ` through ${own}`;
  const owner = ownerOf(UUID);
  const owned = owner === undefined ? '' : ` ${owner} owns it${copies > 0 ? '; the other members have copies' : ''}.`;
  setText(find('#way'), `“${start}”: ${others}${logger} stored it${through} in ${span(tookMs)}.${owned}`);
  captionMs = Date.now();
  latest = undefined;
}

function light(name, kind) {
  const line = lines.get(name)?.line;
  if (line === undefined) return;
  line.classList.remove('lit', 'failed');
  line.classList.add(kind);
  clearTimeout(fading.get(name));
  fading.set(
    name,
    setTimeout(() => line.classList.remove('lit', 'failed'), LIT_MS),
  );
}

function draw(loggers, members) {
  boxes = new Map();
  lines = new Map();
  const height = ROW * Math.max(loggers.length, members.length);
  const middle = (index, count) => height / 2 + (index - (count - 1) / 2) * ROW;
  const loggerY = new Map(loggers.map(({ name }, index) => [name, middle(index, loggers.length)]));
  const memberY = new Map(members.map(({ name }, index) => [name, middle(index, members.length)]));
  for (const { name, member } of loggers) {
    const y = loggerY.get(name);
    lines.set(`to ${name}`, { line: curve(FACADE.x + FACADE.width, height / 2, LOGGERS.x, y) });
    if (memberY.has(member))
      lines.set(`of ${name}`, { line: curve(LOGGERS.x + LOGGERS.width, y, MEMBERS.x, memberY.get(member)), member });
  }
  const right = MEMBERS.x + MEMBERS.width;
  for (const [from, y] of memberY)
    for (const [to, end] of memberY) {
      const d = `M${right} ${y}C${WIDTH} ${y} ${WIDTH} ${end} ${right} ${end}`;
      if (from !== to) lines.set(`${from} ${to}`, { line: shape('path', { class: 'line copy', d }) });
    }
  const facade = box('facade', FACADE, height / 2);
  setText(facade.lastChild, 'picks a logger');
  facade.setAttribute('class', 'box good');
  for (const [name, y] of loggerY) boxes.set(name, box(name, LOGGERS, y));
  for (const { name } of members) {
    const made = box(name, MEMBERS, memberY.get(name));
    const stripe = { x: MEMBERS.x + 5, y: memberY.get(name) - 12, width: 4, height: 24, rx: 2 };
    made.firstChild.after(shape('rect', { class: colorOf(name), ...stripe }));
    boxes.set(name, made);
  }
  const picture = find('#picture');
  picture.setAttribute('viewBox', `0 0 ${WIDTH} ${height}`);
  picture.replaceChildren(...[...lines.values()].map(({ line }) => line), facade, ...boxes.values());
}

function curve(x, y, toX, toY) {
  const half = (x + toX) / 2;
  return shape('path', { class: 'line', d: `M${x} ${y}C${half} ${y} ${half} ${toY} ${toX} ${toY}` });
}

function box(name, { x, width }, y) {
  return shape(
    'g',
    {},
    shape('rect', { x, y: y - HEIGHT / 2, width, height: HEIGHT, rx: 6 }),
    shape('text', { class: 'name', x: x + width / 2, y: y - 3 }, name),
    shape('text', { x: x + width / 2, y: y + 13 }),
  );
}
