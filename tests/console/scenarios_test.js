// Making scenarios, and switching them.

import assert from 'node:assert/strict';

import {eventually} from './browser.js';
import {with_text} from './program.js';

const account = (number) => ({change: (body) => with_text('AccountNumber', number)(body)});
const save = (tab) => tab.find('button', {hasText: 'Save'}).click();

async function only_scenario(sandbox) {
    const {scenarios} = await sandbox.api('GET', '/scenarios');
    assert.equal(scenarios.length, 1);
    return scenarios[0];
}

export default {
    'scenarios: made in the form, it answers; changed, switched off and deleted': async ({tab, sandbox}) => {
        await tab.open('scenarios');
        await tab.sees('#scenarios', 'No scenario yet');
        await tab.find('a', {hasText: 'Make the first'}).click();
        await tab.find('[name=name]').fill('timeout');
        await tab.find('[data-pairs=Field] [data-part=name]').fill('Account/AccountNumber');
        await tab.find('[data-pairs=Field] [data-part=value]').fill('999');
        await tab.find('[name=kind]').selectOption('fault');
        await tab.find('[name=text]').fill('Timeout expired.');
        await save(tab);
        await tab.sees('#scenarios', 'Server fault: Timeout expired.');

        const refused = await sandbox.post(account('999'));
        assert.equal(refused.status, 500);
        assert.match(refused.text, /Timeout expired\./);
        assert.equal((await sandbox.post(account('998'))).status, 200);
        await tab.page.reload();
        await eventually(async () =>
            assert.equal(await tab.find('#scenarios tbody td.number').textContent(), '1'));

        const {entries} = await sandbox.api('GET', '/journal');
        await tab.open(`requests/${entries[1].id}`);
        await tab.sees('.facts', 'timeout');
        await tab.find('.facts a', {hasText: 'timeout'}).click();
        await tab.find('[name=text]').fill('Gone fishing.');
        await save(tab);
        await tab.sees('#scenarios', 'Gone fishing.');
        assert.match((await sandbox.post(account('999'))).text, /Gone fishing\./);

        const on = tab.find('[role=switch]');
        await on.click();
        await tab.sees('tr.off', 'timeout');
        assert.equal((await sandbox.post(account('999'))).status, 200);
        await on.click();
        await tab.find('tr.off').waitFor({state: 'detached'});
        assert.equal((await sandbox.post(account('999'))).status, 500);

        tab.page.once('dialog', (dialog) => dialog.accept());
        await tab.find('[aria-label="Delete timeout"]').click();
        await tab.sees('#scenarios', 'No scenario yet');
        assert.equal((await sandbox.post(account('999'))).status, 200);
    },

    'scenarios: every matcher and every answer is as filled in, and survives the form': async ({tab, sandbox}) => {
        const match = {
            operation: 'CreateCallLog', soap: '1.2', header: {'X-Test': '1', 'X-Other': 'a b'},
            credential: 'any registered', xpath: "//AccountNumber[.='999']",
            fields: {'Account/AccountNumber': '999', MessageId: 'm-1'}, call: 2,
        };
        const answers = [
            {kind: 'success'}, {kind: 'pass', delay_ms: 500}, {kind: 'garbage', delay_ms: {from: 100, to: 900}},
            {kind: 'error_data', code: 'Custom', description: 'd', native_error_detail: 'n'},
            {kind: 'fault', code: 'Client', text: 'No.', status: 500},
            {kind: 'http', status: 503, headers: {'Retry-After': '7'}, body: 'later'},
            {kind: 'reset', when: 'after_storing'}, {kind: 'truncated', bytes: 10},
            {kind: 'store_without_answer'}, {kind: 'answer_without_storing'},
        ];
        for (const answer of answers) {
            const given = {name: `all of it: ${answer.kind}`, enabled: true, match, answer, times: 3};
            await sandbox.api('DELETE', '/scenarios');
            await sandbox.api('POST', '/scenarios', given);
            const {id} = await only_scenario(sandbox);
            await tab.open(`scenarios/${id}`);
            await save(tab);
            await tab.sees('#scenarios', given.name);
            const {id: same, used, ...kept} = await only_scenario(sandbox);
            assert.equal(same, id);
            assert.equal(used, 0);
            assert.deepEqual(kept, given);
        }
    },

    'scenarios: a field that the server refuses is explained in the form': async ({tab, sandbox}) => {
        tab.expect_fault(/400/);
        await tab.open('scenarios/new');
        await tab.find('[name=name]').fill('broken');
        await tab.find('[name=xpath]').fill('//[[');
        await save(tab);
        await tab.sees('.failure', /xpath/i);
        assert.equal(await tab.find('[name=xpath]').inputValue(), '//[[');
        assert.deepEqual((await sandbox.api('GET', '/scenarios')).scenarios, []);
    },

    'scenarios: the magic accounts are listed, and lead to the form that sends': async ({tab, sandbox}) => {
        await tab.open('scenarios');
        const {magic_accounts} = await sandbox.api('GET', '/magic-accounts');
        await eventually(async () =>
            assert.equal(await tab.find('.magic li').count(), magic_accounts.length));
        assert(magic_accounts.length >= 13);
        await tab.find('.magic li', {hasText: '000000000001'}).locator('a').click();
        await eventually(async () =>
            assert.match(await tab.find('#body').inputValue(), />000000000001</));
    },
};
