// The scenarios: what the service answers instead of the truth, and how often it did.

import {h, put, toast} from './dom.js';
import {plural} from './format.js';
import {go, link} from './router.js';

/**
 * @param {import('./main.js').Page} page
 */
export async function show_scenarios(page) {
    const {api, main, signal} = page;
    page.title('Scenarios');
    const list = h('div', {id: 'scenarios'});
    const magic = h('section.panel', {'aria-label': 'Magic accounts'});
    const reload = async () => {
        const {scenarios} = await api.get('/scenarios', {}, signal);
        put(list, scenarios.length > 0 ? table(scenarios, change) : nothing());
    };
    const change = (action) => action(api).then(reload).catch(page.fail);
    put(main,
        h('div.page-head', {},
            h('h1', {tabindex: '-1'}, 'Scenarios'),
            h('span.muted.wide-only', {}, 'The first that matches, from the top, gives the answer.'),
            h('span.spacer'),
            h('a.button.primary', {href: link('scenarios/new')}, 'New scenario')),
        list, magic);
    page.keys({n: () => go('scenarios/new')});
    await reload();
    put(magic, magic_accounts((await api.get('/magic-accounts', {}, signal)).magic_accounts));
}

function nothing() {
    return h('div.empty', {},
        h('h2', {}, 'No scenario yet'),
        h('p', {}, 'Without one, every request gets the real answer. A scenario gives another: an error, a ' +
            'fault, a delay, a broken connection — for the requests that you choose, as often as you choose.'),
        h('a.button.primary', {href: link('scenarios/new')}, 'Make the first'));
}

function table(scenarios, change) {
    return h('section.panel', {'aria-label': 'Scenarios'}, h('table.plain.scenarios', {},
        h('thead', {}, h('tr', {}, ['On', 'Scenario', 'Matches', 'Answers', 'Used'].map((text) =>
            h('th', {scope: 'col', class: text === 'Used' ? 'number' : null}, text)), h('td'))),
        h('tbody', {}, scenarios.map((scenario) => row(scenario, change)))));
}

function row(scenario, change) {
    const label = scenario.name || `number ${scenario.id}`;
    const is_on = scenario.enabled !== false;
    const flip = () => change((api) =>
        api.change('PUT', `/scenarios/${scenario.id}`, {...scenario, enabled: !is_on}));
    const remove = () => {
        if (!confirm(`Delete the scenario ${label}?`)) return;
        change((api) => api.change('DELETE', `/scenarios/${scenario.id}`)
            .then(() => toast('Scenario deleted')));
    };
    return h(is_on ? 'tr' : 'tr.off', {'data-id': scenario.id},
        h('td', {}, h('button.switch', {type: 'button', role: 'switch', 'aria-checked': String(is_on),
                                        'aria-label': `${label} is on`, onclick: flip})),
        h('th', {scope: 'row'}, h('a', {href: link(`scenarios/${scenario.id}`)}, label)),
        h('td', {}, matchers(scenario.match ?? {})),
        h('td', {}, answer_text(scenario.answer ?? {})),
        h('td.number', {}, scenario.times ? `${scenario.used} of ${scenario.times}` : scenario.used),
        h('td.actions', {}, h('button.button.small.danger', {
            type: 'button', 'aria-label': `Delete ${label}`, onclick: remove}, 'Delete')));
}

function matchers(match) {
    const texts = [
        match.operation, match.soap && `SOAP ${match.soap}`,
        ...Object.entries(match.header ?? {}).map(([name, value]) => `${name}: ${value}`),
        match.credential && `credential ${match.credential}`,
        ...Object.entries(match.fields ?? {}).map(([name, value]) => `${name} = ${value}`),
        match.xpath, match.call && `call ${match.call}`,
    ].filter(Boolean);
    if (texts.length === 0) return h('span.muted', {}, 'every request');
    return texts.map((text) => h('span.chip.mono', {}, text));
}

/**
 * An answer in words.
 * @param {Object} answer
 * @returns {string}
 */
export function answer_text(answer) {
    const texts = {
        success: 'success', pass: 'the real answer', garbage: 'garbage',
        error_data: `ErrorData ${answer.code ?? ''}`, fault: `${answer.code ?? ''} fault: ${answer.text ?? ''}`,
        http: `HTTP status ${answer.status ?? ''}`,
        reset: answer.when === 'after_storing' ? 'stored, then the connection is reset'
            : 'the connection is reset before storing',
        truncated: `the reply, cut after ${plural(answer.bytes ?? 0, 'byte')}`,
        store_without_answer: 'stored, never answered', answer_without_storing: 'success, nothing stored',
    };
    const delay = answer.delay_ms;
    const after = !delay ? '' : typeof delay === 'object'
        ? `, after ${delay.from}–${delay.to} ms` : `, after ${delay} ms`;
    return (texts[answer.kind] ?? answer.kind ?? '') + after;
}

function magic_accounts(accounts) {
    return [
        h('header.panel-head', {},
            h('h2', {}, 'Magic accounts'),
            h('span.muted', {}, 'These AccountNumbers need no scenario.')),
        h('ul.magic', {}, accounts.map((account) =>
            h('li', {title: account.text},
                h('code', {}, account.account_number), h('span', {}, account.outcome),
                h('a', {href: link('send', {account: account.account_number}),
                        'aria-label': `Send one with account ${account.account_number}`}, 'Send')))),
    ];
}
