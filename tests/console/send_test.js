// Sending from the console.

import assert from 'node:assert/strict';

import {eventually} from './browser.js';

const reply = '#reply section[aria-label=Reply]';

async function ready(tab) {
    await eventually(async () => assert.match(await tab.find('#body').inputValue(), /Envelope/));
}

export default {
    'send: a filled sample in either SOAP version is stored, with the reply beside it': async ({tab, sandbox}) => {
        await tab.open('send');
        await tab.sees('#reply', 'The reply will be here');
        for (const [soap, namespace] of [['1.1', /schemas\.xmlsoap\.org/], ['1.2', /2003\/05\/soap-envelope/]]) {
            await tab.find('#soap').selectOption(soap);
            await eventually(async () => assert.match(await tab.find('#body').inputValue(), namespace));
            await tab.find('#send').click();
            await tab.sees(reply, 'Success');
            const {entries: [entry]} = await sandbox.api('GET', '/journal?limit=1');
            assert.equal(entry.outcome, 'stored');
            assert.equal(entry.soap, soap);
            const at = async (selector) => tab.find(selector).boundingBox();
            assert((await at(reply)).x > (await at('#body')).x + 300, 'the reply is not beside the message');
            await tab.sees(reply, 'status 200');
            if (soap === '1.1') continue;
            await tab.find(`${reply} a`, {hasText: 'How it was decided'}).click();
            await tab.sees('h1', `#${entry.id}`);
        }
    },

    'send: a magic account gives its outcome, and what is typed is what is sent': async ({tab, sandbox}) => {
        await tab.open('send');
        await ready(tab);
        await tab.find('#account').selectOption('000000000001');
        assert.match(await tab.find('#body').inputValue(), />000000000001</);
        await tab.find('#send').click();
        await tab.sees(reply, 'AuthenticationFailed');

        await tab.find('#body').fill('<not XML');
        await tab.find('#body').press('Control+Enter');
        await tab.sees(reply, 'status 400');
        const {entries: [entry]} = await sandbox.api('GET', '/journal?limit=1');
        assert.equal((await sandbox.api('GET', `/journal/${entry.id}`)).request.body, '<not XML');

        await tab.find('#refill').click();
        await eventually(async () => assert.match(await tab.find('#body').inputValue(), />000000000001</));
        await tab.find('#account').selectOption('');
        await eventually(async () => assert.doesNotMatch(await tab.find('#body').inputValue(), />000000000001</));
    },
};
