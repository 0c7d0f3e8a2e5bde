// The console without a mouse.

import assert from 'node:assert/strict';

import {eventually} from './browser.js';

const focused = (tab) => tab.page.evaluate(() => document.activeElement.closest('tr')?.dataset.id ?? '');

export default {
    'keys: along the list, into a request and back to the same place': async ({tab, sandbox}) => {
        for (let i = 0; i < 3; i += 1) await sandbox.post();
        const {entries} = await sandbox.api('GET', '/journal');
        const ids = entries.map(({id}) => String(id));
        await tab.open('requests');
        await eventually(async () => assert.equal(await tab.find('#requests tr').count(), 3));
        const press = async (key, id) => {
            await tab.page.keyboard.press(key);
            assert.equal(await focused(tab), id, key);
        };
        await press('j', ids[0]);
        await press('j', ids[1]);
        await press('ArrowDown', ids[2]);
        await press('k', ids[1]);
        await press('ArrowUp', ids[0]);
        await press('j', ids[1]);
        const outline = await tab.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
        assert.equal(outline, 'solid', 'the focus is not to be seen');
        await tab.page.keyboard.press('Enter');
        await tab.sees('h1', `#${ids[1]}`);
        await tab.page.keyboard.press('Escape');
        await eventually(async () => assert.equal(await focused(tab), ids[1]));
        // A row that comes in does not take the focus away.
        await sandbox.post();
        await eventually(async () => assert.equal(await tab.find('#requests tr').count(), 4));
        assert.equal(await focused(tab), ids[1]);
    },

    'keys: search, and none of them while typing': async ({tab, sandbox}) => {
        await sandbox.post();
        await tab.open('requests');
        await tab.page.keyboard.press('/');
        await tab.page.keyboard.type('jk?2');
        assert.equal(await tab.find('[name=text]').inputValue(), 'jk?2');
        assert.equal(await tab.find('dialog').count(), 0);
        await tab.page.keyboard.press('Escape');
        await tab.page.keyboard.press('2');
        await tab.sees('h1', 'Scenarios');
        await tab.page.keyboard.press('n');
        await tab.sees('h1', 'New scenario');
        await tab.page.keyboard.press('Escape');
        await tab.sees('h1', /^Scenarios$/);
        await tab.page.keyboard.press('3');
        await tab.sees('h1', 'Send');
        await tab.page.keyboard.press('4');
        await tab.sees('h1', 'Charts');
        await tab.page.keyboard.press('1');
        await tab.sees('h1', 'Requests');
    },

    'keys: the overlay lists them, and closes': async ({tab}) => {
        await tab.open('requests');
        await tab.page.keyboard.press('?');
        await tab.sees('dialog', 'next and previous request');
        await tab.page.keyboard.press('2');
        await tab.sees('h1', 'Requests');
        await tab.page.keyboard.press('Escape');
        await tab.find('dialog').waitFor({state: 'detached'});
        await tab.find('#help-button').click();
        await tab.sees('dialog', 'next and previous request');
        await tab.find('dialog button', {hasText: 'Close'}).click();
        await tab.find('dialog').waitFor({state: 'detached'});
    },

    'keys: with Tab alone, the focus is always to be seen, and can skip the bar': async ({tab}) => {
        await tab.open('charts');
        await tab.page.keyboard.press('Tab');
        assert.equal(await tab.page.evaluate(() => document.activeElement.id), 'skip');
        for (let i = 0; i < 8; i += 1) {
            await tab.page.keyboard.press('Tab');
            const outline = await tab.page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
            assert.equal(outline, 'solid', `after ${i + 2} times Tab`);
        }
        await tab.find('#skip').focus();
        await tab.page.keyboard.press('Enter');
        assert.equal(await tab.page.evaluate(() => document.activeElement.id), 'main');
    },
};
