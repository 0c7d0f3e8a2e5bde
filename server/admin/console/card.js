// A stored call log as a card to read: groups and labels in words, in the contract's order.

import {h} from './dom.js';
import {time_of_day} from './format.js';

/**
 * @param {Object} call_log - as GET /call-logs/ID gives it
 * @returns {HTMLElement}
 */
export function call_log_card(call_log) {
    const {id, receivedAt, credential, masked, ...content} = call_log;
    return h('section.panel.card', {'aria-label': `Call log ${id}`},
        h('header.panel-head', {},
            h('h2', {}, `Call log ${id}`),
            h('span.muted', {}, `stored ${time_of_day(receivedAt)}`,
              credential && ` by ${credential}`),
            h('span.spacer'),
            masked && h('span.chip', {title: 'SSN and DriverLicense are stored encrypted, and never shown here'}, 'masked')),
        h('div.card-body', {}, groups_of(content)));
}

/** One group for each object that has values, and one for the values that stand beside them. */
function groups_of(content) {
    const groups = [];
    const add = (title, object) => {
        const values = [];
        const inner = [];
        for (const [name, value] of Object.entries(object)) {
            if (value !== null && typeof value === 'object' && !is_list_of_texts(value)) {
                inner.push([name, value]);
            } else {
                values.push([name, value]);
            }
        }
        if (values.length > 0) groups.push(group(title, values));
        for (const [name, value] of inner) {
            const items = Array.isArray(value) ? value : [value];
            items.forEach((item, index) => {
                const label = words(name) + (items.length > 1 ? ` ${index + 1}` : '');
                add(label, item !== null && typeof item === 'object' ? item : {[name]: item});
            });
        }
    };
    add('Call', content);
    return groups;
}

function is_list_of_texts(value) {
    return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
}

function group(title, values) {
    return h('div.card-group', {},
        h('h3', {}, title),
        h('dl', {}, values.map(([name, value]) =>
            h('div', {}, h('dt', {}, words(name)), h('dd', {}, shown(value))))));
}

function shown(value) {
    if (Array.isArray(value)) return value.map((item) => h('div', {}, shown(item)));
    if (value === null) return h('span.muted', {}, 'nil');
    if (value === '') return h('span.muted', {}, 'empty');
    if (value === true) return 'yes';
    if (value === false) return 'no';
    return String(value);
}

/**
 * @param {string} name - 'CriticalContactFlag'
 * @returns {string} 'Critical contact flag'
 */
export function words(name) {
    const parts = name.match(/[A-Z]+(?=[A-Z][a-z]|\b|[^A-Za-z])|[A-Z]?[a-z]+|[A-Z]+|[^A-Za-z]+/g) ?? [name];
    return parts.map((part, index) =>
        index === 0 || /^[A-Z]{2,}$/.test(part) ? part : part.toLowerCase()).join(' ');
}
