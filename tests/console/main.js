// Runs the tests one after the other: each has a page and a sandbox of its own.

import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

import {Browser} from './browser.js';
import {Program} from './program.js';
import {take_screenshots} from './screenshots.js';
import charts from './charts_test.js';
import keys from './keys_test.js';
import list from './list_test.js';
import looks from './looks_test.js';
import request from './request_test.js';
import safety, {check_origins} from './safety_test.js';
import sandboxes from './sandboxes_test.js';
import scenarios from './scenarios_test.js';
import send from './send_test.js';
import xml from './xml_test.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const test_timeout_ms = 180000;

const {values: options, positionals: words} = parseArgs({
    allowPositionals: true,
    options: {
        program: {type: 'string', default: path.join(root, 'build/release/customercare')},
        screenshots: {type: 'boolean', default: false},
    },
});

let passed = 0;
let failed = 0;

async function run(name, action) {
    let timer;
    const start = Date.now();
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not done after ${test_timeout_ms / 1000} s`)), test_timeout_ms);
    });
    try {
        await Promise.race([action(), late]);
        passed += 1;
        console.log(`ok      ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}\n${error.stack}`);
    } finally {
        clearTimeout(timer);
    }
}

const program = await Program.start(path.resolve(options.program));
const browser = await Browser.open(program);
try {
    const tests = [xml, list, request, sandboxes, scenarios, send, charts, keys, looks, safety].flatMap(
        (group) => Object.entries(group));
    for (const [index, [name, test]] of tests.entries()) {
        if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
        await run(name, async () => {
            const sandbox = program.sandbox(`test-${index}`);
            const tab = await browser.tab(sandbox);
            try {
                await test({tab, sandbox, program, browser});
                tab.check_console();
            } finally {
                await tab.close();
                await sandbox.drop();
            }
        });
    }
    await run('no request of any page left this program', () => check_origins(browser, program));
    if (options.screenshots) {
        await run('screenshots', () => take_screenshots(program, browser, path.join(root, 'tests/console/screenshots')));
    }
} finally {
    await browser.close();
    await program.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
