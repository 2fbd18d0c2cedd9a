"""Scripts made shorter do what they did."""

from __future__ import annotations

import subprocess

import pytest

from commentsvc.embed.short import short

SAMPLES = {
    "names": """const first = 1;
        function add(left, right = first) { return left + right; }
        console.log(add(2));""",
    "properties": """const size = { size: 1, 'of': 2 }; const all = { ...size };
        console.log(size.size, all.size, all.of);""",
    "names in braces": """const top = { top: 3 }; const { top: inner } = top; const all = { top, inner };
        console.log(JSON.stringify(all));""",
    "patterns": """const [one, { two }] = [1, { two: 2 }];
        for (const [key, it] of [[one, two]]) console.log(key, it);""",
    "templates": """const name = 'x'; const it = { name: `${name}` };
        console.log(`a ${`b ${it.name} }`} name ${ {name}.name } $`);""",
    "expressions": """const word = 'a/b'; const name = 4;
        const found = /[/"`]name\\/b/.test(word) ? word / 2 : [name][0] / 2 / 1;
        console.log(found, word.replace(/a/g, '/name/'));""",
    "signs": """let many = 1; const more = many++ + +many - -many;
        console.log(more, - --many, many-- / 2 / 1);""",
    "branches": """const yes = 1; const no = 2; const pick = (ask) => (ask ? yes : no);
        console.log(pick(0), pick(1));""",
    "optional": """const deep = { call: (x) => x };
        console.log(deep?.call?.(1), deep.none?.[0] ?? .5, deep ?.5 : 1);""",
    "parameters": """const every = (...all) => all.length; const by = (who, { name } = who) => [who, name];
        console.log(every(1, 2), JSON.stringify(by({ name: 'all' })));""",
    "functions": """var self = function (given) {
            return given === undefined ? typeof given : arguments.length;
        };
        console.log(self(), self(1));
        try { throw new Error('e') } catch (error) { console.log(error.message) }""",
}


def run(script: str) -> str:
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("what", SAMPLES)
def test_it_works(what: str) -> None:
    script = SAMPLES[what]
    assert len(short(script)) < len(script)
    assert run(short(script)) == run(script) != ""


def test_comments_go_but_for_what_bundlers_read() -> None:
    text = short("// one\nimport(/* webpackIgnore: true */ a) /* two */;")
    assert text == "import(/* webpackIgnore: true */a);"
