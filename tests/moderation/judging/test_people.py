"""Names that look like something rude pass, and a word that is also a name insults nobody for free."""

from __future__ import annotations

import pytest

from commentsvc.moderation.judging.finders.people import people_in
from commentsvc.moderation.judging.verdict import Action
from tests.growth import costs_at_most
from tests.moderation.judging.test_meant import verdict

NAMES = """
Nishit | Dikshit | Akshit | Lipshitz | Dyke | Kuntz | Butts | Hooker | Wank | Lifshitz | Fukuda | Shittu
Cockburn | Bastardo | Sluter | Dickhaut | Niggemann | Ficker | Fanny | Dick | Semen | Phuc | Bich | Arshit
NISHIT | nishit | lipshitz | DYKE | KUNTZ | shittu | Nishit. | Dyke.
Nishit Patel | nishit patel | Akshit Sharma | Abdul Shittu | Dick Cockburn | Dick Cheney | dick cheney
Dick Smith | Dick Van Dyke | Emma Dyke | EMMA DYKE | J. Dyke | Nicky Butt | nicky butt | Jos Butt
Arnold Kuntz | Phuc Nguyen | Bich Ngoc | Semen Petrov | Chris Coons | Adolf Fick | Jean-Marie Fick
Hello Nishit! | Thanks, Dikshit | Hi Dick | Thanks Dick | Dear Mr. Kuntz | Dear Mrs Dyke, thank you.
Cheers, Dick | Aunt Fanny | Uncle Dick is right. | @Dick you have a point
Mr Dyke is right. | Dyke is right. | Mr Butts is right. | Dick wrote a good letter. | I agree with Dick.
I agree with Dick Cockburn about the harbour. | My name is Nishit and I live here. | Dyke's book is here.
I went to school with Emma Dyke. | Greg Dyke ran the BBC. | Rest in peace, Dick Cockburn.
Great piece.\\n\\nDick Wilson | Great piece, thank you.\\n- Randy Butts | Best regards,\\nFanny
The Dikshit report was read by Lipshitz.
"""
INSULTS = """
Go home, Michelle Hoe | Hey Niger, get out | Tom, Prick
you dyke | You dyke! | You Dyke | Shut up, you dyke. | She is a dyke. | Stupid Dyke | Filthy dyke | dyke
Ugly Dyke | Emma, you dyke. | Bloody dykes
You are a\\nDyke | you are a filthy\\n- Dyke | All dykes must die | Dykes
you dick | You Dick! | What a dick. | Dick Head | Dick Pic | Dick is a dick. | You are such a dick
Phuc you | Phuc You | Phuc Yu | Phuc Off | you bich | you kuntz | fuk you | Fuk | Fuk off Nishit
Nishit is a fucking idiot | Nishit, you are a moron. | Dikshit is a whore | Emma Dyke is a stupid bitch.
Mr Dyke is a fucking moron. | Kuntz should be shot. | Kill Dick Cheney. | I will kill Emma Dyke
Tom Wank is a wanker | Butt face | Wanker | Bastard | Prick | Kike
"""


def texts(table: str) -> list[str]:
    found = [each.strip() for line in table.strip().split("\n") for each in line.split(" | ")]
    return [each.replace("\\n", "\n") for each in found]


def test_it_works() -> None:
    text = "Emma Dyke wrote to Nishit, you dyke."
    assert [text[start:end] for start, end in people_in(text)] == ["Dyke", "Nishit"]


def test_names_pass() -> None:
    names = texts(NAMES)
    assert len(names) >= 75
    told = {each: said for each in names if (said := verdict(each)).action != Action.PASS}
    assert {each for each, said in told.items() if said.findings[0].rule != "shouting"} == set()


def test_what_calls_somebody_so_stays() -> None:
    insults = texts(INSULTS)
    assert len(insults) >= 45
    assert [each for each in insults if not verdict(each).holds] == []


@pytest.mark.parametrize("word", ["Dyke ", "Dick Cockburn, ", "@Dick", "you dyke ", "J. Dyke"])
def test_a_text_of_names_costs_what_it_is_long(word: str) -> None:
    assert costs_at_most(15, lambda: people_in(word * 1000), lambda: people_in(word * 100))
