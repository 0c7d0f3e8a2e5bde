// Shows a message's text: laid out and coloured, or raw.

import {copy, h, put} from './dom.js';
import {layout, locate, pieces, structure, tokenize} from './xml.js';

/** Rows shown at once: a message may have a hundred thousand, which no page takes well. */
const rows_at_once = 2000;

/**
 * A panel with a message, and the switch between pretty and raw.
 * @param {Object} options
 * @param {string} options.title
 * @param {string} options.text
 * @param {string} options.about - what stands beside the title: size, encoding
 * @param {Array<[string, string]>} options.headers
 * @param {Array<{path: string, line: number, expected: string}>} [options.ignored]
 * @param {HTMLElement[]} [options.buttons]
 * @returns {HTMLElement}
 */
export function message_panel({title, text, about, headers, ignored = [], buttons = []}) {
    const place = h('div.code', {tabindex: '0', role: 'group', 'aria-label': `${title}: text`});
    const pretty = h('button.segment', {type: 'button', onclick: () => show(true)}, 'Pretty');
    const raw = h('button.segment', {type: 'button', onclick: () => show(false)}, 'Raw');
    const show = (is_pretty) => {
        pretty.setAttribute('aria-pressed', String(is_pretty));
        raw.setAttribute('aria-pressed', String(!is_pretty));
        put(place, !text ? h('p.none', {}, 'No body.')
            : is_pretty ? pretty_text(text, ignored) : h('pre.raw', {}, text));
    };
    show(true);
    return h('section.panel.message', {'aria-label': title},
        h('header.panel-head', {},
            h('h2', {}, title), h('span.muted', {}, about),
            h('span.spacer'),
            h('span.segments', {role: 'group', 'aria-label': `${title}: how it is shown`}, pretty, raw),
            h('button.button.small', {type: 'button', onclick: () => copy(text, title)}, 'Copy'),
            buttons),
        headers_list(headers),
        place);
}

function headers_list(headers) {
    if (headers.length === 0) return null;
    return h('details.headers', {},
        h('summary', {}, `${headers.length} headers`),
        h('dl', {}, headers.map(([name, value]) =>
            h('div', {}, h('dt', {}, name), h('dd', {}, value)))));
}

/**
 * @param {string} text
 * @param {Array<{path: string, line: number, expected: string}>} [ignored]
 * @returns {HTMLElement}
 */
export function pretty_text(text, ignored = []) {
    const tokens = tokenize(text);
    const shape = structure(tokens);
    if (!shape) {
        return h('div', {},
            h('p.none', {}, 'Not well-formed: shown line by line, as it came.'),
            in_chunks(as_it_came(tokens)));
    }
    const places = locate(tokens, shape, ignored);
    const rows = layout(tokens, shape);
    let last_line = 0;
    let ignored_until = -1;
    return in_chunks(rows.map((row) => {
        const first = row.tokens[0];
        const line = tokens[first].line === last_line ? '' : tokens[first].line;
        last_line = tokens[first].line;
        const marks = row.tokens.filter((index) => places.has(index));
        for (const index of marks) ignored_until = Math.max(ignored_until, shape.close[index]);
        const notes = marks.map((index) => places.get(index));
        const is_ignored = first <= ignored_until || marks.length > 0;
        return () => code_row(line, row.depth, row.tokens.map((index) => coloured(tokens[index])),
                              is_ignored, notes);
    }));
}

/** The rows of a message that can't be laid out: its own lines. */
function as_it_came(tokens) {
    const rows = [{line: 1, parts: []}];
    for (const token of tokens) {
        token.text.split('\n').forEach((part, number) => {
            if (number > 0) rows.push({line: rows.length + 1, parts: []});
            rows.at(-1).parts.push(coloured({...token, text: part}));
        });
    }
    return rows.map((row) => () => code_row(row.line, 0, row.parts, false, []));
}

function code_row(line, depth, parts, is_ignored, notes) {
    const code = h('code', {}, '  '.repeat(Math.min(depth, 40)), parts,
        notes.map((note) => h('span.note', {}, `ignored; could be here: ${note.expected}`)));
    code.style.setProperty('--depth', Math.min(depth, 40) + 1);
    return h(is_ignored ? 'div.row.ignored' : 'div.row', {},
        h('span.gutter', {'aria-hidden': 'true'}, line), code);
}

function coloured(token) {
    if (token.type === 'open' || token.type === 'close' || token.type === 'empty') {
        return pieces(token.text).map(({kind, text}) =>
            kind === 'space' ? text : h(`span.xml-${kind}`, {}, text));
    }
    if (token.type === 'text') return token.text === '*****' ? h('span.masked', {}, '*****') : token.text;
    return h(`span.xml-${token.type}`, {}, token.text);
}

/** Shows the first rows, and a button for more. */
function in_chunks(makers) {
    const place = h('div.rows');
    let shown = 0;
    const more = h('button.button.small', {type: 'button'});
    const show = () => {
        more.remove();
        place.append(...makers.slice(shown, shown + rows_at_once).map((make) => make()));
        shown = Math.min(shown + rows_at_once, makers.length);
        const left = makers.length - shown;
        if (left === 0) return;
        more.textContent = `Show ${Math.min(left, rows_at_once)} more of ${left} rows`;
        place.append(more);
    };
    more.addEventListener('click', show);
    show();
    return place;
}
