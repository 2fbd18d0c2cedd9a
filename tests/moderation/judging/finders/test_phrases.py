"""Self-harm and threats in words: what people mean, and what only sounds like it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.accounts.models import User
from commentsvc.core import clock
from commentsvc.core.db import db
from commentsvc.moderation.commands import decide
from commentsvc.moderation.judging.finders.help_lines import help_lines
from commentsvc.moderation.judging.finders.spotting import spotted
from commentsvc.moderation.judging.reasons import (
    author_sentences,
    sentence,
)
from commentsvc.moderation.judging.urgency import explained, points
from commentsvc.moderation.outcomes import outcomes, own_comments
from commentsvc.posting import before
from commentsvc.threads.commands import revision_of
from commentsvc.toxicity.labels import LABELS
from tests.factories import post
from tests.tables import every_row

if TYPE_CHECKING:
    from tests.people import Cast


def rules(text: str) -> set[str]:
    """What the writer says themselves."""
    return {each.rule for each in spotted(text) if not each.quoted}


def test_it_works(cast: Cast) -> None:
    text = "The harbor is lovely. I want to kill myself tonight. Sorry."
    posted = post(cast.site, text)
    assert posted.comment.status == "pending"
    [found] = revision_of(posted.comment).verdict["findings"]
    assert (found["rule"], found["action"]) == ("self_harm", "HOLD")
    [[start, end]] = found["evidence"]["spans"]
    assert text[start:end] == "I want to kill myself"
    assert "read this first" in sentence(found)
    outcome = outcomes([posted.comment], locale="en")[posted.comment.id]
    [words] = outcome.reasons
    assert outcome.status == "pending" and "988" in words and "findahelpline.com" in words
    assert "reject" not in words.lower()


def test_who_is_in_despair_is_not_scolded() -> None:
    harm = {
        "reason": "self_harm",
        "action": "HOLD",
        "evidence": {"kinds": ["en"], "lines": ["A: 1"]},
    }
    others: list[dict[str, Any]] = [
        {"reason": each, "action": "HOLD", "evidence": {}} for each in ("sentence", "toxicity")
    ]
    [words] = author_sentences([*others, harm])
    assert "A: 1" in words


def test_help_is_shown_before_posting_in_the_readers_language(cast: Cast) -> None:
    told = before.nudge(cast.site, "Ich will nicht mehr leben.", user=None, locale="de")
    [words] = told.sentences
    assert told.ask and "nicht allein" in words and "Moderation" not in words
    assert not any(char.isdigit() for char in words) and "liest" not in words
    assert ("Deutschland: 0800 111 0 111", "tel:08001110111") in told.lines
    assert told.lines[-1] == ("findahelpline.com", "https://findahelpline.com")


def test_their_comments_never_read_as_rejected(cast: Cast) -> None:
    sad, rude = post(cast.site, "I want to die.").comment, post(cast.site, "You idiot.").comment
    for comment in (sad, rude):
        decide(comment.public_id, action="reject", reason="off_topic", by=cast.mona)
    page = own_comments(db.session.get_one(User, sad.author_id))
    assert [each.in_despair for each in page.items] == [True]
    page = own_comments(db.session.get_one(User, rude.author_id))
    assert [each.in_despair for each in page.items] == [False]


def test_a_site_lists_its_own_help_lines(cast: Cast) -> None:
    cast.site.policy = {**cast.site.policy, "help_lines": ["Norway: 116 123"]}
    db.session.commit()
    told = before.nudge(cast.site, "I want to die.", user=None, locale="en")
    assert told.lines == [("Norway: 116 123", "tel:116123")]


def test_lines_follow_the_language_of_the_text() -> None:
    assert help_lines(["nl", "de"], ()) == [
        *("Nederland: 113", "België: 1813"),
        *("Deutschland: 0800 111 0 111", "Österreich: 142", "Schweiz: 143"),
        "findahelpline.com",
    ]
    assert help_lines(["ar"], ["", "A: 1"]) == ["A: 1"] and help_lines(["ar"], ()) == [
        "findahelpline.com"
    ]


def test_it_comes_before_any_score() -> None:
    harm: dict[str, Any] = {"rule": "self_harm", "action": "HOLD", "evidence": {"kinds": ["en"]}}
    evidence = {"label": "threat", "score": 1.0, "limit": 0.5}
    scores = [{"rule": each, "action": "REJECT", "evidence": evidence} for each in LABELS]
    assert points([harm]) > points(scores)
    assert "someone may be in danger" in explained(clock.now(), [harm])


def test_a_threat_is_held_and_its_author_asked(cast: Cast) -> None:
    told = before.nudge(
        cast.site, "We know where your daughter goes to school.", user=None, locale="fr"
    )
    assert told.would_hold and told.sentences == [
        "Votre commentaire peut être compris comme une menace contre quelqu’un."
    ]


# --- in -------------------------------------------------------------------------------------------

DISCLOSED = [
    "I want to die.", "i just wanna kill myself", "I don't want to live anymore.",
    "I'm going to kill myself tonight", "I've been thinking about ending it all", "I can't go on any more.",
    "I have been cutting myself again since he left", "Everyone would be better off without me",
    "I wish I'd never been born", "I wish I was dead", "No reason to live any more.",
    "I keep thinking about suicide.", "This is my last post. Goodbye everyone.", "I took all my pills",
    "Nobody would notice if I died.", "I feel so suicidal today",
    "Honestly I don't see a reason to live any more", "Ich will nicht mehr leben.",
    "Ich möchte einfach nur sterben.", "Ich bring mich um", "ich will mich umbringen", "Je veux mourir.",
    "J'ai envie de me suicider", "Je n'ai plus envie de vivre", "Quiero morirme", "ya no quiero vivir",
    "voy a suicidarme", "أريد أن أموت", "سأنتحر الليلة", "لا أريد أن أعيش", "Voglio morire.",
    "non voglio più vivere", "Ik wil niet meer leven", "ik wil dood", "Chcę umrzeć", "nie chcę już żyć",
    "Quero morrer", "não quero mais viver", "Ölmek istiyorum", "yaşamak istemiyorum", "Я хочу умереть",
    "я не хочу жить", "vreau să mor", "Jeg vil ikke leve mere", "I want to end my life",
    "I am planning to end my life", "Life isn't worth living any more",
    "i cant do this anymore. im sorry. goodbye", "I hurt myself every night",
    "I'm scared I will kill myself", "I think about killing myself every day", "Nothing left to live for.",
]  # fmt: skip

URGED = [
    "kys", "Kill yourself.", "go kill yourself you loser", "k.y.s", "KYS!", "Go hang yourself",
    "why don't you just die", "drink bleach", "Please jump off a bridge", "Nobody would miss you.",
    "The world would be better off without you", "do us all a favour and drop dead",
    "Just end it already, no one would miss you", "Slit your wrists.", "You should kill yourself",
    "Bring dich um", "Geh sterben", "häng dich auf!", "stirb endlich du Sau", "Suicide-toi", "va crever",
    "Mátate", "suicídate ya", "Ammazzati", "muori", "zabij się", "se mata", "kendini öldür", "убейся",
    "اقتل نفسك", "hang jezelf op", "k1ll yourself", "hope you kill yourself", "go play in traffic",
    "Why are you still alive?", "go and die",
]  # fmt: skip

THREATS = [
    "I will find you", "I know where you live.", "You will pay with blood", "I will kill you",
    "we're going to burn your house down", "Somebody ought to shoot that minister",
    "They should all be hanged", "Hang the traitors!", "I hope you die", "I hope she gets raped",
    "Hope your kids get cancer", "You're a dead man", "watch your back", "your days are numbered",
    "I'll break your legs", "I am going to slit your throat", "next time I'll bring my gun",
    "There is a bomb under your car", "That councillor deserves a bullet",
    "Journalists like you end up in the river", "It would be a shame if something happened to your family",
    "We know where your daughter goes to school", "I'd love to punch you in the face",
    "Put a bullet in his head", "someone should pay him a visit",
    "You won't be laughing when we come to your house", "Sleep with one eye open.", "You should be shot",
    "Shoot all the refugees", "Muslims should be gassed", "Lets string up these politicians",
    "i'm gonna stab u", "Wait until I find you", "I'll be at your house tonight",
    "we will hunt you down and kill you", "People like her don't last long", "You'd better run",
    "Be careful on your way home tonight", "Nice family you have.", "Accidents happen, you know",
    "I swear I will kill you", "You are going to die screaming", "I will smash your face in",
    "He should be strung up from a lamp post", "someone needs to teach you a lesson", "I'm coming for you",
    "We have your address", "You will regret this", "Snitches get stitches", "I hope someone kills you",
    "Kill all the Jews", "Beat up that journalist", "Ich bring dich um",
    "ich werde dich finden und umbringen", "Man sollte den Bürgermeister aufhängen",
    "Die gehören alle erschossen", "Wir wissen wo du wohnst", "Ich breche dir alle Knochen",
    "Hoffentlich verreckst du", "Je vais te tuer", "on va te retrouver", "Il faut tous les fusiller",
    "je sais où tu habites", "J'espère que tu crèves", "Te voy a matar", "voy a matarte hijo de puta",
    "Hay que fusilarlos a todos", "sé dónde vives", "ojalá te mueras", "سأقتلك", "يجب إعدامهم جميعا",
    "أعرف أين تسكن", "Ti ammazzo", "vi ammazzo tutti", "andrebbero fucilati tutti", "so dove abiti",
    "Ik vermoord je", "ik maak je dood", "ze moeten allemaal opgehangen worden", "ik weet waar je woont",
    "Zabiję cię", "wiem gdzie mieszkasz", "powinni ich powiesić", "Vou te matar", "tinham que morrer todos",
    "sei onde você mora", "Seni öldürürüm", "seni bulacağım", "evini biliyorum", "hepsi asılmalı",
    "Убью тебя", "я знаю где ты живешь", "их надо расстрелять", "te omor", "Jeg slår dig ihjel",
]  # fmt: skip


@every_row("text", DISCLOSED)
def test_somebody_wants_to_die(text: str) -> None:
    assert "self_harm" in rules(text)


@every_row("text", URGED)
def test_somebody_is_told_to_die(text: str) -> None:
    assert "self_harm_urged" in rules(text)


@every_row("text", THREATS)
def test_somebody_is_threatened(text: str) -> None:
    assert "threats" in rules(text)


# --- out ------------------------------------------------------------------------------------------

HARMLESS = [
    "This traffic makes me want to kill myself.", "I want to die laughing", "I was dying to see it",
    "I want to die at home, with dignity", "He killed himself in 2019.", "She wanted to die",
    "My brother took his own life last year.", "I cut myself shaving this morning",
    "I can't live without coffee", "I don't want to live in this city any more than you do",
    "I will kill myself laughing", "This is the last comment I'll read", "I'd rather die than pay that",
    "I don't want to live next to a motorway.", "I can't go on holiday this year",
    "If I were suicidal I would call", "Suicide rates rose by 4 percent", "I want to end my subscription",
    "I wish I was there", "That is a hill I want to die on", "I can't wake up before seven.",
    "I never want to die", "I have thought about the suicide statistics",
    "He said he wanted to kill himself", "Ich will sterben vor Lachen", "Je meurs de faim",
    "Me muero de risa", "I want to live here", "I could kill for a coffee",
    "I don't want to be here when the bulldozers arrive", "Don't kill yourself over it",
    "You'll kill yourself laughing", "Never kill yourself, call someone",
    "You could kill yourself on those stairs", "He told her to kill yourself",
    "They wrote \"kill yourself\" under her photo and the police did nothing at all",
    "Don't shoot yourself in the foot", "Go die Straße entlang",
    "Die Regierung hat versagt. Die Opposition auch.", "Nobody would miss the tram", "drink water",
    "Die Hard is on tonight", "If you want to kill yourself, please call 988", "Hang yourself a picture",
    "die for your country", "He will die of old age", "the old engine may die", "muori di fame?",
    "You should end it with a comma", "Why are you still here?", "plants die. Go die in the sun",
    "I will kill every last one of these slugs", "we will destroy them in the next match",
    "this heat is killing me", "I could kill for a coffee", "We will beat you in the final",
    "I'll kill the process", "My wife will kill me", "If looks could kill",
    "We know where you are coming from", "You will pay for parking", "You are dead wrong",
    "I will find you a better link", "They should be ashamed", "The pictures should be hung in the hall",
    "He was shot in 1994", "The suspect threatened to kill her", "She shoots, she scores",
    "I want to kill time", "The police shot him", "He will get what he voted for",
    "These weeds should be burned", "We're watching you play on Saturday",
    "I know where my kids go to school", "You should be careful when driving in fog",
    "I hope you get better soon", "I hope you die of old age, happy", "Nobody should be hanged for this",
    "Hang the picture in the hall", "Burn the leaves in autumn", "Shoot me an email",
    "I will get you a coffee", "I'll hang the washing", "Deer should be culled",
    "He texted \"I will kill you\" forty times before the police came to see her",
    "Accidents happened on this road", "You'd better read the article", "The minister should resign",
    "They must be punished by the voters", "Take her out to dinner",
    "The death penalty should be abolished", "Someone should pay the bill", "We will fight you in court",
    "Watch your step on the ice", "See what happens in the next episode",
    "I hope they suffer at the ballot box", "The editor should be fired",
    "You should be shot of that landlord by May", "He deserves a medal", "Their proposal should be killed",
    "We will crush you at the polls", "I'd like to punch a hole in that argument",
    "Ich bringe dir den Kuchen", "Der Richter wurde 1977 erschossen", "Man sollte die Steuer senken",
    "Je vais te téléphoner", "il faut les aider", "On va te rappeler demain", "Te voy a llamar",
    "hay que ayudar a los refugiados", "Ti chiamo domani", "vanno ascoltati tutti", "Ik bel je morgen",
    "Zadzwonię do ciebie", "Vou te ligar amanhã", "Seni ararım", "Я тебя люблю", "надо помочь людям",
    "Wir wissen, wo die Probleme liegen", "Ik weet waar het station is", "Sé dónde está el museo",
    "je me tue à le dire", "me muero de risa",
]  # fmt: skip


@every_row("text", HARMLESS)
def test_what_only_sounds_like_it(text: str) -> None:
    assert not rules(text)


def test_another_persons_words_are_not_the_writers() -> None:
    said = 'In court it emerged that he wrote "%s" to her every day.'
    for words in ("I will kill you", "Kill yourself.", "I want to die."):
        assert rules(words) and not rules(said % words)
        assert not rules(f"> {words}\n\nHow can anyone write something like this? Shame on you.")
        assert rules(f'"{words}"')  # nothing but a quotation says it itself


_calm = st.lists(
    st.sampled_from(["The ferry was late.", "I agree with the mayor.", "It rained, again!"]),
    max_size=6,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ich bring dich um", {"threats"}),
        ("Ich erschieß euch.", {"threats"}),
        ("Ik maak je dood.", {"threats"}),
        ("Bring dich um, du Versager.", {"self_harm_urged"}),
        ("Tonight I end it all.", set()),
    ],
)
def test_who_does_it_decides_what_it_is(text: str, wanted: set[str]) -> None:
    assert rules(text) - {"self_harm"} == wanted


@pytest.mark.parametrize(
    "either", ["Ich will sterben.", "Heute will ich sterben.", "Soms wil ik dood."]
)
def test_a_verb_may_come_before_who_acts(either: str) -> None:
    assert rules(either) == {"self_harm"}


def test_what_a_song_says_twice_it_says() -> None:
    assert not rules("The lyrics go: I want to die, I want to die")
    assert rules("The lyrics go: I want to die. And I want to die.") == {"self_harm"}


@given(_calm, st.sampled_from(DISCLOSED + URGED + THREATS), _calm)
def test_calm_sentences_around_it_hide_nothing(
    before: list[str], text: str, after: list[str]
) -> None:
    whole = " ".join([*before, text.rstrip(".!?") + ".", *after])
    assert rules(whole)
    for each in spotted(whole):
        assert 0 <= each.start < each.end <= len(whole)


@given(st.sampled_from(THREATS))
def test_case_and_curly_apostrophes_make_no_difference(text: str) -> None:
    assert "threats" in rules(text.upper().replace("İ", "I")) or not text.isascii()
    assert "threats" in rules(text.replace("'", "’"))


@given(st.text(max_size=200))
def test_any_text_has_spots_inside_it(text: str) -> None:
    assert all(0 <= each.start < each.end <= len(text) for each in spotted(text))
