// Debian's Chromium, and tabs that notice what must not happen.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import os from 'node:os';
import path from 'node:path';

import {chromium} from 'playwright-core';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const patience_ms = 30000;  // The machine may be busy.
const parameters = [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync',
    // Names lead nowhere: what asked for another machine would fail, and be seen.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

export class Browser {
    static async open(program) {
        const browser = new Browser();
        browser.program = program;
        browser.requests = [];  // Each address that any page asked for.
        browser.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'customercare-chromium-'));
        browser.context = await chromium.launchPersistentContext(browser.folder, {
            executablePath: '/usr/bin/chromium', args: parameters, viewport: {width: 1280, height: 800},
            // Its pipe ends with us: it follows by itself.
            handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false});
        browser.context.setDefaultTimeout(patience_ms);
        browser.context.on('request', (request) => browser.requests.push(request.url()));
        await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], {origin: program.admin});
        return browser;
    }

    async tab(sandbox) {
        const page = await this.context.newPage();
        return new Tab(page, sandbox);
    }

    async close() {
        await this.context.close();
        fs.rmSync(this.folder, {recursive: true, force: true, maxRetries: 5});
    }
}

export class Tab {
    constructor(page, sandbox) {
        this.page = page;
        this.sandbox = sandbox;
        this.faults = [];
        this.expected_faults = [];
        page.on('console', (message) => {
            if (['error', 'warning'].includes(message.type())) this.faults.push(message.text());
        });
        page.on('pageerror', (error) => this.faults.push(String(error.stack)));
    }

    /** Goes to a page of the console: 'requests/7', with parameters beyond the sandbox. */
    async open(place, parameters = {}) {
        const query = new URLSearchParams({...(this.sandbox.name && {sandbox: this.sandbox.name}), ...parameters});
        // With a hash alone that is another, the browser would load nothing.
        this.loads = (this.loads ?? 0) + 1;
        await this.page.goto(`${this.sandbox.program.admin}/?${this.loads}#/${place}?${query}`);
        await this.page.locator('main[aria-busy]').waitFor({state: 'detached'});
        await this.page.locator('main h1').waitFor();
    }

    find(selector, options) {
        return this.page.locator(selector, options);
    }

    /** A text on the page, that the page may still be fetching. */
    async sees(selector, text) {
        await this.page.locator(selector, {hasText: text}).first().waitFor();
    }

    async copied() {
        await this.sees('#toast.shown', 'copied');
        return this.page.evaluate(() => navigator.clipboard.readText());
    }

    /** No serious and no critical fault that axe-core would find. */
    async check_accessibility(where) {
        if (!(await this.page.evaluate(() => 'axe' in globalThis))) await this.page.evaluate(axe);
        const faults = await this.page.evaluate(async () => {
            const {violations, passes} = await globalThis.axe.run(document, {resultTypes: ['violations', 'passes']});
            if (passes.length === 0) return ['axe checked nothing'];
            return violations.filter(({impact}) => impact === 'serious' || impact === 'critical').map(
                ({id, nodes}) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('; ')}`);
        });
        assert.deepEqual(faults, [], where);
    }

    /** What the page may write to the browser's console in this test. */
    expect_fault(pattern) {
        this.expected_faults.push(pattern);
    }

    check_console() {
        const unexpected = this.faults.filter((text) => !this.expected_faults.some((pattern) => pattern.test(text)));
        assert.deepEqual(unexpected, [], 'errors in the browser\'s console');
        for (const pattern of this.expected_faults) {
            assert(this.faults.some((text) => pattern.test(text)), `no ${pattern} in the browser's console`);
        }
    }

    async close() {
        await this.page.close();
    }
}

/**
 * Waits until something holds.
 * @param {() => Promise<void>} check - throws as long as it does not
 */
export async function eventually(check) {
    const end = Date.now() + patience_ms;
    for (;;) {
        try {
            return await check();
        } catch (error) {
            if (Date.now() > end) throw error;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    }
}
