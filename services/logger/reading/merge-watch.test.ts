import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMergeWatch } from './merge-watch.ts';

const A = { uuid: 'a', process: 'p1' };
const B = { uuid: 'b', process: 'p2' };

function openWatch({ safe }: { safe: boolean | undefined }) {
  const cluster = { safe, asked: 0 };
  const watch = createMergeWatch(async () => {
    cluster.asked++;
    return cluster.safe;
  });
  return { cluster, watch };
}

test('at its first look it asks whether all copies are in their places, and then no more', async () => {
  const { cluster, watch } = openWatch({ safe: false });
  await assert.rejects(
    watch.settle(() => [A, B]),
    /was merged/,
  );
  cluster.safe = true;
  await watch.settle(() => [A, B]);
  const { asked } = cluster;
  await watch.settle(() => [A, B]);
  watch.check([A, B]);
  assert.equal(cluster.asked, asked);
});

test('a member that was merged is under suspicion until the cluster is safe; one that was started anew is not', async () => {
  const { cluster, watch } = openWatch({ safe: true });
  await watch.settle(() => [A, B]);
  cluster.safe = false;
  const startedAnew = { uuid: 'b2', process: 'p3' };
  watch.check([A]);
  watch.check([A, startedAnew]);
  const merged = { uuid: 'b3', process: 'p3' };
  watch.check([A]);
  assert.throws(() => watch.check([A, merged]), /was merged/);
  await assert.rejects(
    watch.settle(() => [A, merged]),
    /was merged/,
  );
  watch.check([A]);
  assert.throws(() => watch.check([A, { uuid: 'b4', process: 'p3' }]), /was merged/);
  cluster.safe = true;
  await watch.settle(() => [A, { uuid: 'b4', process: 'p3' }]);
});

test('a member that does not say when it was started is under suspicion whenever it joins', async () => {
  const { watch } = openWatch({ safe: true });
  await watch.settle(() => [A]);
  assert.throws(() => watch.check([A, { uuid: 'c', process: 'c' }]), /was merged/);
});

test('where no health check can tell, nobody is under suspicion at the first look', async () => {
  const { watch } = openWatch({ safe: undefined });
  await watch.settle(() => [A, B]);
});

test('a member that joins while the question is under way is not cleared by its answer', async () => {
  const questions: ((safe: boolean) => void)[] = [];
  const asked = async () => {
    while (questions.length === 0) await new Promise(setImmediate);
    return questions.shift() ?? assert.fail();
  };
  const watch = createMergeWatch(() => new Promise((resolve) => questions.push(resolve)));
  let members = [A, B];
  const settled = watch.settle(() => members);
  const answerFirst = await asked();
  members = [A, { uuid: 'b2', process: 'p2' }];
  assert.throws(() => watch.check(members), /was merged/);
  answerFirst(true);
  const answerSecond = await asked();
  assert.throws(() => watch.check(members), /was merged/);
  answerSecond(true);
  await settled;
});
