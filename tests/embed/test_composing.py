"""Input methods write words with keys of their own: while they do, no key does anything else."""

from __future__ import annotations

from commentsvc.core.files import folder

#: Files that hear keys and need not know, and why.
OTHERS = {
    "canned.js": "not in fields",
    "settled.js": "only in fields that take no words any more",
    "lost.js": "it only holds keys back, outside fields",
    "pairs.js": "it only forgets the key before",
    "drawer.js": "only before its form is there",
    "sign_in.js": "any key takes a message away",
    "still.js": "only when it was",
}


def test_no_key_acts_while_a_word_is_composed() -> None:
    hearing = {
        path.name: path.read_text("utf-8")
        for path in folder("static").rglob("*.js")
        if not {"made", "vendor"} & set(path.parts) and "keydown" in path.read_text("utf-8")
    }
    unaware = {name for name, text in hearing.items() if "isComposing(" not in text}
    assert unaware == set(OTHERS), unaware
    assert len(hearing) > 10
