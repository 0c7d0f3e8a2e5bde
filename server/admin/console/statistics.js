// The page with the charts: rate, outcome and latency of the last minutes.

import {chart} from './charts.js';
import {h, put, select} from './dom.js';
import {empty_journal} from './empty.js';
import {duration, outcomes, plural} from './format.js';
import {remember} from './router.js';

const refresh_ms = 5000;
const ranges = [['15', 'Last 15 minutes'], ['60', 'Last hour'], ['360', 'Last 6 hours']];

/**
 * @param {import('./main.js').Page} page
 */
export async function show_statistics(page) {
    const {api, main, signal} = page;
    page.title('Charts');
    const place = h('div.charts', {id: 'charts'});
    const range = select({'aria-label': 'Range', id: 'range'}, ranges, page.parameters.get('minutes') ?? '15');
    let drawn = '';
    const draw = async () => {
        const statistics = await api.get('/statistics', {minutes: range.value}, signal);
        const now = JSON.stringify(statistics);
        // A table that someone has opened stays open as long as nothing changes.
        const width = Math.max(280, place.clientWidth - 26);
        if (now + width === drawn) return;
        drawn = now + width;
        const open = [...place.querySelectorAll('details')].map((details) => details.open);
        if (statistics.buckets.every((bucket) => bucket.requests === 0)) {
            const journal = await api.get('/journal', {limit: 1}, signal);
            if (journal.entries.length === 0) {
                await empty_journal(page, place);
            } else {
                put(place, nothing_recent());
            }
            return;
        }
        put(place, charts_of(statistics, width));
        [...place.querySelectorAll('details')].forEach((details, i) => { details.open = open[i] ?? false; });
    };
    range.addEventListener('change', () => {
        remember('charts', {minutes: range.value});
        draw().catch(page.fail);
    });
    put(main, h('div.page-head', {}, h('h1', {tabindex: '-1'}, 'Charts'), h('span.spacer'), range), place);
    await draw();
    const timer = setInterval(() => document.hidden || draw().catch(page.fail), refresh_ms);
    signal.addEventListener('abort', () => clearInterval(timer));
    addEventListener('resize', () => draw().catch(page.fail), {signal});
}

function nothing_recent() {
    return h('div.empty', {},
        h('h2', {}, 'No request in this time'),
        h('p', {}, 'Choose a longer range above, or send a request.'));
}

function charts_of({buckets, bucket_seconds: seconds = 60}, width) {
    const times = buckets.map((bucket) => {
        const at = new Date(bucket.at);
        return `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
    });
    const total = buckets.reduce((sum, bucket) => sum + bucket.requests, 0);
    const most = Math.max(...buckets.map((bucket) => bucket.requests));
    const per = seconds === 60 ? 'a minute' : seconds % 60 === 0 ? `in ${seconds / 60} minutes` : `in ${seconds} s`;
    const whole = (value) => String(Math.round(value * 10) / 10);
    const latencies = ['p50', 'p95', 'max'].map((name) => ({
        name, style: `latency-${name}`,
        values: buckets.map((bucket) => (bucket.requests > 0 ? bucket.latency_ms?.[name] ?? null : null)),
    }));
    const worst = Math.max(0, ...latencies[2].values.map((value) => value ?? 0));
    return [
        chart({title: 'Rate', kind: 'bars', width, times, format: whole,
               summary: `${plural(total, 'request')}, at most ${most} ${per}.`,
               series: [{name: 'requests', style: 'rate', values: buckets.map((bucket) => bucket.requests)}]}),
        chart({title: 'Outcomes', kind: 'bars', width, times, format: whole,
               summary: outcome_summary(buckets), series: outcome_series(buckets)}),
        chart({title: 'Latency', kind: 'lines', width, times, format: (ms) => duration(ms * 1000),
               summary: `The slowest took ${duration(worst * 1000)}.`, series: latencies}),
    ];
}

function outcome_series(buckets) {
    const seen = new Set(buckets.flatMap((bucket) => Object.keys(bucket.outcomes)));
    const known = outcomes.filter((outcome) => seen.delete(outcome));
    return [...known, ...seen].map((name) => ({
        name, style: outcomes.includes(name) ? `outcome-${name}` : 'outcome-other',
        values: buckets.map((bucket) => bucket.outcomes[name] ?? 0),
    }));
}

function outcome_summary(buckets) {
    const series = outcome_series(buckets);
    const sums = series.map(({name, values}) => [name, values.reduce((sum, value) => sum + value, 0)]);
    return `${sums.map(([name, sum]) => `${sum} ${name}`).join(', ')}.`;
}
