// Reads a message's text into tokens, and lays them out. Nothing is lost: the tokens' texts, put
// together, are the text, well-formed or not; layout leaves out white space between elements only.
// No DOM and no recursion: messages may be hostile, and as deep as they like.

/**
 * @typedef {Object} Token
 * @property {'open'|'close'|'empty'|'text'|'comment'|'cdata'|'instruction'|'stray'} type
 * @property {string} text - as in the message
 * @property {number} line - where it begins, from 1
 * @property {string} name - of a tag, else ''
 */

/**
 * @typedef {Object} Row
 * @property {number} depth
 * @property {number[]} tokens - their indexes
 */

// An attribute's value holds no '<', which also keeps this linear.
const tag = /<(\/?)([^\s<>/"'=!?][^\s<>/"'=]*)(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/y;
const sections = [['<!--', '-->', 'comment'], ['<![CDATA[', ']]>', 'cdata'],
                  ['<?', '?>', 'instruction']];

/**
 * @param {string} text
 * @returns {Token[]}
 */
export function tokenize(text) {
    const tokens = [];
    let line = 1;
    let place = 0;
    const take = (type, end, name = '') => {
        const piece = text.slice(place, end);
        tokens.push({type, text: piece, line, name});
        for (let i = piece.indexOf('\n'); i >= 0; i = piece.indexOf('\n', i + 1)) line += 1;
        place = end;
    };
    while (place < text.length) {
        if (text[place] !== '<') {
            const next = text.indexOf('<', place);
            take('text', next < 0 ? text.length : next);
            continue;
        }
        const section = sections.find(([start]) => text.startsWith(start, place));
        if (section) {
            const [start, stop, type] = section;
            const end = text.indexOf(stop, place + start.length);
            take(end < 0 ? 'stray' : type, end < 0 ? text.length : end + stop.length);
            continue;
        }
        tag.lastIndex = place;
        const found = tag.exec(text);
        if (!found) {
            const next = text.indexOf('<', place + 1);
            take('stray', next < 0 ? text.length : next);
        } else {
            const type = found[1] ? 'close' : found[0].endsWith('/>') ? 'empty' : 'open';
            take(type, tag.lastIndex, found[2]);
        }
    }
    return tokens;
}

/**
 * Finds the end of each element, what it is in, and whether it may be laid out.
 * @param {Token[]} tokens
 * @returns {?{close: number[], parent: number[], inline: boolean[]}} by the start tag's index; null
 *   if the message is not well-formed
 */
export function structure(tokens) {
    const close = [];
    const parent = [];
    const inline = [];  // Has text, or nothing but white space: every byte of it is shown as it is.
    const has_children = [];
    const open = [];
    for (const [index, token] of tokens.entries()) {
        const top = open.at(-1);
        parent[index] = top ?? -1;
        if (token.type === 'stray') return null;
        if (token.type === 'close') {
            if (top === undefined || tokens[top].name !== token.name) return null;
            close[open.pop()] = index;
            inline[top] ||= !has_children[top];
        } else if (token.type === 'text' || token.type === 'cdata') {
            if (top === undefined ? token.text.trim() : is_content(token)) inline[top ?? -1] = true;
        } else {
            if (top !== undefined) has_children[top] = true;
            if (token.type === 'open') {
                inline[index] = /\sxml:space\s*=\s*["']preserve/.test(token.text);
                open.push(index);
            } else if (token.type === 'empty') {
                close[index] = index;
            }
        }
    }
    return open.length === 0 && !inline[-1] ? {close, parent, inline} : null;
}

function is_content(token) {
    return token.type === 'cdata' || /[^ \t\r\n]/.test(token.text);
}

/**
 * The rows of a well-formed message.
 * @param {Token[]} tokens
 * @param {{close: number[], inline: boolean[]}} shape - from structure()
 * @returns {Row[]}
 */
export function layout(tokens, shape) {
    const rows = [];
    let depth = 0;
    let inline_until = -1;
    for (const [index, token] of tokens.entries()) {
        if (index <= inline_until) {
            rows.at(-1).tokens.push(index);
            continue;
        }
        if (token.type === 'text') continue;  // White space between elements.
        if (token.type === 'close') depth -= 1;
        rows.push({depth, tokens: [index]});
        if (token.type !== 'open') continue;
        if (shape.inline[index]) {
            inline_until = shape.close[index];
        } else {
            depth += 1;
        }
    }
    return rows;
}

/**
 * Where the elements stand that the service ignored.
 * @param {Token[]} tokens
 * @param {{parent: number[]}} shape - from structure()
 * @param {Array<{path: string, line: number, expected: string}>} ignored
 * @returns {Map<number, {path: string, line: number, expected: string}>} by the start tag's index
 */
export function locate(tokens, shape, ignored) {
    const places = new Map();
    const local = (name) => name.replace(/^.*:/, '');
    const fits = (start, steps) => {
        let index = start;
        for (let i = steps.length - 1; i >= 0; i -= 1, index = shape.parent[index]) {
            if (index < 0 || local(tokens[index].name) !== steps[i]) return false;
        }
        return true;
    };
    for (const entry of ignored) {
        const steps = entry.path.split('/').map((step) => local(step).replace(/\[\d+\]$/, ''));
        const index = tokens.findIndex((token, at) =>
            token.line === entry.line && (token.type === 'open' || token.type === 'empty') &&
            !places.has(at) && fits(at, steps));
        if (index >= 0) places.set(index, entry);
    }
    return places;
}

/**
 * A tag in pieces to be coloured; put together, they are the tag.
 * @param {string} text
 * @returns {Array<{kind: 'mark'|'name'|'attribute'|'value'|'space', text: string}>}
 */
export function pieces(text) {
    const kinds = ['name', 'space', 'value', 'mark', 'attribute'];
    const parts = /(?<=^<\/?)([^\s<>/"'=]+)|(\s+)|("[^"]*"|'[^']*')|(<\/?|\/?>|[=/"'])|([^\s<>/"'=]+)/g;
    return [...text.matchAll(parts)].map((found) =>
        ({kind: kinds[found.slice(1).findIndex((part) => part !== undefined)], text: found[0]}));
}
