import { element, find } from './element.js';
import { percent, whole } from './figures.js';
import { partitionOf } from './partition-hash.js';

let cells = [];
let colors = new Map();
/** As it was known last. */
let layout = null;

/** Which member owns a message; undefined if nobody does, or the map could not be looked at yet. */
export function ownerOf(UUID) {
  return layout?.members[layout.owners[partitionOf(UUID, layout.owners.length)]];
}

/** Whether it is known who owns what. */
export function isMapKnown() {
  return layout !== null;
}

/** The class of a member's colour. */
export function colorOf(member) {
  const index = colors.get(member);
  return index === undefined ? '' : `owner-${index % 5}`;
}

/** Shows which member owns each partition. */
export function showMap({ layout: told, members }) {
  colors = new Map(members.map(({ name }, index) => [name, index]));
  if (told === null) return;
  layout = told;
  const map = find('#map');
  if (cells.length !== layout.owners.length) {
    cells = layout.owners.map(() => element('span'));
    map.replaceChildren(...cells);
  }
  layout.owners.forEach((owner, partition) => {
    const name = layout.members[owner];
    const cell = cells[partition];
    const className = name === undefined ? '' : colorOf(name);
    if (cell.className !== className) cell.className = className;
    cell.title = `partition ${partition}: ${name ?? 'nobody'}, ${whole(layout.entries[partition] ?? 0)} messages`;
  });
  const shares = members.map(({ name, partitions = 0 }) => ({ name, partitions }));
  map.setAttribute(
    'aria-label',
    `${layout.owners.length} partitions: ${shares.map(({ name, partitions }) => `${name} owns ${partitions}`).join(', ')}`,
  );
  find('#legend').replaceChildren(
    ...shares.map(({ name, partitions }) =>
      element(
        'li',
        {},
        element('span', { class: `swatch ${colorOf(name)}` }),
        `${name}: ${whole(partitions)} of ${layout.owners.length} (${percent(partitions, layout.owners.length)})`,
      ),
    ),
  );
}
