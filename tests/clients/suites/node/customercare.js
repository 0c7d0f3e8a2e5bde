// customercare as the backend of tests with node:test: one server per file, a sandbox per test.
// $CUSTOMERCARE names the program; by default it is the one on the PATH.
'use strict';

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { randomUUID } = require('node:crypto');
const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { createInterface } = require('node:readline');

/** A server; stop() ends it, and so does the end of this process. */
async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'customercare-'));
  const server = spawn(process.env.CUSTOMERCARE || 'customercare', [
    'serve', '--mode', 'stand-in', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0',
    '--exit-with-parent', '--database', join(folder, 'calls.db'),
    '--set', `log.file=${join(folder, 'log')}`,
  ], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const line = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).once('line', resolve);
    server.once('error', reject);
    ended.then((code) => reject(new Error(`customercare ended with ${code}`)));
  });
  const ready = JSON.parse(line.replace(/^READY /, ''));
  return {
    sandbox: () => new Sandbox(ready),
    async stop() {
      server.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** A service that nobody else sees: `service` is the address for the program under test. */
class Sandbox {
  constructor(ready) {
    const name = `node-${randomUUID()}`;
    this.service = ready.service.replace('/webservices/', `/sandbox/${name}/webservices/`);
    this.admin = `${ready.admin}/sandbox/${name}`;
    this.itself = `${ready.admin}/sandboxes/${name}`;
  }

  /** One request of the JSON interface (GET /openapi.json). */
  async ask(method, path, body) {
    const reply = await fetch(this.admin + path, {
      method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' },
    });
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }

  /** Fails unless there are so many call logs with these fields within two seconds. */
  async verifyCallLogs(count, where = {}) {
    const result = await this.ask('POST', '/verify', {
      call_logs: { where, count }, wait_ms: 2000,
    });
    assert.ok(result.satisfied, result.text);
  }

  async drop() {
    await fetch(this.itself, { method: 'DELETE' });
  }
}

module.exports = { start };
