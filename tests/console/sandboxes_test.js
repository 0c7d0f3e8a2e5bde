// Going from sandbox to sandbox.

import assert from 'node:assert/strict';

import {eventually} from './browser.js';

export default {
    'sandboxes: listed, gone to, made and dropped': async ({tab, sandbox, program}) => {
        const other = program.sandbox(`${sandbox.name}.other`);
        await sandbox.post();
        await other.post();
        await other.post();
        const count = (number) => eventually(async () =>
            assert.equal(await tab.find('#requests tr').count(), number));
        await tab.open('requests');
        await count(1);

        await tab.find('#sandbox-button').click();
        const row = tab.find('dialog tr', {has: tab.page.getByRole('button', {name: other.name, exact: true})});
        assert.match(await row.textContent(), /\.other220Drop$/);
        await row.locator('.link').click();
        await tab.sees('#sandbox-button', other.name);
        await count(2);

        await tab.find('nav a', {hasText: 'Scenarios'}).click();
        await tab.sees('h1', 'Scenarios');
        await tab.sees('#sandbox-button', other.name);
        await tab.find('nav a', {hasText: 'Requests'}).click();
        await count(2);

        await tab.page.keyboard.press('s');
        tab.page.once('dialog', (dialog) => dialog.accept());
        await tab.find(`[aria-label="Drop ${other.name}"]`).click();
        await tab.sees('#sandbox-button', 'default');
        await eventually(async () => {
            const {sandboxes} = await program.sandbox('').api('GET', '/sandboxes');
            assert(!sandboxes.some(({name}) => name === other.name), 'it is still there');
        });
        await tab.find('dialog [name=sandbox]').fill('bad/name');
        await tab.page.keyboard.press('Enter');
        assert(await tab.find('dialog').isVisible(), 'a bad name was taken');
        await tab.find('dialog [name=sandbox]').fill(sandbox.name);
        await tab.page.keyboard.press('Enter');
        await tab.sees('#sandbox-button', sandbox.name);
        await count(1);
    },
};
