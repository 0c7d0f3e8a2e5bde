// Pictures of the main pages, for the README.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';

import {with_before, with_text} from './program.js';

const most_bytes = 150000;

/** Requests as a day of work with the stand-in gives them. */
async function tell_a_story(sandbox) {
    const named = (number) => (body) => with_text('MessageId', `ivr-${4100 + number}`)(
        with_text('AccountNumber', String(100200300 + number * 7))(body));
    await sandbox.api('POST', '/scenarios', {
        name: 'timeout for 999', match: {operation: 'CreateCallLog', fields: {'Account/AccountNumber': '999'}},
        answer: {kind: 'fault', code: 'Server', text: 'Timeout expired.', status: 500, delay_ms: {from: 20, to: 60}},
        times: 3});
    await sandbox.api('POST', '/scenarios', {
        name: 'slow for SOAP 1.2', enabled: false, match: {soap: '1.2'}, answer: {kind: 'pass', delay_ms: 500}});
    await sandbox.api('POST', '/scenarios', {
        name: 'overload for the load test', match: {header: {'X-Load': '1'}},
        answer: {kind: 'http', status: 503, headers: {'Retry-After': '1'}, body: ''}});
    for (let i = 0; i < 26; i += 1) {
        const change = named(i);
        const soap = i % 3 === 0 ? '1.2' : '1.1';
        if (i % 9 === 3) {
            await sandbox.post({change: (body) => with_text('ID', '')(change(body))});
        } else if (i % 11 === 5) {
            await sandbox.post({change: (body) => with_text('LogText', 'x'.repeat(300))(change(body))});
        } else if (i % 13 === 8) {
            await sandbox.post({change: (body) => with_text('AccountNumber', '999')(change(body))});
        } else if (i === 20) {
            await sandbox.post({headers: {SOAPAction: '"http://ws.southernco.com/CustSvc-iHub/CreateCalllog"'}, change});
        } else if (i === 15) {
            await sandbox.post({change: (body) => with_text('RequestType', 'three')(change(body))});
        } else {
            await sandbox.post({soap, change});
        }
    }
    await sandbox.post({change: (body) => with_before('LastName', '<Nickname>Annie</Nickname>')(named(26)(body))});
}

/**
 * @param {import('./program.js').Program} program
 * @param {import('./browser.js').Browser} browser
 * @param {string} folder
 */
export async function take_screenshots(program, browser, folder) {
    fs.mkdirSync(folder, {recursive: true});
    const sandbox = program.sandbox('team-a');
    await tell_a_story(sandbox);
    const tab = await browser.tab(sandbox);
    const take = async (name) => {
        const file = path.join(folder, `${name}.png`);
        await tab.page.screenshot({path: file});
        const {size} = fs.statSync(file);
        assert(size < most_bytes, `${name}.png has ${size} bytes`);
    };
    try {
        await tab.page.setViewportSize({width: 1160, height: 560});
        await tab.page.emulateMedia({colorScheme: 'light', reducedMotion: 'reduce'});
        await tab.open('requests');
        await tab.sees('#live', 'Live');
        await take('requests');
        const {entries: [newest, ...older]} = await sandbox.api('GET', '/journal');
        await tab.open(`requests/${newest.id}`);
        await tab.find('.row.ignored').first().scrollIntoViewIfNeeded();
        await take('request');
        await tab.open('scenarios');
        await tab.find('.magic li').first().waitFor();
        await take('scenarios');
        await tab.open('send');
        await tab.find('#send').click();
        await tab.find('#reply section').waitFor();
        await take('send');
        await tab.open('charts');
        await take('charts');
        await tab.page.emulateMedia({colorScheme: 'dark'});
        await tab.open(`requests/${older.find(({outcome}) => outcome === 'ValidationFailed').id}`);
        await take('request-dark');
        await tab.page.setViewportSize({width: 375, height: 740});
        await tab.page.emulateMedia({colorScheme: 'light'});
        await tab.open('requests');
        await take('requests-narrow');
        tab.check_console();
    } finally {
        await tab.close();
        await sandbox.drop();
    }
}
