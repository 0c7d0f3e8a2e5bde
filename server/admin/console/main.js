// The frame: which page is shown, in which sandbox.

import {Api} from './api.js';
import {h, put} from './dom.js';
import {listen, show_help} from './keys.js';
import {show_list} from './list.js';
import {show_request} from './request.js';
import {go, link, parse} from './router.js';
import {choose_sandbox} from './sandboxes.js';
import {show_scenario_form} from './scenario_form.js';
import {show_scenarios} from './scenarios.js';
import {show_send} from './send.js';
import {show_statistics} from './statistics.js';
import {start_theme, switch_theme} from './theme.js';

/**
 * What a page gets.
 * @typedef {Object} Page
 * @property {HTMLElement} main - where it shows itself
 * @property {string} id - '7' of #/requests/7
 * @property {URLSearchParams} parameters
 * @property {Api} api - of the sandbox
 * @property {AbortSignal} signal - the page is left
 * @property {(text: string) => void} title
 * @property {(keys: Object<string, () => void>) => void} keys - its own shortcuts
 * @property {(error: Error) => void} fail - shows an error above the page
 */

const main = document.getElementById('main');
let leaving = new AbortController();
let shown = '';
let page_keys = {};

const common_keys = {
    1: () => go('requests'), 2: () => go('scenarios'), 3: () => go('send'), 4: () => go('charts'),
    s: () => choose_sandbox(), t: switch_theme, '?': show_help,
};

function handler_of({page, id}) {
    if (page === 'scenarios') return id ? show_scenario_form : show_scenarios;
    return {requests: id ? show_request : show_list, send: show_send, charts: show_statistics}[page];
}

/** Errors stand above the page, which stays as it is. */
function fail(error) {
    if (error.name === 'AbortError') return;
    main.querySelector('.failure')?.remove();
    main.prepend(h('div.failure', {role: 'alert'},
        h('p', {}, error.message),
        h('button.button.small', {type: 'button', onclick: show}, 'Try again')));
}

async function show() {
    leaving.abort();
    leaving = new AbortController();
    page_keys = {};
    const route = parse(location.hash);
    const sandbox = route.parameters.get('sandbox') ?? '';
    frame(route.page, sandbox);
    const handler = handler_of(route);
    if (!handler) {
        put(main, not_found(route.page));
        return;
    }
    const signal = leaving.signal;
    const is_first = shown === '';
    const is_other = shown !== location.hash.split('?')[0];
    shown = location.hash.split('?')[0];
    main.setAttribute('aria-busy', 'true');
    try {
        await handler({
            main, signal, fail, id: route.id, parameters: route.parameters, api: new Api(sandbox),
            title: (text) => { document.title = `${text} · customercare`; },
            keys: (keys) => { if (!signal.aborted) page_keys = keys; },
        });
        // Where one goes on reading, unless the page has chosen something itself, or is the first.
        if (is_other && !is_first && !main.contains(document.activeElement)) {
            main.querySelector('h1')?.focus({preventScroll: true});
        }
        if (is_other) scrollTo(0, 0);
    } catch (error) {
        if (signal.aborted) return;
        put(main, h('div.page-head', {}, h('h1', {tabindex: '-1'}, 'This did not work')));
        fail(error);
    }
    if (!signal.aborted) main.removeAttribute('aria-busy');
}

function frame(page, sandbox) {
    for (const anchor of document.querySelectorAll('nav a')) {
        anchor.href = link(anchor.dataset.page);
        if (anchor.dataset.page === page) {
            anchor.setAttribute('aria-current', 'page');
        } else {
            anchor.removeAttribute('aria-current');
        }
    }
    document.querySelector('.brand').href = link('requests');
    put(document.getElementById('sandbox-button'),
        h('span.muted', {}, 'Sandbox '), h('b', {}, sandbox || 'default'));
}

function not_found(page) {
    return h('div.empty', {},
        h('h1', {tabindex: '-1'}, `There is no page “${page}”`),
        h('a.button.primary', {href: link('requests')}, 'To the requests'));
}

start_theme();
listen(() => ({...common_keys, ...page_keys}));
document.getElementById('sandbox-button').addEventListener('click', () => choose_sandbox());
document.getElementById('help-button').addEventListener('click', show_help);
document.getElementById('skip').addEventListener('click', () => main.focus());
addEventListener('hashchange', show);
show();
