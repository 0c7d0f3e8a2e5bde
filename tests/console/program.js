// The real program on free ports with a database of its own, and its sandboxes.

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';

export class Program {
    /** @param {string} file */
    static async start(file) {
        const program = new Program();
        program.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'customercare-console-'));
        const settings = path.join(program.folder, 'settings.toml');
        fs.writeFileSync(settings, '[validation]\nmax_length = { "CustomerCallLog/LogText" = 200 }\n');
        program.process = spawn(file, [
            'serve', '--mode', 'stand-in', '--exit-with-parent', '--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0',
            '--database', path.join(program.folder, 'calls.db'),
            '--config', settings, '--set', `log.file=${path.join(program.folder, 'server.log')}`,
        ], {stdio: ['ignore', 'pipe', 'inherit']});
        const lines = readline.createInterface({input: program.process.stdout});
        const [ready] = await Promise.race([once(lines, 'line'), once(program.process, 'exit').then(() => {
            throw new Error(`${file} ended before it was ready`);
        })]);
        Object.assign(program, JSON.parse(ready.replace(/^READY /, '')));
        return program;
    }

    /** @param {string} name - '' for the default one */
    sandbox(name) {
        return new Sandbox(this, name);
    }

    async stop() {
        const exit = once(this.process, 'exit');
        this.process.kill('SIGTERM');
        await exit;
        fs.rmSync(this.folder, {recursive: true});
    }
}

export class Sandbox {
    constructor(program, name) {
        this.program = program;
        this.name = name;
        this.prefix = name && `/sandbox/${name}`;
        const service = new URL(program.service);
        this.service = `${service.origin}${this.prefix}${service.pathname}`;
    }

    /** Calls the JSON interface; gives the answer, or throws if it is no success. */
    async api(method, address, body) {
        const response = await fetch(this.program.admin + this.prefix + address, {
            method, ...(body && {body: JSON.stringify(body), headers: {'Content-Type': 'application/json'}}),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`${method} ${address} answered ${response.status}: ${text}`);
        return text && JSON.parse(text);
    }

    /** A sample message, filled. */
    async sample(soap = '1.1') {
        return this.api('GET', `/sample?soap=${soap}`);
    }

    /**
     * Sends a message to the service, as a client would.
     * @param {Object} [options]
     * @param {string} [options.soap]
     * @param {Object<string, string>} [options.headers] - in the place of the sample's
     * @param {(body: string) => string} [options.change] - makes the message of the sample
     */
    async post({soap = '1.1', headers, change = (body) => body} = {}) {
        const sample = await this.sample(soap);
        const response = await fetch(this.service, {
            method: 'POST', headers: {...sample.headers, ...headers}, body: change(sample.body)});
        return {status: response.status, text: await response.text()};
    }

    async drop() {
        if (!this.name) return;
        await fetch(`${this.program.admin}/sandboxes/${this.name}`, {method: 'DELETE'});
    }
}

/**
 * A change of a message: the text of the elements of a name.
 * @param {string} element
 * @param {string} text - as it stands in XML
 */
export function with_text(element, text) {
    return (body) => {
        const changed = body.replace(new RegExp(`(<(?:\\w+:)?${element}\\b[^>]*>)[^<]*`), (_, tag) => tag + text);
        if (changed === body) throw new Error(`the sample has no ${element}, or already with this text`);
        return changed;
    };
}

/**
 * A change of a message: something put before the first element of a name.
 * @param {string} element
 * @param {string} text
 */
export function with_before(element, text) {
    return (body) => body.replace(new RegExp(`<(?:\\w+:)?${element}\\b`), (tag) => text + tag);
}
