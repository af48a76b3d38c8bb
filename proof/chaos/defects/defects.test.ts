import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../../../test/launched.ts';
import { FAULTS } from '../faults/faults.ts';
import { applyPatches, buildBroken } from './defect-proof.ts';
import { DEFECTS } from './defects.ts';

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

test('a defect that cannot be built leaves no folder', async () => {
  const [defect] = DEFECTS;
  assert.ok(defect !== undefined);
  const TMPDIR = mkdtempSync(join(tmpdir(), 'trilog-defects-'));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = TMPDIR;
  try {
    const patches = [{ file: 'launch.sh', replace: 'no such text', by: '' }];
    await assert.rejects(buildBroken({ ...defect, patches }), /launch\.sh has the text "no such text" 0 times/);
    assert.deepEqual(readdirSync(TMPDIR), []);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(TMPDIR, { recursive: true });
  }
});

test('a patch whose text is missing, or is there twice, is an error', () => {
  const patches = [{ file: 'a', replace: 'x', by: 'y' }];
  assert.throws(() => applyPatches('abc', patches, 'a'), /0 times/);
  assert.throws(() => applyPatches('x x', patches, 'a'), /2 times/);
  assert.equal(applyPatches('a x', patches, 'a'), 'a y');
  assert.equal(applyPatches('x x', patches, 'another'), 'x x');
});
