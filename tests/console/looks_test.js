// Every main page in dark and light and on a narrow screen, as axe-core sees it.

import assert from 'node:assert/strict';

import {with_before, with_text} from './program.js';

/** A sandbox with something on every page; gives the pages' places. */
export async function furnish(sandbox) {
    for (let i = 0; i < 3; i += 1) await sandbox.post();
    await sandbox.post({change: with_text('ID', '')});
    await sandbox.post({change: (body) => body.replace('</soap:Body>', '')});
    await sandbox.api('POST', '/scenarios', {
        name: 'timeout', match: {fields: {'Account/AccountNumber': '999'}},
        answer: {kind: 'fault', code: 'Server', text: 'Timeout expired.', status: 500}, times: 1});
    await sandbox.api('POST', '/scenarios', {
        name: 'slow', enabled: false, match: {soap: '1.2'}, answer: {kind: 'pass', delay_ms: 500}});
    await sandbox.post({change: with_before('LastName', '<Nickname>A</Nickname>')});
    const {entries} = await sandbox.api('GET', '/journal');
    const refused = entries.find(({outcome}) => outcome === 'AuthenticationFailed');
    return ['requests', `requests/${entries[0].id}`, `requests/${refused.id}`, 'scenarios', 'scenarios/new', 'send',
            'charts'];
}

const widest = 375;

export default {
    'looks: no serious fault of accessibility, in light and dark': async ({tab, sandbox}) => {
        const places = await furnish(sandbox);
        for (const colorScheme of ['light', 'dark']) {
            await tab.page.emulateMedia({colorScheme, reducedMotion: 'reduce'});
            for (const place of places) {
                await tab.open(place);
                await tab.check_accessibility(`${place}, ${colorScheme}`);
            }
            await tab.page.keyboard.press('?');
            await tab.find('dialog').waitFor();
            await tab.check_accessibility(`help, ${colorScheme}`);
            await tab.page.keyboard.press('Escape');
            await tab.page.keyboard.press('s');
            await tab.sees('dialog', 'default');
            await tab.check_accessibility(`sandboxes, ${colorScheme}`);
            await tab.page.keyboard.press('Escape');
        }
    },

    'looks: what is empty has no serious fault either': async ({tab}) => {
        for (const place of ['requests', 'scenarios', 'charts']) {
            await tab.open(place);
            await tab.check_accessibility(place);
        }
    },

    'looks: on a narrow screen nothing stands out of it': async ({tab, sandbox}) => {
        const places = await furnish(sandbox);
        await tab.page.setViewportSize({width: widest, height: 740});
        await tab.page.emulateMedia({reducedMotion: 'reduce'});
        for (const place of places) {
            await tab.open(place);
            const width = await tab.page.evaluate(() => document.documentElement.scrollWidth);
            assert(width <= widest, `${place} is ${width} pixels wide`);
            await tab.check_accessibility(`${place}, narrow`);
        }
        await tab.open('requests');
        const row = tab.find('#requests tr').first();
        assert(await row.locator('.outcome').isVisible() && await row.locator('.note').isVisible());
    },

    'looks: colours follow the system, or the button, and stay': async ({tab}) => {
        const ground = () => tab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        await tab.page.emulateMedia({colorScheme: 'light', reducedMotion: 'reduce'});
        await tab.open('scenarios');
        const light = await ground();
        await tab.page.emulateMedia({colorScheme: 'dark'});
        const dark = await ground();
        assert.notEqual(light, dark);
        await tab.find('#theme-button').click();
        assert.equal(await ground(), light);
        await tab.page.reload();
        await tab.sees('h1', 'Scenarios');
        assert.equal(await ground(), light);
        await tab.page.keyboard.press('t');
        await tab.page.emulateMedia({colorScheme: 'light'});
        assert.equal(await ground(), dark);
        await tab.page.keyboard.press('t');
        assert.equal(await ground(), light);
        assert.match(await tab.find('#theme-button').getAttribute('aria-label'), /as the system/);
    },
};
