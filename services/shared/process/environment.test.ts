import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFacadeConfig } from '../../facade/config.ts';
import { readLoggerConfig } from '../../logger/config.ts';
import { Environment } from './environment.ts';

test('without any variable the defaults hold', () => {
  const environment = new Environment({});
  const config = readFacadeConfig(environment);
  assert.equal(environment.objection(), undefined);
  assert.deepEqual([config.host, config.port, config.loggerUrls.length], ['127.0.0.1', 8000, 3]);
});

test('every problem is named at once', () => {
  const environment = new Environment({
    PORT: '80000',
    LOGGER_URLS: 'http://a:1,ftp://b',
    MESSAGES_URL: 'nowhere',
    LOG_LEVEL: 'loud',
    MAX_MESSAGE_BYTES: '1e3',
    REQUEST_TIMEOUT_MS: '-5',
  });
  readFacadeConfig(environment);
  const objection = environment.objection() ?? '';
  assert.match(objection, /6 problems/);
  for (const name of ['PORT', 'LOGGER_URLS', 'MESSAGES_URL', 'LOG_LEVEL', 'MAX_MESSAGE_BYTES', 'REQUEST_TIMEOUT_MS'])
    assert.match(objection, new RegExp(`^  - ${name} must be `, 'm'));
});

test('a folder is one that can be entered; whatever else it is, the other problems are named as well', () => {
  for (const DATA_FOLDER of ['relative', '/none', '/etc/passwd', '/etc/passwd/x', `/${'x'.repeat(300)}`]) {
    const environment = new Environment({ DATA_FOLDER, PORT: '80000' });
    readLoggerConfig(environment);
    assert.match(environment.objection() ?? '', /2 problems[\s\S]*DATA_FOLDER must be the absolute path of a folder/);
  }
  const environment = new Environment({ DATA_FOLDER: '/etc', PORT: '1' });
  assert.deepEqual([readLoggerConfig(environment).dataFolder, environment.problems], ['/etc', []]);
});

test('members have an address each, and each name once', () => {
  for (const [HAZELCAST_MEMBERS, names] of [
    ['a=h:1,b=h:2', ['a', 'b']],
    ['h:1,h:2', ['h:1', 'h:2']],
    ['h:1,h:1', undefined],
    ['a=h:1,a=h:2', undefined],
    ['a=h:1,b=h', undefined],
    ['a=h:1,b=h:99999', undefined],
  ] as const) {
    const environment = new Environment({ HAZELCAST_MEMBERS });
    const { memberAddresses } = readLoggerConfig(environment);
    if (names === undefined) assert.match(environment.objection() ?? '', /HAZELCAST_MEMBERS must be name=host:port/);
    else assert.deepEqual([...memberAddresses.keys()], names);
  }
});

test("a member's address has a host and a port", () => {
  for (const [address, isGood] of [
    ['127.0.0.1:5701', true],
    ['member-1:5701', true],
    ['127.0.0.1', false],
    ['http://a:1', false],
    ['a:0', false],
    ['a:70000', false],
  ] as const) {
    const environment = new Environment({ HAZELCAST_URL: address });
    readLoggerConfig(environment);
    if (isGood) assert.equal(environment.objection(), undefined);
    else assert.match(environment.objection() ?? '', /HAZELCAST_URL must be an address/);
  }
});

test('HOST is not read, as some shells and tools set it; words of a list may be in capitals', () => {
  const environment = new Environment({ HOST: '0.0.0.0', LOG_LEVEL: 'INFO', LOG_FORMAT: 'Pretty' });
  const { host, log } = readFacadeConfig(environment);
  assert.deepEqual([host, log, environment.problems], ['127.0.0.1', { level: 'info', format: 'pretty' }, []]);
});

test('the lab is off, and refused where others can reach the page', () => {
  for (const [variables, hasLab] of [
    [{}, false],
    [{ LAB: '1' }, true],
    [{ LAB: '1', TRILOG_HOST: '127.0.0.2' }, true],
    [{ LAB: '1', TRILOG_HOST: 'LOCALHOST' }, true],
    [{ LAB: '1', TRILOG_HOST: '0:0:0:0:0:0:0:1' }, true],
    [{ LAB: '1', TRILOG_HOST: '0.0.0.0' }, undefined],
    [{ LAB: '1', TRILOG_HOST: '::' }, undefined],
    [{ LAB: '1', TRILOG_HOST: '127.example' }, undefined],
    [{ LAB: 'yes' }, undefined],
  ] as const) {
    const environment = new Environment(variables);
    const config = readFacadeConfig(environment);
    if (hasLab === undefined) assert.match(environment.objection() ?? '', /LAB must be/);
    else assert.deepEqual([config.hasLab, environment.objection()], [hasLab, undefined]);
  }
});
