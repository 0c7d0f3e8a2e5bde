// The way of a request through the program, stage by stage, with what each took.

import {h} from './dom.js';
import {duration} from './format.js';

const signs = {ok: '✓', refused: '✕', skipped: '–'};

/**
 * @param {Array<{stage: string, result: string, detail: string, microseconds: number}>} trail
 * @returns {HTMLElement}
 */
export function trail_panel(trail) {
    const total = trail.reduce((sum, step) => sum + step.microseconds, 0);
    let before = 0;
    const rows = trail.map((step) => {
        const bar = h('span.bar-fill');
        bar.style.setProperty('--from', `${total ? (100 * before) / total : 0}%`);
        bar.style.setProperty('--width', `${total ? (100 * step.microseconds) / total : 0}%`);
        before += step.microseconds;
        return h(`tr.step.${step.result}`, {},
            h('th', {scope: 'row'},
                h('span.sign', {'aria-hidden': 'true'}, signs[step.result] ?? '·'), step.stage),
            h('td.result', {}, step.result),
            h('td.detail', {}, step.detail),
            h('td.number', {}, step.result === 'skipped' ? '' : duration(step.microseconds)),
            h('td.bar-cell', {'aria-hidden': 'true'}, h('span.bar-track', {}, step.microseconds > 0 && bar)));
    });
    return h('section.panel', {'aria-label': 'Decision trail'},
        h('header.panel-head', {},
            h('h2', {}, 'Decision trail'),
            h('span.muted', {}, `${duration(total)} in all`)),
        h('table.trail', {},
            h('thead.unseen', {}, h('tr', {}, ['Stage', 'Result', 'Detail', 'Took', 'Share'].map(
                (text) => h('th', {scope: 'col'}, text)))),
            h('tbody', {}, rows)));
}
