// What is in a message is text, and stays on this machine.

import assert from 'node:assert/strict';

import {eventually} from './browser.js';

const planted = '<img src=x onerror="window.planted=1"><script>window.planted=1</script>';
const in_xml = planted.replaceAll('<', '&lt;').replaceAll('"', '&quot;');

async function check_inert(tab, where) {
    const found = await tab.page.evaluate(() => ({
        planted: globalThis.planted ?? null,
        elements: document.querySelectorAll('main img, main script, dialog img, dialog script').length,
    }));
    assert.deepEqual(found, {planted: null, elements: 0}, where);
}

export default {
    'safety: markup planted in every field of a message is shown as text': async ({tab, sandbox}) => {
        // Every value of the sample that is a text, in the header too; dates and numbers stay valid.
        await sandbox.post({
            headers: {'X-Test': planted, 'User-Agent': planted},
            change: (body) => body.replace(/>([^<>]*[A-Za-z][^<>]*)<\//g, (whole, text) =>
                (/^\d|^(true|false)$|^\s*$/.test(text) ? whole : `>${in_xml}</`)),
        });
        await sandbox.post({headers: {'Content-Type': 'text/xml'}, change: () => planted});
        await sandbox.post({headers: {SOAPAction: `"${planted.replaceAll('"', "'")}"`}});
        await sandbox.api('POST', '/scenarios', {
            name: planted, match: {header: {'X-Test': planted}, credential: planted, fields: {MessageId: planted}},
            answer: {kind: 'http', status: 503, headers: {'X-Test': planted}, body: planted}});
        await sandbox.post({headers: {'X-Test': planted}});
        await tab.open('requests');
        await eventually(async () => assert.equal(await tab.find('#requests tr').count(), 4));
        await check_inert(tab, 'list');
        const {entries} = await sandbox.api('GET', '/journal');
        assert(entries.some(({message_id: id}) => id === planted), 'no message id with it');
        for (const {id} of entries) {
            await tab.open(`requests/${id}`);
            await check_inert(tab, `request ${id}`);
            for (const raw of await tab.find('.segment', {hasText: 'Raw'}).all()) await raw.click();
            for (const summary of await tab.find('summary').all()) await summary.click();
            await check_inert(tab, `request ${id}, raw`);
        }
        const stored = entries.find(({call_log_id: id, message_id}) => id && message_id === planted);
        await tab.open(`requests/${stored.id}`);
        await tab.sees('.card', planted);
        await tab.open('scenarios');
        await tab.sees('#scenarios', planted);
        await check_inert(tab, 'scenarios');
        const {scenarios: [{id}]} = await sandbox.api('GET', '/scenarios');
        await tab.open(`scenarios/${id}`);
        await check_inert(tab, 'scenario form');
        await tab.open('send');
        await tab.find('#body').fill(planted);
        await tab.find('#send').click();
        await tab.find('#reply section').waitFor();
        await check_inert(tab, 'send');
        await tab.open(`no-such-page${encodeURIComponent(planted)}`);
        await check_inert(tab, 'no such page');
    },

    'safety: no script can make markup of text, and no other page can hold the console': async ({tab, program}) => {
        tab.expect_fault(/TrustedHTML/);
        await tab.open('requests');
        const refused = await tab.page.evaluate(() => {
            try {
                document.createElement('p').innerHTML = '<b>x</b>';
                return 'taken';
            } catch (error) {
                return error.name;
            }
        });
        assert.equal(refused, 'TypeError');
        const {headers} = await fetch(program.admin, {headers: {Accept: 'text/html'}});
        assert.match(headers.get('Content-Security-Policy'), /frame-ancestors 'none'/);
    },
};

/** Looks at what all tests' pages asked for. */
export async function check_origins(browser, program) {
    assert(browser.requests.length > 0, 'no page asked for anything');
    const others = browser.requests.filter((address) =>
        !address.startsWith('data:') && new URL(address).origin !== program.admin);
    assert.deepEqual(others, []);
}
