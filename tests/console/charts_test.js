// The charts, and the tables that say the same.

import assert from 'node:assert/strict';

import {eventually} from './browser.js';
import {with_text} from './program.js';

const figure = (tab, title) => tab.find('figure', {has: tab.page.getByRole('heading', {name: title, exact: true})});

/** The columns' sums of a figure's table, by their headings. */
async function sums(tab, title) {
    return figure(tab, title).locator('table').evaluate((table) => {
        const headings = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
        const rows = [...table.tBodies[0].rows];
        return Object.fromEntries(headings.map((heading, i) =>
            [heading, rows.reduce((sum, row) => sum + Number(row.cells[i + 1].textContent), 0)]));
    });
}

export default {
    'charts: rate, outcome and latency, each with its numbers as a table': async ({tab, sandbox}) => {
        for (let i = 0; i < 5; i += 1) await sandbox.post();
        for (let i = 0; i < 2; i += 1) await sandbox.post({change: with_text('ID', '')});
        await tab.open('charts');
        await tab.sees('#charts', 'Latency');
        assert.deepEqual(await sums(tab, 'Rate'), {requests: 7});
        assert.deepEqual(await sums(tab, 'Outcomes'), {stored: 5, AuthenticationFailed: 2});
        assert.match(await figure(tab, 'Outcomes').locator('svg').getAttribute('aria-label'),
                     /5 stored, 2 AuthenticationFailed/);
        assert(await figure(tab, 'Rate').locator('svg rect.rate').count() > 0);
        assert(await figure(tab, 'Outcomes').locator('svg rect.outcome-AuthenticationFailed').count() > 0);
        const latency = figure(tab, 'Latency');
        for (const name of ['p50', 'p95', 'max']) {
            assert(await latency.locator(`svg .latency-${name} circle`).count() > 0);
        }
        await latency.locator('summary').click();
        assert.match(await latency.locator('tbody tr').first().textContent(), /\d\d:\d\d.*[mµ]s.*[mµ]s/);

        await sandbox.post();
        await eventually(async () => assert.deepEqual(await sums(tab, 'Rate'), {requests: 8}));
        await tab.find('#range').selectOption('60');
        await eventually(async () => assert.equal(await figure(tab, 'Rate').locator('rect.hover').count() >= 60, true));
        assert.deepEqual(await sums(tab, 'Rate'), {requests: 8});
    },

    'charts: without requests they say what to do': async ({tab}) => {
        await tab.open('charts');
        await tab.sees('#charts', 'No request yet');
    },
};
