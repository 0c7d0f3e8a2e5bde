// Charts as inline SVG: stacked bars and lines over time. Each has its numbers in a table beside it,
// for those who do not see the picture.

import {h, svg} from './dom.js';

const height = 132;
const margin = {left: 52, right: 4, top: 10, bottom: 24};
const plot_height = height - margin.top - margin.bottom;

/**
 * @typedef {Object} Series
 * @property {string} name
 * @property {string} style - a class that gives the colour
 * @property {Array<number|null>} values - one for each bucket
 */

/**
 * The next round number that is no less: 1, 2, 4, 6, 8, 10, 20, 40, …
 * @param {number} value
 * @returns {number}
 */
export function round_up(value) {
    const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-9)));
    return [1, 2, 4, 6, 8, 10].map((step) => step * power).find((limit) => limit >= value * 0.999999);
}

/**
 * A figure with a chart, a legend and a table.
 * @param {Object} options
 * @param {string} options.title
 * @param {string} options.summary - the chart in one sentence
 * @param {'bars'|'lines'} options.kind - bars are stacked
 * @param {number} options.width - of the picture, in pixels
 * @param {string[]} options.times - a label for each bucket
 * @param {Series[]} options.series
 * @param {(value: number) => string} options.format
 * @returns {HTMLElement}
 */
export function chart({title, summary, kind, width, times, series, format}) {
    const totals = times.map((_, i) => (kind === 'bars'
        ? series.reduce((sum, one) => sum + (one.values[i] ?? 0), 0)
        : Math.max(0, ...series.map((one) => one.values[i] ?? 0))));
    const top = round_up(Math.max(...totals, kind === 'bars' ? 4 : 0.01));
    const y = (value) => margin.top + plot_height * (1 - value / top);
    const step = (width - margin.left - margin.right) / times.length;
    const x = (index) => margin.left + step * index;
    const marks = kind === 'bars' ? bars(series, times.length, x, y, step) : lines(series, x, y, step);
    const picture = svg('svg.chart', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': summary},
        grid(top, width, y, format), time_axis(times, x, step), marks,
        times.map((time, i) => svg('rect.hover', {x: x(i), y: margin.top, width: step, height: plot_height},
            svg('title', {}, [time, ...series.filter((one) => one.values[i])
                .map((one) => `${one.name}: ${format(one.values[i])}`)].join('\n')))));
    return h('figure.panel', {},
        h('figcaption.panel-head', {}, h('h2', {}, title), h('span.muted', {}, summary)),
        legend(series), picture, table(title, times, series, format));
}

function grid(top, width, y, format) {
    return [0, 0.5, 1].map((part) => [
        svg('line.grid', {x1: margin.left, x2: width - margin.right, y1: y(top * part), y2: y(top * part)}),
        svg('text.axis', {x: margin.left - 6, y: y(top * part) + 4, 'text-anchor': 'end'}, format(top * part)),
    ]);
}

/** As many labels as there is room for, the last bucket's always among them. */
function time_axis(times, x, step) {
    const every = Math.ceil(times.length / Math.max(2, Math.floor((step * times.length) / 90)));
    return times.map((time, i) => ((times.length - 1 - i) % every === 0 && svg('text.axis', {
        x: x(i) + step / 2, y: height - 6, 'text-anchor': i === times.length - 1 ? 'end' : 'middle'}, time)));
}

function bars(series, count, x, y, step) {
    const gap = Math.min(2, step / 4);
    const base = new Array(count).fill(0);
    return series.map((one) => one.values.map((value, i) => {
        if (!value) return null;
        const bottom = y(base[i]);
        base[i] += value;
        return svg(`rect.${one.style}`, {x: x(i) + gap / 2, y: y(base[i]), width: step - gap,
                                         height: bottom - y(base[i])});
    }));
}

function lines(series, x, y, step) {
    return series.map((one) => {
        let path = '';
        one.values.forEach((value, i) => {
            if (value === null) return;
            // A bucket without requests breaks the line.
            path += `${i > 0 && one.values[i - 1] !== null ? 'L' : 'M'}${x(i) + step / 2} ${y(value)}`;
        });
        const dots = one.values.map((value, i) =>
            value !== null && svg('circle', {cx: x(i) + step / 2, cy: y(value), r: 2}));
        return svg(`g.line.${one.style}`, {}, svg('path', {d: path}), dots);
    });
}

function legend(series) {
    if (series.length < 2) return null;
    return h('ul.legend', {}, series.map((one) =>
        h('li', {}, h(`span.swatch.${one.style}`), one.name)));
}

function table(title, times, series, format) {
    const filled = times.map((time, i) => [time, i]).filter(([, i]) => series.some((one) => one.values[i]));
    return h('details.numbers', {},
        h('summary', {}, 'As a table'),
        h('div.scroll', {tabindex: '0', role: 'group', 'aria-label': `${title}: numbers`},
            h('table.plain', {},
                h('caption.unseen', {}, title),
                h('thead', {}, h('tr', {}, h('th', {scope: 'col'}, 'Time'),
                    series.map((one) => h('th.number', {scope: 'col'}, one.name)))),
                h('tbody', {}, filled.reverse().map(([time, i]) => h('tr', {},
                    h('th', {scope: 'row'}, time),
                    series.map((one) => h('td.number', {},
                        one.values[i] === null ? '' : format(one.values[i])))))))));
}
