'use strict';

const assert = require('node:assert/strict');
const { after, afterEach, before, beforeEach, describe, it } = require('node:test');
const { start } = require('./customercare.js');

/** The program under test: true if the call log is stored. */
async function reportCall(sandbox, account) {
  const { body } = await sandbox.ask('GET', '/sample?soap=1.1');
  const reply = await fetch(sandbox.service, {
    method: 'POST',
    body: body.replace(/(<AccountNumber>)[^<]*/, `$1${account}`),
    headers: {
      'Content-Type': 'text/xml; charset=utf-8',
      SOAPAction: '"http://ws.southernco.com/CustSvc-iHub/CreateCallLog"',
    },
  });
  return (await reply.text()).includes('<ResponseCode>0</ResponseCode>');
}

describe('calls', () => {
  let customercare;
  let sandbox;
  before(async () => { customercare = await start(); });
  after(async () => { await customercare.stop(); });
  beforeEach(() => { sandbox = customercare.sandbox(); });
  afterEach(async () => { await sandbox.drop(); });

  it('are stored', async () => {
    assert.ok(await reportCall(sandbox, '4711'));
    await sandbox.verifyCallLogs(1, { 'Account/AccountNumber': '4711' });
  });

  it('are refused on demand', async () => {
    assert.ok(!await reportCall(sandbox, '000000000002')); // A magic account: ValidationFailed.
    await sandbox.verifyCallLogs(0);
  });

  it('that are missing are told of', async () => {
    assert.ok(await reportCall(sandbox, '4712'));
    await assert.rejects(sandbox.verifyCallLogs(1, { 'Account/AccountNumber': '4711' }),
      /AccountNumber/);
  });
});
