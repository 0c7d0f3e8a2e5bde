// server/admin/console/xml.js, as the program serves it.

import assert from 'node:assert/strict';

const samples = [
    '', 'no XML at all', '<a/>', '<a>text</a>', '<a>  </a>', '<a>\n <b/>\n</a>', '<a> x <b/> y </a>',
    '<?xml version="1.0"?>\n<!-- a -- b --><a b="1" c=\'>\'>&lt;<![CDATA[<b>]]></a>\n',
    '<a xml:space="preserve"> <b/> </a>', '<a><b></a></b>', '<a', '<a b="', '</a>', '<a></a><', '<a>]]></a>&',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', '<a><!-- never ends', '<a>\r\n<b>\r\n</b></a>', '\ufeff<a/>',
    '<a b= c>x</a>', '<s:a xmlns:s="u:v"><s:b s:c="d"/></s:a>', '<a>é €😀\u2028</a>', '<a/b>', '<a "=/></a>',
];

/** Texts by chance, but the same each time: made of pieces that matter to a reader of XML. */
function random_texts(count) {
    const parts = ['<', '>', '</', '/>', '"', "'", '=', '<a>', '</a>', '<b c="d">', '</b>', '<e/>', ' ', '\n', 'x',
                   '<!--', '-->', '<![CDATA[', ']]>', '<?', '?>', '&lt;', '*****', 'é'];
    let seed = 1;
    const next = (limit) => {
        seed = (seed * 48271) % 2147483647;
        return seed % limit;
    };
    return Array.from({length: count}, () =>
        Array.from({length: next(30)}, () => parts[next(parts.length)]).join(''));
}

export default {
    'xml: tokens and the pieces of tags lose nothing, well-formed or not': async ({tab}) => {
        await tab.open('requests');
        const lost = await tab.page.evaluate(async (texts) => {
            const {pieces, tokenize} = await import('/console/xml.js');
            return texts.filter((text) => {
                const tokens = tokenize(text);
                const is_tag = ({type}) => ['open', 'close', 'empty'].includes(type);
                return tokens.map((token) => token.text).join('') !== text ||
                    tokens.some((token) => is_tag(token) &&
                        pieces(token.text).map((piece) => piece.text).join('') !== token.text) ||
                    tokens.some((token, i) => token.line !==
                        tokens.slice(0, i).map((before) => before.text).join('').split('\n').length);
            });
        }, [...samples, ...random_texts(3000)]);
        assert.deepEqual(lost, []);
    },

    'xml: layout leaves out nothing but white space between elements': async ({tab}) => {
        await tab.open('requests');
        const result = await tab.page.evaluate(async (texts) => {
            const {layout, structure, tokenize} = await import('/console/xml.js');
            const lost = [];
            let laid_out = 0;
            for (const text of texts) {
                const tokens = tokenize(text);
                const shape = structure(tokens);
                if (!shape) continue;
                laid_out += 1;
                const shown = layout(tokens, shape).flatMap((row) => row.tokens);
                const is_shown = new Set(shown);
                const missing = tokens.filter((_, i) => !is_shown.has(i));
                const in_order = shown.every((index, i) => i === 0 || index > shown[i - 1]);
                if (!in_order || missing.some(({type, text: t}) => type !== 'text' || t.trim())) lost.push(text);
            }
            return {laid_out, lost};
        }, [...samples, ...random_texts(3000)]);
        assert.deepEqual(result.lost, []);
        assert(result.laid_out > 100, `only ${result.laid_out} were well-formed`);
    },

    'xml: values keep their white space, objects are indented': async ({tab}) => {
        await tab.open('requests');
        const rows = await tab.page.evaluate(async (text) => {
            const {layout, structure, tokenize} = await import('/console/xml.js');
            const tokens = tokenize(text);
            return layout(tokens, structure(tokens)).map((row) =>
                '.'.repeat(row.depth) + row.tokens.map((index) => tokens[index].text).join(''));
        }, '<a><b> 1 </b>\n  <c>  </c><d>x<e/> y</d><f><!--g--></f><h xml:space="preserve"> <i/></h></a>');
        assert.deepEqual(rows, ['<a>', '.<b> 1 </b>', '.<c>  </c>', '.<d>x<e/> y</d>', '.<f>', '..<!--g-->', '.</f>',
                                '.<h xml:space="preserve"> <i/></h>', '</a>']);
    },

    'xml: hostile messages take time in proportion to their size': async ({tab}) => {
        await tab.open('requests');
        const ratios = await tab.page.evaluate(async () => {
            const {layout, structure, tokenize} = await import('/console/xml.js');
            const took = (text) => Math.min(...[1, 2, 3].map(() => {
                const start = performance.now();
                const tokens = tokenize(text);
                const shape = structure(tokens);
                if (shape) layout(tokens, shape);
                return performance.now() - start;
            }));
            const texts = [(n) => '<a "'.repeat(n), (n) => "<a b='".repeat(n), (n) => '<!-'.repeat(n),
                           (n) => '<'.repeat(n), (n) => '<a>'.repeat(n) + '</a>'.repeat(n),
                           (n) => `<a ${'b '.repeat(n)}`, (n) => '<a b="c" '.repeat(n)];
            return texts.map((make) => took(make(200000)) / Math.max(took(make(10000)), 0.5));
        });
        // Twenty times the size; a square would be 400 times the time.
        assert(ratios.every((ratio) => ratio < 120), `ratios: ${ratios}`);
    },
};
