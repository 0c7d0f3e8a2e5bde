// The page of one request.

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';

import {eventually} from './browser.js';
import {with_before, with_text} from './program.js';

async function last_entry(sandbox) {
    const {entries} = await sandbox.api('GET', '/journal?limit=1');
    return sandbox.api('GET', `/journal/${entries[0].id}`);
}

async function open_last(tab, sandbox) {
    const entry = await last_entry(sandbox);
    await tab.open(`requests/${entry.id}`);
    return entry;
}

const request = 'section[aria-label=Request]';
const reply = 'section[aria-label=Reply]';
const without_white_space = (text) => text.replace(/\s+/g, '');
const code_of = (tab, panel) => tab.find(`${panel} .row code`).allTextContents();

export default {
    'request: text, trail with durations, and the stored call log': async ({tab, sandbox}) => {
        await sandbox.post({change: (body) => with_before('PrimaryContact', '<SSN>000-00-0000</SSN>')(
            with_text('LogText', 'Asked about the bill.\n Twice.')(body))});
        const entry = await open_last(tab, sandbox);
        assert.equal(entry.outcome, 'stored', entry.explanation);
        await tab.sees('.page-head', 'stored');
        for (const [panel, body] of [[request, entry.request.body], [reply, entry.reply.body]]) {
            const shown = await code_of(tab, panel);
            assert.equal(without_white_space(shown.join('')), without_white_space(body));
            assert(shown.length > 5 && shown.some((row) => row.startsWith('    ')), 'not laid out');
            assert(await tab.find(`${panel} .xml-name`).count() > 5, 'not coloured');
        }
        const stages = await tab.find('.trail tbody tr').evaluateAll((all) => all.map((row) => row.textContent));
        assert.equal(stages.length, entry.trail.length);
        entry.trail.forEach(({stage, result, detail, microseconds}, i) => {
            assert(stages[i].includes(stage) && stages[i].includes(result) && stages[i].includes(detail), stages[i]);
            if (result !== 'skipped' && microseconds < 1000) {
                assert(stages[i].includes(`${Math.round(microseconds)} µs`), stages[i]);
            }
        });
        const card = `section[aria-label="Call log ${entry.call_log_id}"]`;
        await tab.sees(card, 'Asked about the bill.');
        await tab.sees(card, 'Account number');
        const text = await tab.find(card).innerText();
        assert(text.includes(entry.account_number) && text.includes(entry.message_id), text);
        assert(text.includes('masked'), 'it does not say that something is not shown');
        assert(!(await tab.find('body').textContent()).includes('000-00-0000'), 'the SSN is shown');
        assert((await code_of(tab, request)).some((row) => row.includes('<SSN>*****</SSN>')));
    },

    'request: a refused one says in a sentence what was wrong, and where the way ended': async ({tab, sandbox}) => {
        await sandbox.post({headers: {SOAPAction: '"http://ws.southernco.com/CustSvc-iHub/CreateCalllog"'}});
        const entry = await open_last(tab, sandbox);
        assert.match(entry.explanation, /CreateCallLog/);
        await tab.sees('.explanation', entry.explanation);
        await tab.sees('.trail .refused', entry.trail.find(({result}) => result === 'refused').stage);
        assert.equal(await tab.find('.card').count(), 0);
    },

    'request: ignored elements are marked at their place': async ({tab, sandbox}) => {
        const twice = '<Nickname>A</Nickname><Hobby><Kind>chess</Kind></Hobby>';
        await sandbox.post({change: (body) => with_before('LastName', twice)(
            with_before('PremiseNumber', '<Nickname>B</Nickname>')(body))});
        const entry = await open_last(tab, sandbox);
        assert.equal(entry.ignored.length, 3);
        const marked = await tab.find(`${request} .row.ignored code`).allTextContents();
        assert.equal(marked.length, 5);
        assert.match(marked[0], /^ *<Nickname>A<\/Nickname>ignored; could be here: .*FirstName/);
        assert.match(marked[1], /^ *<Hobby>ignored/);
        assert.match(marked[2], /^ *<Kind>chess<\/Kind>$/);
        assert.match(marked[3], /^ *<\/Hobby>$/);
        assert.match(marked[4], /^ *<Nickname>B<\/Nickname>ignored; could be here: .*PremiseNumber/);
        const listed = await tab.find('.ignored-list li').allTextContents();
        entry.ignored.forEach(({path, line}, i) => {
            assert(listed[i].includes(path) && listed[i].includes(`line ${line}.`), listed[i]);
        });
    },

    'request: raw, it is shown byte for byte': async ({tab, sandbox}) => {
        await sandbox.post({change: (body) => with_before('LastName', '\t \r\n\n<!-- x -->  ')(body)});
        const entry = await open_last(tab, sandbox);
        await tab.find(`${request} .segment`, {hasText: 'Raw'}).click();
        assert.equal(await tab.find(`${request} .raw`).textContent(), entry.request.body);
        await tab.find(`${request} button`, {hasText: /^Copy$/}).click();
        // The clipboard's line ends are those of the system.
        const lines = (text) => text.split(/\r?\n/);
        assert.deepEqual(lines(await tab.copied()), lines(entry.request.body));
        await tab.find(`${request} .segment`, {hasText: 'Pretty'}).click();
        assert(await tab.find(`${request} .row`).count() > 10);
    },

    'request: the copied curl command sends the same again': async ({tab, sandbox}) => {
        await sandbox.post({soap: '1.2', headers: {'X-Test': "it's"},
                            change: with_text('LogText', "It's $HOME `id` \\n €")});
        const first = await open_last(tab, sandbox);
        await tab.find('#copy-curl').click();
        execFileSync('sh', ['-c', await tab.copied()]);
        const second = await last_entry(sandbox);
        assert.notEqual(second.id, first.id);
        assert.equal(second.request.body, first.request.body);
        assert.equal(second.target, first.target);
        const header = ({request: {headers}}, wanted) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
        assert.equal(header(second, 'x-test'), "it's");
        assert.equal(header(second, 'content-type'), header(first, 'content-type'));
        assert.match(second.outcome, /stored|replayed|DuplicateMessage/);
    },

    'request: one that is not well-formed is shown line by line': async ({tab, sandbox}) => {
        await sandbox.post({change: (body) => body.replace('</soap:Body>', '')});
        const entry = await open_last(tab, sandbox);
        assert.equal(entry.status, 400);
        await tab.sees(request, 'Not well-formed');
        assert.equal((await code_of(tab, request)).map((row) => `${row}\n`).join('').slice(0, -1),
                     entry.request.body);
    },

    'request: from one to the next by button and by key': async ({tab, sandbox}) => {
        for (let i = 0; i < 3; i += 1) await sandbox.post();
        const {entries: [newest, middle, oldest]} = await sandbox.api('GET', '/journal');
        await tab.open(`requests/${middle.id}`);
        await tab.find('[aria-label^="Newer"]').click();
        await tab.sees('h1', `#${newest.id}`);
        await tab.page.keyboard.press('j');
        await tab.sees('h1', `#${middle.id}`);
        await tab.page.keyboard.press('j');
        await tab.sees('h1', `#${oldest.id}`);
        await tab.page.keyboard.press('k');
        await tab.sees('h1', `#${middle.id}`);
        await tab.page.keyboard.press('Escape');
        await eventually(async () => assert.equal(await tab.find('#requests tr').count(), 3));
    },

    'request: a number that is none says so': async ({tab}) => {
        tab.expect_fault(/404/);
        await tab.open('requests/999999');
        await tab.sees('.failure', /999999|no such|no entry/i);
    },
};
