// The live list of requests.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';

import {eventually} from './browser.js';
import {with_before, with_text} from './program.js';

const rows = '#requests tr';

async function outcomes(tab) {
    return tab.find(`${rows} .outcome`).allTextContents();
}

async function expect_outcomes(tab, expected) {
    await eventually(async () => assert.deepEqual(await outcomes(tab), expected));
}

const unauthorised = {change: with_text('ID', '')};

export default {
    'list: empty, it gives the command for this very address, whose request then appears by itself':
        async ({tab, sandbox}) => {
            await tab.open('requests');
            await tab.sees('#nothing', 'No request yet');
            await tab.sees('#service-address', sandbox.service);
            await tab.find('button', {hasText: 'Copy the command'}).click();
            const command = await tab.copied();
            assert(command.includes(sandbox.service), command);
            const reply = execFileSync('sh', ['-c', command], {encoding: 'utf8'});
            assert(reply.includes('Success'), reply);
            await expect_outcomes(tab, ['stored']);
            assert.equal(await tab.find('#nothing').textContent(), '');
        },

    'list: newest first, live, with outcome, ids, account, explanation and ignored elements':
        async ({tab, sandbox}) => {
            await sandbox.post({change: with_text('MessageId', 'first')});
            await tab.open('requests');
            await sandbox.post(unauthorised);
            await sandbox.post({change: (body) => with_before('LastName', '<Nickname>A</Nickname>')(
                with_text('AccountNumber', '4711')(with_text('MessageId', 'third')(body)))});
            await expect_outcomes(tab, ['stored', 'AuthenticationFailed', 'stored']);
            const [third, second, first] = await tab.find(rows).allTextContents();
            assert.match(third, /CreateCallLog 1\.1third4711.*1 ignored.*Nickname.*200/);
            const {entries} = await sandbox.api('GET', '/journal');
            assert.equal(entries[1].outcome, 'AuthenticationFailed');
            assert(entries[1].explanation.length > 20, 'no explanation');
            assert(second.includes(entries[1].explanation), second);
            assert.match(first, /first/);
            await tab.sees('#count', '3 requests');
        },

    'list: filters and search, kept in the address, obeyed by what comes live': async ({tab, sandbox}) => {
        await sandbox.post({change: (body) => with_text('AccountNumber', '101')(with_text('MessageId', 'one')(body))});
        await sandbox.post({change: with_text('LogText', 'a needle in the text')});
        await sandbox.post(unauthorised);
        await sandbox.post({headers: {SOAPAction: '"nothing"'}});
        await tab.open('requests');
        await eventually(async () => assert.equal((await outcomes(tab)).length, 4));

        await tab.find('[name=outcome]').selectOption('AuthenticationFailed');
        await expect_outcomes(tab, ['AuthenticationFailed']);
        await sandbox.post();
        await sandbox.post(unauthorised);
        await expect_outcomes(tab, ['AuthenticationFailed', 'AuthenticationFailed']);
        await tab.page.reload();
        await expect_outcomes(tab, ['AuthenticationFailed', 'AuthenticationFailed']);
        assert.equal(await tab.find('[name=outcome]').inputValue(), 'AuthenticationFailed');

        await tab.find('button', {hasText: /^Clear$/}).click();
        await eventually(async () => assert.equal((await outcomes(tab)).length, 6));
        await tab.find('[name=account]').fill('101');
        await expect_outcomes(tab, ['stored']);
        await tab.find('[name=account]').fill('');
        await tab.find('[name=message_id]').fill('one');
        await expect_outcomes(tab, ['stored']);
        await tab.find('[name=message_id]').fill('');
        await tab.find('[name=text]').fill('a needle');
        await expect_outcomes(tab, ['stored']);
        await tab.find('[name=text]').fill('');
        await tab.find('[name=operation]').selectOption('CreateCallLog');
        await eventually(async () => assert.equal((await outcomes(tab)).length, 5));
        await tab.find('[name=text]').fill('nothing has this');
        await tab.sees('#nothing', 'No request matches');
        await tab.find('button', {hasText: 'Clear the filter'}).click();
        await eventually(async () => assert.equal((await outcomes(tab)).length, 6));
    },

    'list: what was typed last does not lead back to a page that is left': async ({tab, sandbox}) => {
        await sandbox.post();
        await tab.open('requests');
        await tab.sees('#count', '1 request');
        const hash = await tab.find('[name=text]').evaluate(async (input) => {
            input.value = 'x';
            input.dispatchEvent(new Event('input', {bubbles: true}));
            document.querySelector('nav a[data-page=scenarios]').click();
            // Set later and for longer than the list's own timer, it fires after that.
            await new Promise((resolve) => { setTimeout(resolve, 500); });
            return location.hash;
        });
        assert.match(hash, /^#\/scenarios/);
        await tab.sees('h1', 'Scenarios');
    },

    'list: older requests are loaded when asked for': async ({tab, sandbox}) => {
        for (let i = 0; i < 205; i += 1) await sandbox.post(unauthorised);
        await tab.open('requests');
        await eventually(async () => assert.equal(await tab.find(rows).count(), 200));
        await tab.find('#older').click();
        await eventually(async () => assert.equal(await tab.find(rows).count(), 205));
        assert(await tab.find('#older').isHidden());
        const ids = await tab.find(rows).evaluateAll((all) => all.map((row) => Number(row.dataset.id)));
        assert.deepEqual(ids, [...ids].sort((a, b) => b - a));
    },

    'list: paused, nothing moves; resumed, it catches up': async ({tab, sandbox}) => {
        await tab.open('requests');
        await tab.sees('#live', 'Live');
        await tab.find('#live').click();
        await tab.sees('#live', 'Paused');
        await sandbox.post();
        // A second tab sees it, so the first would have as well.
        await eventually(async () => assert.equal((await sandbox.api('GET', '/journal')).entries.length, 1));
        assert.deepEqual(await outcomes(tab), []);
        await tab.find('#live').click();
        await expect_outcomes(tab, ['stored']);
    },

    'list: emptied here or by a test suite, it begins anew': async ({tab, sandbox}) => {
        await sandbox.post();
        await sandbox.post();
        await tab.open('requests');
        await expect_outcomes(tab, ['stored', 'stored']);
        await sandbox.api('POST', '/reset');
        await sandbox.post(unauthorised);
        await expect_outcomes(tab, ['AuthenticationFailed']);
        tab.page.once('dialog', (dialog) => dialog.accept());
        await tab.find('#empty').click();
        await tab.sees('#nothing', 'No request yet');
        assert.deepEqual((await sandbox.api('GET', '/journal')).entries, []);
        await sandbox.post();
        await expect_outcomes(tab, ['stored']);
    },
};
