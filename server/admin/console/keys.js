// Shortcuts, and the overlay that lists them.

import {h} from './dom.js';

const list = [
    ['j  k', '↓  ↑', 'next and previous request'],
    ['Enter', '', 'open the request that has the focus'],
    ['/', '', 'search'],
    ['Escape', '', 'leave a field, close a dialog, go back to the list'],
    ['1  2  3  4', '', 'Requests, Scenarios, Send, Charts'],
    ['c', '', 'on a request: copy as curl'],
    ['n', '', 'on Scenarios: new scenario'],
    ['p', '', 'pause and resume the live list'],
    ['Ctrl Enter', '', 'on Send: send'],
    ['s', '', 'sandboxes'],
    ['t', '', 'colours: system, light, dark'],
    ['?', '', 'this list'],
];

function is_typing(target) {
    return target.closest('input, textarea, select, [contenteditable]') !== null;
}

/**
 * Calls what a key stands for.
 * @param {() => Object<string, () => void>} current - the shortcuts in force
 */
export function listen(current) {
    document.addEventListener('keydown', (event) => {
        if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
        if (document.querySelector('dialog[open]')) return;
        if (is_typing(event.target)) {
            if (event.key === 'Escape') event.target.blur();
            return;
        }
        const action = current()[event.key];
        if (!action) return;
        event.preventDefault();
        action();
    });
}

/**
 * Opens a dialog, which Escape and a click beside it close; it is gone then.
 * @param {string} title
 * @param {...import('./dom.js').Child} content
 * @returns {HTMLDialogElement}
 */
export function open_dialog(title, ...content) {
    const dialog = h('dialog', {'aria-label': title},
        h('header.panel-head', {},
            h('h2', {}, title), h('span.spacer'),
            h('button.button.small', {type: 'button', onclick: () => dialog.close()}, 'Close')),
        content);
    dialog.addEventListener('close', () => dialog.remove());
    dialog.addEventListener('click', (event) => {
        if (event.target === dialog) dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
    return dialog;
}

/** The overlay with the shortcuts. */
export function show_help() {
    const caps = (text) => text.split(/ +/).filter(Boolean).map((cap) => h('kbd', {}, cap));
    open_dialog('Keyboard',
        h('dl.shortcuts', {}, list.map(([keys, others, text]) =>
            h('div', {}, h('dt', {}, caps(keys), others && ['or ', caps(others)]), h('dd', {}, text)))),
        h('p.muted', {}, 'The same as a JSON interface, for scripts and tests: ',
            h('a', {href: '/openapi.json'}, '/openapi.json')));
}
