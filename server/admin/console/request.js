// The page of one request: why it was answered as it was, and every byte of it.

import {call_log_card} from './card.js';
import {message_panel} from './code.js';
import {curl_command} from './curl.js';
import {copy, h, put} from './dom.js';
import {bytes, duration, plural, time_of_day, tone} from './format.js';
import {go, link} from './router.js';
import {trail_panel} from './trail.js';

/**
 * @param {import('./main.js').Page} page
 */
export async function show_request(page) {
    const {api, id, main, signal} = page;
    const entry = await api.get(`/journal/${id}`, {}, signal);
    const stored = entry.call_log_id
        ? await api.get(`/call-logs/${entry.call_log_id}`, {}, signal).catch(() => null) : null;
    if (signal.aborted) return;
    page.title(`Request ${entry.id}`);

    put(main,
        heading(page, entry),
        explanation(entry),
        facts(entry),
        ignored_panel(entry),
        h('div.columns', {}, trail_panel(entry.trail), stored ? call_log_card(stored) : gone(entry)),
        h('div.columns.messages', {},
            message_panel({
                title: 'Request',
                text: entry.request.body,
                about: [bytes(entry.request.bytes), entry.request.encoding,
                        entry.request.truncated && 'cut off here'].filter(Boolean).join(', '),
                headers: entry.request.headers,
                ignored: entry.ignored,
                buttons: [h('button.button.small', {type: 'button', id: 'copy-curl',
                                                    onclick: () => copy_as_curl(page, entry)},
                            'Copy as curl')],
            }),
            message_panel({
                title: 'Reply',
                text: entry.reply.body,
                about: `${entry.status}, ${bytes(entry.reply.bytes)}`,
                headers: entry.reply.headers,
            })));

    page.keys({
        j: () => neighbour(page, entry.id, 'before'),
        k: () => neighbour(page, entry.id, 'after'),
        c: () => copy_as_curl(page, entry),
        Escape: () => go('requests'),
    });
}

async function copy_as_curl(page, entry) {
    try {
        const sample = await page.api.get('/sample', {soap: entry.soap || '1.1'}, page.signal);
        await copy(curl_command(entry, sample.url), 'curl command');
    } catch (error) {
        page.fail(error);
    }
}

/** j and k: the next older and the next newer one. */
async function neighbour(page, id, direction) {
    try {
        const {entries} = await page.api.get('/journal', {[direction]: id, limit: 1}, page.signal);
        if (entries.length > 0) go(`requests/${entries[0].id}`);
    } catch (error) {
        page.fail(error);
    }
}

function heading(page, entry) {
    const step = (direction, label, text) => h('button.button', {
        type: 'button', 'aria-label': label, title: label,
        onclick: () => neighbour(page, entry.id, direction),
    }, text);
    return h('div.page-head', {},
        h('a.back', {href: link('requests')}, 'Requests'),
        h('h1', {tabindex: '-1'}, entry.operation || `${entry.method} ${entry.target}`,
          h('span.muted.identifier', {}, ` #${entry.id}`)),
        h(`span.outcome.${tone(entry.outcome)}`, {}, entry.outcome),
        h('span.spacer'),
        h('span.pair', {}, step('after', 'Newer request (k)', '↑'), step('before', 'Older request (j)', '↓')));
}

function explanation(entry) {
    const errors = entry.validation_errors ?? [];
    if (!entry.explanation && errors.length === 0) return null;
    const is_good = tone(entry.outcome) === 'good';
    return h(`div.explanation.${is_good ? 'warn' : tone(entry.outcome)}`, {role: 'note', 'aria-label': 'Explanation'},
        h('p', {}, entry.explanation),
        errors.length > 0 && h('ul', {}, errors.map((error) =>
            h('li', {}, typeof error === 'string' ? error : JSON.stringify(error)))));
}

function facts(entry) {
    const pairs = [
        ['Time', time_of_day(entry.at)], ['Status', entry.status],
        ['Took', duration(entry.duration_us)],
        ['SOAP', entry.soap], ['Message ID', entry.message_id], ['Account', entry.account_number],
        ['From', entry.peer], ['Target', `${entry.method} ${entry.target}`],
        ['Scenario', entry.scenario && h('a', {href: link(`scenarios/${entry.scenario.id}`)},
                                         entry.scenario.name || `number ${entry.scenario.id}`)],
        ['Nearest scenario', !entry.scenario && entry.nearest_scenario &&
            [h('a', {href: link(`scenarios/${entry.nearest_scenario.id}`)},
               entry.nearest_scenario.name || `number ${entry.nearest_scenario.id}`),
             ` did not match: ${entry.nearest_scenario.why}`]],
    ];
    return h('dl.facts', {}, pairs.filter(([, value]) => value).map(([name, value]) =>
        h('div', {}, h('dt', {}, name), h('dd', {}, value))));
}

function ignored_panel(entry) {
    if (entry.ignored.length === 0) return null;
    return h('section.panel.warned', {'aria-label': 'Ignored elements'},
        h('header.panel-head', {},
            h('h2', {}, plural(entry.ignored_count, 'ignored element')),
            h('span.muted', {}, entry.ignored_count > entry.ignored.length
                ? `the first ${entry.ignored.length} are marked in the request below`
                : 'marked in the request below')),
        h('ul.ignored-list', {}, entry.ignored.map((element) =>
            h('li', {},
                h('code', {}, element.path),
                h('span.muted', {}, ` line ${element.line}. `),
                element.hint || `Could be here: ${element.expected}`))));
}

function gone(entry) {
    if (!entry.call_log_id) return null;
    return h('p.panel.none', {}, `Call log ${entry.call_log_id} was stored, and is gone since.`);
}
