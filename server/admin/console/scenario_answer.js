// The part of a scenario's form that says what is answered: each kind has its own fields.

import {field, h, put, select} from './dom.js';
import {pairs_editor} from './pairs.js';

const kinds = [
    ['success', 'Success'], ['error_data', 'ErrorData in the reply'], ['fault', 'SOAP fault'],
    ['http', 'HTTP status'], ['reset', 'Connection reset'], ['truncated', 'Truncated reply'],
    ['garbage', 'Garbage'], ['store_without_answer', 'Store, but do not answer'],
    ['answer_without_storing', 'Answer, but do not store'], ['pass', 'The real answer'],
];
const options = {
    code: [['Client', 'Client (1.2: Sender)'], ['Server', 'Server (1.2: Receiver)']],
    when: [['before_storing', 'before storing'], ['after_storing', 'after storing']],
};
/** Name, label, type, and value to begin with, of each kind's fields. */
const fields_of = {
    error_data: [['code', 'Error code', 'text', 'AuthenticationFailed'],
                 ['description', 'Description', 'text', ''],
                 ['native_error_detail', 'Native error detail', 'text', '']],
    fault: [['code', 'Fault code', 'select', 'Server'], ['text', 'Text', 'text', 'Timeout expired.'],
            ['status', 'HTTP status', 'number', 500]],
    http: [['status', 'HTTP status', 'number', 503], ['headers', 'Header', 'pairs'],
           ['body', 'Body', 'textarea', '']],
    reset: [['when', 'When', 'select', 'before_storing']],
    truncated: [['bytes', 'Bytes sent', 'number', 100]],
};

/**
 * The choice of the kind, and its fields.
 * @param {Object} answer - to begin with
 * @returns {{element: HTMLElement, kind: HTMLSelectElement, readers: Map<string, () => unknown>}}
 */
export function answer_fields(answer) {
    const readers = new Map();
    const place = h('div.stack');
    const kind = select({name: 'kind'}, kinds, answer.kind);
    const show = () => {
        readers.clear();
        put(place, (fields_of[kind.value] ?? []).map((entry) => control(entry, answer, readers)));
    };
    kind.addEventListener('change', show);
    show();
    return {element: h('div.stack', {}, field('Answer', kind), place), kind, readers};
}

function control([name, label, type, first], answer, readers) {
    const value = answer[name] ?? first;
    if (type === 'pairs') {
        const editor = pairs_editor(label, 'Add a header', answer[name], 'Retry-After', '1');
        readers.set(name, editor.value);
        return editor.element;
    }
    if (type === 'select') {
        const choice = select({name}, options[name], value);
        readers.set(name, () => choice.value);
        return field(label, choice);
    }
    const input = h(type === 'textarea' ? 'textarea' : 'input', type === 'textarea'
        ? {name, rows: 5, spellcheck: 'false'}
        : {name, type, required: type === 'number', min: type === 'number' ? 0 : null, autocomplete: 'off'});
    input.value = value;
    readers.set(name, () => (type === 'number' ? Number(input.value) : input.value));
    return field(label, input);
}

/**
 * @param {{kind: HTMLSelectElement, readers: Map<string, () => unknown>}} fields
 * @returns {Object} the answer, without delay
 */
export function answer_of({kind, readers}) {
    const answer = {kind: kind.value};
    for (const [name, read] of readers) {
        const value = read();
        if (value !== null && value !== '') answer[name] = value;
    }
    return answer;
}

/**
 * No delay, a fixed one or a range.
 * @param {number|{from: number, to: number}|undefined} delay
 * @returns {{element: HTMLElement, value: () => number|{from: number, to: number}|null}}
 */
export function delay_fields(delay) {
    const is_range = typeof delay === 'object' && delay !== null;
    const input = (name, label, value) => h('input', {
        name, type: 'number', min: 0, value: value ?? '', placeholder: '0', 'aria-label': label});
    const from = input('delay_from', 'Delay in ms, at least', is_range ? delay.from : delay);
    const to = input('delay_to', 'Delay in ms, at most', is_range ? delay.to : null);
    const value = () => {
        if (to.value) return {from: Number(from.value), to: Number(to.value)};
        return from.value ? Number(from.value) : null;
    };
    const element = h('div.field', {role: 'group', 'aria-label': 'Delay'},
        h('span.label', {}, 'Delay in ms'),
        h('div.pair-row', {}, from, h('span.muted', {}, 'to'), to),
        h('span.hint', {}, 'The first alone: always so long. Both: by chance between them.'));
    return {element, value};
}
