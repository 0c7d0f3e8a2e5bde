// Making elements. Whatever comes from a message ends up in text nodes and attributes' values, never
// in markup: nothing here, or in any other module, parses HTML.

const svg_namespace = 'http://www.w3.org/2000/svg';

/** @typedef {Node|string|number|null|undefined|false|Child[]} Child */

/**
 * Makes an HTML element.
 * @param {string} kind - its name and classes: 'span.outcome.good'
 * @param {Object<string, unknown>} [attributes] - on…: a listener; true: an attribute without value;
 *   null, undefined or false: none
 * @param {...Child} children - strings become text nodes
 * @returns {HTMLElement}
 */
export function h(kind, attributes = {}, ...children) {
    const [name, ...classes] = kind.split('.');
    return fill(document.createElement(name), classes, attributes, children);
}

/**
 * Makes an SVG element; arguments as for h().
 * @param {string} kind
 * @param {Object<string, unknown>} [attributes]
 * @param {...Child} children
 * @returns {SVGElement}
 */
export function svg(kind, attributes = {}, ...children) {
    const [name, ...classes] = kind.split('.');
    return fill(document.createElementNS(svg_namespace, name), classes, attributes, children);
}

function fill(element, classes, attributes, children) {
    element.classList.add(...classes);
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith('on')) {
            element.addEventListener(name.slice(2), value);
        } else if (value !== null && value !== undefined && value !== false) {
            element.setAttribute(name, value === true ? '' : String(value));
        }
    }
    element.append(...nodes(children));
    return element;
}

function nodes(children) {
    return children
        .flat(Infinity)
        .filter((child) => child !== null && child !== undefined && child !== false)
        .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

/**
 * Replaces what an element holds.
 * @param {Element} element
 * @param {...Child} children
 */
export function put(element, ...children) {
    element.replaceChildren(...nodes(children));
}

/**
 * A <select>.
 * @param {Object<string, unknown>} attributes
 * @param {Array<[string, string]>} options - value and text of each
 * @param {string} [chosen] - the value to begin with
 * @returns {HTMLSelectElement}
 */
export function select(attributes, options, chosen = '') {
    return h('select', attributes, options.map(([value, text]) =>
        h('option', {value, selected: value === chosen}, text)));
}

/**
 * A labelled control.
 * @param {string} text
 * @param {HTMLElement} control
 * @param {string} [hint]
 * @returns {HTMLElement}
 */
export function field(text, control, hint) {
    return h('label.field', {}, h('span.label', {}, text), control, hint && h('span.hint', {}, hint));
}

/**
 * Says something for a moment, also to screen readers.
 * @param {string} text
 */
export function toast(text) {
    const place = document.getElementById('toast');
    place.textContent = text;
    place.classList.add('shown');
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => place.classList.remove('shown'), 2500);
}

/**
 * Puts a text on the clipboard and says so.
 * @param {string} text
 * @param {string} what - for "… copied"
 */
export async function copy(text, what) {
    if (navigator.clipboard) {
        await navigator.clipboard.writeText(text);
    } else {  // Not a secure context: the console is open under another machine's name.
        const area = h('textarea', {'aria-hidden': 'true'});
        area.value = text;
        document.body.append(area);
        area.select();
        document.execCommand('copy');
        area.remove();
    }
    toast(`${what} copied`);
}
