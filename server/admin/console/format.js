// How values are written, the same on every page.

const good = new Set(['stored', 'replayed']);
const warn = new Set(['AuthenticationFailed', 'ValidationFailed', 'DuplicateMessage']);
const quiet = new Set(['page', 'abandoned', '']);

/** Outcomes that a request can have, in the order in which charts stack them. */
export const outcomes = ['stored', 'replayed', 'AuthenticationFailed', 'ValidationFailed',
                         'DuplicateMessage', 'fault', 'refused', 'busy', 'failed', 'page'];

/**
 * @param {string} outcome
 * @returns {'good'|'warn'|'bad'|'quiet'}
 */
export function tone(outcome) {
    if (good.has(outcome)) return 'good';
    if (warn.has(outcome)) return 'warn';
    return quiet.has(outcome) ? 'quiet' : 'bad';
}

/**
 * @param {number} microseconds
 * @returns {string} '340 µs', '3.4 ms', '1.25 s'
 */
export function duration(microseconds) {
    if (microseconds < 1000) return `${Math.round(microseconds)} µs`;
    if (microseconds < 1e6) return `${short(microseconds / 1000)} ms`;
    return `${short(microseconds / 1e6)} s`;
}

function short(value) {
    return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

/**
 * @param {number} count
 * @returns {string} '421 bytes', '4.1 kB'
 */
export function bytes(count) {
    if (count < 1000) return plural(count, 'byte');
    return count < 1e6 ? `${(count / 1000).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

/**
 * @param {number} count
 * @param {string} noun
 * @param {string} [many] - its plural, if it is not made with s
 * @returns {string}
 */
export function plural(count, noun, many = `${noun}s`) {
    return `${count.toLocaleString('en')} ${count === 1 ? noun : many}`;
}

/**
 * An instant in the time of this machine; with its day if that is not today.
 * @param {string} instant - ISO 8601
 * @returns {string} '23:41:07.250'
 */
export function time_of_day(instant) {
    const date = new Date(instant);
    const two = (value, size = 2) => String(value).padStart(size, '0');
    const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}` +
        `.${two(date.getMilliseconds(), 3)}`;
    if (date.toDateString() === new Date().toDateString()) return time;
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}
