// The form of one scenario, new or to be changed.

import {field, h, put, select, toast} from './dom.js';
import {answer_of, answer_fields, delay_fields} from './scenario_answer.js';
import {pairs_editor} from './pairs.js';
import {go, link} from './router.js';

const blank = {name: '', match: {operation: 'CreateCallLog'}, answer: {kind: 'error_data'}, times: null};

/**
 * @param {import('./main.js').Page} page
 */
export async function show_scenario_form(page) {
    const {api, id, main, signal} = page;
    const is_new = id === 'new';
    const scenario = is_new ? blank : await api.get(`/scenarios/${id}`, {}, signal);
    page.title(is_new ? 'New scenario' : scenario.name || `Scenario ${id}`);
    const problem = h('div', {role: 'alert'});
    const match = match_fields(scenario.match ?? {});
    const answer = answer_fields(scenario.answer ?? {});
    const delay = delay_fields(scenario.answer?.delay_ms);
    const name = h('input', {name: 'name', value: scenario.name ?? '', required: true, maxlength: 200,
                             autocomplete: 'off', placeholder: 'timeout for account 999'});
    const times = h('input', {name: 'times', type: 'number', min: 1, value: scenario.times ?? '',
                              placeholder: 'always'});
    const enabled = h('input', {name: 'enabled', type: 'checkbox', checked: scenario.enabled !== false});

    const save = async (event) => {
        event.preventDefault();
        const delay_ms = delay.value();
        const changed = {
            name: name.value.trim(),
            enabled: enabled.checked,
            match: match.value(),
            answer: {...answer_of(answer), ...(delay_ms && {delay_ms})},
            times: times.value ? Number(times.value) : null,
        };
        try {
            await api.change(is_new ? 'POST' : 'PUT', is_new ? '/scenarios' : `/scenarios/${id}`, changed);
            toast('Scenario saved');
            go('scenarios');
        } catch (error) {
            put(problem, h('p.failure', {}, error.message));
            problem.scrollIntoView({block: 'nearest'});
        }
    };
    put(main, h('form.form', {onsubmit: save},
        h('div.page-head', {},
            h('a.back', {href: link('scenarios')}, 'Scenarios'),
            h('h1', {tabindex: '-1'}, is_new ? 'New scenario' : scenario.name || `Scenario ${id}`),
            !is_new && h('span.muted', {}, `used ${scenario.used} times`)),
        problem,
        h('div.columns.even', {},
            h('fieldset.panel', {}, h('legend', {}, 'When a request matches'),
                field('Name', name), match.element),
            h('fieldset.panel', {}, h('legend', {}, 'Answer with'),
                answer.element, delay.element,
                field('Times', times, 'After so many, the next scenario or the real answer. Empty: always.'),
                h('label.check', {}, enabled, ' On'))),
        h('div.actions', {},
            h('button.button.primary', {type: 'submit'}, 'Save'),
            h('a.button', {href: link('scenarios')}, 'Cancel'))));
    page.keys({Escape: () => go('scenarios')});
}

function match_fields(match) {
    const operation = select({name: 'operation'}, [['', 'any'], ['CreateCallLog', 'CreateCallLog']],
                             match.operation ?? '');
    const soap = select({name: 'soap'}, [['', 'either'], ['1.1', '1.1'], ['1.2', '1.2']], match.soap ?? '');
    const text = (name, attributes) => h('input', {
        name, value: match[name] ?? '', autocomplete: 'off', spellcheck: 'false', ...attributes});
    const credential = text('credential', {placeholder: 'a label, or: any registered'});
    const xpath = text('xpath', {class: 'mono', placeholder: "//AccountNumber[.='999']"});
    const call = text('call', {type: 'number', min: 1, placeholder: 'every'});
    const fields = pairs_editor('Field', 'Add a field', match.fields, 'Account/AccountNumber', '999');
    const header = pairs_editor('HTTP header', 'Add a header', match.header, 'X-Test', '1');
    const value = () => {
        const result = {
            operation: operation.value, soap: soap.value, credential: credential.value.trim(),
            xpath: xpath.value.trim(), call: call.value ? Number(call.value) : '',
            fields: fields.value(), header: header.value(),
        };
        // What is left empty matches everything.
        return Object.fromEntries(Object.entries(result).filter(([, given]) => given !== '' && given));
    };
    const element = h('div.stack', {},
        h('div.side', {}, field('Operation', operation), field('SOAP version', soap),
            field('Only the nth call', call)),
        fields.element, header.element,
        field('Credential', credential),
        field('XPath', xpath, 'Matches if it finds something. Blind to namespaces, unless it uses prefixes.'));
    return {element, value};
}
