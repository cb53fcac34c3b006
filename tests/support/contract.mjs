// Holds every answer that a test gets against what /openapi.json says about it.
import assert from 'node:assert/strict';
import Ajv2020 from 'ajv/dist/2020.js';

const kId = 'florin-openapi';
const pointer = (...names) => '#/' + names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');

export class Contract {
  constructor(document) {
    this.document = document;
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    this.ajv.addSchema(document, kId);
    this.routes = Object.entries(document.paths).map(([pattern, operations]) => ({
      pattern,
      operations,
      // A path without parameters goes before one that has some, as in the server.
      parameters: (pattern.match(/\{/g) ?? []).length,
      match: new RegExp('^' + pattern.replace(/\{[^}]+\}/g, '[^/]+') + '$'),
    }));
    this.routes.sort((a, b) => a.parameters - b.parameters);
  }

  // All { method, pattern, operation }.
  *operations() {
    for (const { pattern, operations } of this.routes)
      for (const [method, operation] of Object.entries(operations)) yield { method: method.toUpperCase(), pattern, operation };
  }

  violations(value, ...names) {
    const validate = this.ajv.getSchema(kId + pointer(...names));
    assert.ok(validate, `no schema at ${pointer(...names)}`);
    return validate(value) ? [] : validate.errors.map((error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`);
  }

  check(method, path, answer) {
    const verb = method.toLowerCase();
    const route = this.routes.find((one) => one.match.test(path) && one.operations[verb]);
    if (!route) {
      assert.ok(answer.status >= 400, `${method} ${path} answers ${answer.status} and is not described`);
      return;
    }
    const { responses } = route.operations[verb];
    const status = responses[answer.status] ? String(answer.status) : `${Math.floor(answer.status / 100)}XX`;
    const where = `${method} ${route.pattern} ${answer.status}`;
    assert.ok(responses[status], `${where} is not described`);
    if (!responses[status].content) return;
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/, where);
    const wrong = this.violations(answer.json, 'paths', route.pattern, verb, 'responses', status, 'content', 'application/json', 'schema');
    assert.deepEqual(wrong, [], `${where} is not as described: ${answer.text}`);
  }
}
