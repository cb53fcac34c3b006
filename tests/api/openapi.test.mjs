// The interface's description: a valid OpenAPI 3.1 document that leaves no route out. (examples.test.mjs runs
// its examples; that every answer is as described, the tests' own client checks: support/contract.mjs.)
import assert from 'node:assert/strict';

import { createConfig, lintFromString } from '@redocly/openapi-core';

import { start_appliance } from '../support/appliance.mjs';

const florin = await start_appliance();
const { test, contract } = florin;
const { document } = contract;
const operations = [...contract.operations()];

test('the document says OpenAPI 3.1 and what it needs for itself', () => {
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.ok(document.info.title && document.info.version && document.info.license.identifier);
  assert.ok(document.components.securitySchemes.key);
});

test('a linter that we did not write finds nothing: all recommended rules, each an error', async () => {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const found = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config });
  assert.deepEqual(found.map(({ ruleId, message, location }) => `${ruleId}: ${location[0].pointer}: ${message}`), []);
});

test('every operation has a summary, a known tag, and an id of its own', () => {
  const tags = new Set(document.tags.map(({ name }) => name));
  const ids = operations.map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
  for (const { method, pattern, operation } of operations) {
    assert.ok(operation.summary, `${method} ${pattern}`);
    assert.ok(operation.tags.every((tag) => tags.has(tag)), `${method} ${pattern}`);
  }
});

test('every path parameter is declared, required, and in the path', () => {
  for (const { method, pattern, operation } of operations) {
    const named = [...pattern.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    const declared = (operation.parameters ?? []).filter((one) => one.in === 'path');
    assert.deepEqual(declared.map(({ name }) => name), named, `${method} ${pattern}`);
    assert.ok(declared.every(({ required, schema }) => required === true && schema));
  }
});

test('every operation describes a success and the errors, and every answer has a description', () => {
  for (const { method, pattern, operation } of operations) {
    const statuses = Object.keys(operation.responses);
    assert.ok(statuses.some((status) => /^[23]\d\d$/.test(status)), `${method} ${pattern}`);
    assert.ok(statuses.includes('4XX') && statuses.includes('5XX'), `${method} ${pattern}`);
    for (const response of Object.values(operation.responses)) assert.ok(response.description);
  }
});

test('every schema is JSON Schema 2020-12 and every $ref leads somewhere', () => {
  const walk = (value, at) => {
    if (Array.isArray(value)) value.forEach((one, i) => walk(one, `${at}/${i}`));
    else if (value && typeof value === 'object') {
      if (typeof value.$ref === 'string') {
        const found = value.$ref.slice(2).split('/').reduce((node, name) => node?.[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
        assert.ok(found, `${at} leads to ${value.$ref}, which is not there`);
      }
      for (const [name, one] of Object.entries(value)) walk(one, `${at}/${name}`);
    }
  };
  walk(document, '#');
  const schemas = [
    ...Object.values(document.components.schemas),
    ...operations.flatMap(({ operation }) => [
      operation.requestBody?.content['application/json'].schema,
      ...Object.values(operation.responses).map(({ content }) => content?.['application/json']?.schema),
      ...(operation.parameters ?? []).map(({ schema }) => schema),
    ]),
  ].filter(Boolean);
  for (const schema of schemas) assert.ok(contract.ajv.validateSchema(schema), JSON.stringify(contract.ajv.errors));
});

test('every route under /api that takes a key says so, and the open ones say that', () => {
  const open = operations.filter(({ operation }) => operation.security?.length === 0).map(({ pattern }) => pattern);
  assert.deepEqual(open.sort(), ['/api/v1/webhooks/{provider}/{account}', '/healthz', '/metrics', '/openapi.json', '/readyz', '/return/{merchant}/{id}']);
});

test('every route that the description names is served', async () => {
  for (const { method, pattern } of operations) {
    if (!pattern.startsWith('/api/')) continue;
    const answer = await florin.nobody().call(method, pattern.replace(/\{[^}]+\}/g, 'none'), method === 'POST' ? {} : undefined);
    assert.ok([401, 404].includes(answer.status), `${method} ${pattern}: ${answer.text}`);
    if (answer.status === 404) assert.notEqual(answer.json.error.code, 'unknown_path', pattern);
  }
});
