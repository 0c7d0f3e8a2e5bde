// Rows of name and value: fields and headers of a scenario.

import {h} from './dom.js';

/**
 * @param {string} what - 'HTTP header'
 * @param {string} add_text - 'Add a header'
 * @param {Object<string, string>|undefined} pairs
 * @param {string} name_hint
 * @param {string} value_hint
 * @returns {{element: HTMLElement, value: () => Object<string, string>|null}}
 */
export function pairs_editor(what, add_text, pairs, name_hint, value_hint) {
    const rows = h('div.stack.tight');
    const input = (kind, value, hint) => h('input.mono', {
        value, placeholder: hint, 'data-part': kind, 'aria-label': `${what}: ${kind}`,
        autocomplete: 'off', spellcheck: 'false',
    });
    const add = (name = '', value = '') => {
        const row = h('div.pair-row', {}, input('name', name, name_hint), h('span.muted', {}, '='),
            input('value', value, value_hint),
            h('button.button.small', {type: 'button', 'aria-label': `${what}: remove`,
                                      onclick: () => row.remove()}, '✕'));
        rows.append(row);
        return row;
    };
    for (const [name, value] of Object.entries(pairs ?? {})) add(name, value);
    if (rows.children.length === 0) add();
    const more = h('button.button.small', {
        type: 'button', onclick: () => add().querySelector('input').focus()}, add_text);
    const value = () => {
        const result = {};
        for (const row of rows.children) {
            const [name, text] = row.querySelectorAll('input');
            if (name.value.trim()) result[name.value.trim()] = text.value;
        }
        return Object.keys(result).length > 0 ? result : null;
    };
    const element = h('div.field', {role: 'group', 'aria-label': what, 'data-pairs': what},
        h('span.label', {}, what), rows, h('div', {}, more));
    return {element, value};
}
