import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../launched.ts';
import { DEFECTS } from './defects.ts';
import { FAULTS } from './faults.ts';
import { applyPatches, buildBroken } from './sabotage.ts';

for (const defect of DEFECTS) {
  test(`the defect ${defect.name} can be built into the sources as they are, and its faults are there`, async () => {
    const folder = await buildBroken(defect);
    try {
      for (const { file } of defect.patches)
        assert.notEqual(readFileSync(join(folder, file), 'utf8'), readFileSync(join(ROOT, file), 'utf8'));
    } finally {
      rmSync(folder, { recursive: true });
    }
    for (const fault of defect.faults)
      assert.ok(
        FAULTS.some((each) => each.name === fault),
        fault,
      );
  });
}

test('a patch whose text is missing, or is there twice, is an error', () => {
  const patches = [{ file: 'a', replace: 'x', by: 'y' }];
  assert.throws(() => applyPatches('abc', patches, 'a'), /0 times/);
  assert.throws(() => applyPatches('x x', patches, 'a'), /2 times/);
  assert.equal(applyPatches('a x', patches, 'a'), 'a y');
  assert.equal(applyPatches('x x', patches, 'another'), 'x x');
});
