// The list of requests, newest first, live.

import {h, put, select, toast} from './dom.js';
import {duration, outcomes, plural, time_of_day, tone} from './format.js';
import {follow} from './live.js';
import {link, remember} from './router.js';
import {empty_journal} from './empty.js';

const page_size = 200;
const most_rows = 2000;
const filters = ['text', 'outcome', 'operation', 'account', 'message_id'];

let last_opened = 0;

/**
 * @param {import('./main.js').Page} page
 */
export async function show_list(page) {
    const {api, main, signal} = page;
    page.title('Requests');
    const filter = Object.fromEntries(filters.map((name) => [name, page.parameters.get(name) ?? '']));
    const rows = h('tbody', {id: 'requests'});
    const table = h('table.requests', {}, head(), rows);
    const count = h('span.muted', {role: 'status', id: 'count'});
    const older = h('button.button', {type: 'button', id: 'older'}, 'Load older requests');
    const nothing = h('div', {id: 'nothing'});
    let last_id = 0;
    let loads = 0;  // An answer that comes after the filter has changed is of no use.

    const settle = () => {
        const is_filtered = filters.some((name) => filter[name]);
        table.hidden = rows.children.length === 0;
        count.textContent = plural(rows.children.length, 'request') + (is_filtered ? ' match' : '');
        const state = !table.hidden ? 'rows' : is_filtered ? 'no match' : 'empty';
        if (state === nothing.dataset.state) return;
        nothing.dataset.state = state;
        put(nothing, state === 'no match' && no_match(clear));
        if (state === 'empty') empty_journal(page, nothing);
    };
    const reload = async () => {
        loads += 1;
        const load = loads;
        const {entries, last_id: newest} =
            await api.get('/journal', {...filter, limit: page_size}, signal);
        if (load !== loads) return;
        last_id = Math.max(newest, entries[0]?.id ?? 0);
        put(rows, entries.map(row));
        older.hidden = entries.length < page_size;
        settle();
    };
    // What came since, and what is gone: the journal is bounded, and a test suite may empty it.
    const catch_up = async () => {
        const load = loads;
        const {entries, last_id: newest} =
            await api.get('/journal', {...filter, after: last_id, limit: most_rows}, signal);
        const {entries: [oldest]} = await api.get('/journal', {after: 0, limit: 1}, signal);
        if (load !== loads) return;
        last_id = Math.max(newest, entries.at(-1)?.id ?? 0);
        for (const entry of entries) rows.prepend(row(entry));
        const is_gone = (last) => !oldest || Number(last.dataset.id) < oldest.id;
        while (rows.lastElementChild && (is_gone(rows.lastElementChild) || rows.children.length > most_rows)) {
            rows.lastElementChild.remove();
        }
        settle();
    };
    const apply = () => {
        if (signal.aborted) return undefined;  // What was typed last, when this page is left already.
        remember('requests', filter);
        return reload().catch(page.fail);
    };
    const clear = () => {
        for (const control of bar.querySelectorAll('[name]')) control.value = '';
        for (const name of filters) filter[name] = '';
        return apply();
    };
    const live = follow(page, () => last_id, catch_up);
    const bar = filter_bar(filter, apply, clear);

    const load_older = async () => {
        const oldest = rows.lastElementChild.dataset.id;
        const {entries} = await api.get('/journal', {...filter, before: oldest, limit: page_size}, signal);
        rows.append(...entries.map(row));
        older.hidden = entries.length < page_size;
        settle();
    };
    older.addEventListener('click', () => load_older().catch(page.fail));
    put(main,
        h('div.page-head', {},
            h('h1', {tabindex: '-1'}, 'Requests'), count, h('span.spacer'), live.button,
            h('button.button', {type: 'button', id: 'empty', onclick: () => empty(page, reload)}, 'Empty…')),
        bar, table, nothing, older);
    page.keys({
        j: () => move(rows, 1), ArrowDown: () => move(rows, 1),
        k: () => move(rows, -1), ArrowUp: () => move(rows, -1),
        '/': () => bar.querySelector('[name=text]').focus(),
        p: () => live.button.click(),
    });
    await reload();
    live.start();
    rows.querySelector(`[data-id="${last_opened}"] a`)?.focus();
}

function head() {
    const columns = ['Time', 'Outcome', 'Operation', 'Message ID', 'Account', 'What happened', 'Status', 'Took'];
    return h('thead', {}, h('tr', {}, columns.map((text) =>
        h('th', {scope: 'col', class: text === 'Status' || text === 'Took' ? 'number' : null}, text))));
}

/** One request. The link makes it reachable by keyboard; the mouse may take the whole row. */
function row(entry) {
    const address = link(`requests/${entry.id}`);
    return h('tr.request', {
        'data-id': entry.id,
        onclick: (event) => {
            last_opened = entry.id;
            if (!event.target.closest('a') && !getSelection().toString()) location.hash = address;
        },
    },
        h('td.time', {}, h('a', {href: address}, time_of_day(entry.at))),
        h('td.what', {}, h(`span.outcome.${tone(entry.outcome)}`, {}, entry.outcome)),
        h('td.operation', {}, entry.operation || `${entry.method} ${entry.target}`,
          entry.soap && h('span.muted', {}, ` ${entry.soap}`)),
        h('td.message-id', {}, entry.message_id),
        h('td.account', {}, entry.account_number),
        h('td.note', {title: entry.explanation || null},
          entry.scenario && h('span.chip', {}, `scenario ${entry.scenario.name || entry.scenario.id}`),
          entry.ignored_count > 0 && h('span.chip.warn', {}, `${entry.ignored_count} ignored`),
          entry.explanation || (entry.call_log_id ? `call log ${entry.call_log_id}` : '')),
        h('td.number.status', {}, entry.status),
        h('td.number.took', {}, duration(entry.duration_us)));
}

function filter_bar(filter, apply, clear) {
    let timer = 0;
    const set = (event) => {
        filter[event.target.name] = event.target.value.trim();
        clearTimeout(timer);
        timer = setTimeout(apply, event.type === 'input' ? 200 : 0);
    };
    const text = (name, label, type = 'text') => h('input', {
        name, type, value: filter[name], placeholder: label, 'aria-label': label, oninput: set,
        autocomplete: 'off', spellcheck: 'false',
    });
    const any = (name, all, values) => select({name, 'aria-label': all, onchange: set},
        [['', all], ...values.map((value) => [value, value])], filter[name]);
    return h('div.filters', {role: 'search', 'aria-label': 'Filter'},
        text('text', 'Search   /', 'search'), any('outcome', 'Any outcome', outcomes),
        any('operation', 'Any operation', ['CreateCallLog']),
        text('account', 'Account number'), text('message_id', 'Message ID'),
        h('button.button', {type: 'button', onclick: clear}, 'Clear'));
}

function no_match(clear) {
    return h('div.empty', {},
        h('h2', {}, 'No request matches'),
        h('p', {}, 'The journal has requests, but none that fits this filter.'),
        h('button.button.primary', {type: 'button', onclick: clear}, 'Clear the filter'));
}

async function empty(page, reload) {
    if (!confirm('Empty the journal of this sandbox? Call logs and scenarios stay.')) return;
    await page.api.change('DELETE', '/journal').then(reload).catch(page.fail);
    toast('Journal emptied');
}

/** Moves the focus from row to row; from nowhere, to the first. */
function move(rows, step) {
    const current = document.activeElement.closest('tr.request');
    const next = !current ? rows.firstElementChild
        : step > 0 ? current.nextElementSibling : current.previousElementSibling;
    next?.querySelector('a').focus();
    next?.scrollIntoView({block: 'nearest'});
}
