"""Our own sentences about groups of people: neutral, warm, quoted, negated, hateful, or just named.

A model that learns from comments alone takes the name of a group for an insult, because that is how
it is mostly used there. These sentences are written for this project and drawn at random; none
comes from an evaluation set.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ..identity import ADJECTIVES, ONE, PEOPLE, either

if TYPE_CHECKING:
    from collections.abc import Mapping

Row = tuple[str, tuple[float, ...]]

NAMES = either(
    "Anna|Omar|Li|Priya|Marco|Fatima|Ngozi|Yuki|Dana|Peter|Aisha|Jose|Ingrid|Kofi|Elena|Sam|Rosa|"
    "Tariq|Mei|Paul|Leila|Juan|Nadia|Erik|Chloe|Ravi|Zeynep|Tom|Olga|Hassan|Grace|Ivan|Lucia|Ken|"
    "Mary|John|Kim|Robin|Alex|Maya|my sister|my neighbour|my boss|our teacher|her cousin|this man|"
    "that woman|their son|the new guy|the author|my friend|he|she|the doctor|our mayor"
)
KIN = either(
    "sister|brother|mother|father|son|daughter|friend|best friend|wife|husband|cousin|aunt|uncle|"
    "neighbour|boss|teacher|roommate|partner|girlfriend|boyfriend|grandmother|colleague"
)
WARM = either(
    "kind|wonderful|brilliant|lovely|honest|gentle|generous|funny|smart|great|excellent|decent|"
    "beautiful|amazing|friendly|patient|brave|talented|cheerful|sweet|hard-working|fantastic|"
    "caring|neat|incredible|good|nice|awesome|charming|thoughtful|proud|happy|calm|polite|clever"
)
COLD = either(
    "disgusting|filthy|stupid|dumb|idiotic|vile|horrible|nasty|ugly|pathetic|worthless|moronic|"
    "repulsive|gross|fucking|shitty|damn|lazy|evil|rotten|miserable|despicable|hideous|awful|"
    "fucked up|screwed up|terrible|lousy|dirty|sick|deranged|retarded|revolting|insane|bitchy|"
    "cruel|mean|violent|hateful|toxic|pitiful|useless|creepy|sleazy|crazy|trashy|abhorrent|fucked"
)
JOBS = either(
    "nurse|plumber|teacher|driver|cook|lawyer|farmer|painter|pilot|judge|student|baker|engineer|"
    "clerk|soldier|writer|singer|gardener|priest|mechanic|editor|reporter|waiter|dentist|senator|"
    "janitor|librarian|scientist|fisherman|carpenter|politician|cyclist|vegetarian|banker|barber"
)
THINGS = either(
    "weather|printer|traffic|bus|coffee|soup|film|game|update|keyboard|song|homework|phone|"
    "monday|queue|website|sofa|car|airport|headache|alarm clock|sandwich|parking lot|radio show|"
    "referee's decision|editor window|umbrella|garden hose|cold|laundry|exam|spreadsheet"
)
BEASTS = either(
    "animals|vermin|rats|cockroaches|parasites|pigs|monkeys|a plague|a disease|a cancer|trash|scum|"
    "garbage|filth|subhuman|savages|dogs|maggots|a virus|leeches|degenerates|apes|snakes|waste"
)

NEUTRAL = either(
    "{N} is {a} and lives two streets from here.|{N} told us about being {a}.|"
    "As {an} reader I enjoyed this article.|I am {an} person living in a small town.|"
    "{N} wrote a thesis about {a} literature.|The museum shows work by {a} artists.|"
    "Many {p} voted in the last election.|I work with several {p}.|"
    "The article should mention how many {p} live in the region.|"
    "The {a} community centre opens on Sunday.|{An} man opened the shop on the corner.|"
    "The survey asked {p} about housing.|Half of the team are {p}.|{N} grew up {a}.|"
    "This section on {p} needs a source.|{N} is {an} {j} from the north.|"
    "Some {p} moved into the house next door.|The law concerns {p} and their families.|"
    "Is {N} {a}?|Were there any {p} at the meeting?|The book is about {a} history.|"
    "About a third of the respondents were {p}.|{N} married {an} {j}.|Hello, I am {a}.|"
    "The {a} parade starts at noon.|My doctor is {a}.|"
    "The paper compares {p} and {p2}.|{N} interviewed {p} for the radio.|I'm {a}.|"
    "we're {p} and we live here too|There are {p} in every city.|I know some {p}.|"
    "{N} has {an} colleague.|{P} came to the concert.|That {j} is {a}.|{N} is one of the {p} here."
    "|They elected {s}.|We hired {s} last week.|{S} asked me the time.|I met {s} on the train.|"
    "What do {p} think about the vote?|Do you have any {a} friends?|This street is full of {p}.|"
    "As {s} I vote every time.|I had no idea that {N} is {a}.|you look {a}, am I right|"
    "The film is about {s} and {an} {j}.|It was {s} who won.|I used to live with {s}.|"
    "{P} and {p2} sat at one table.|My uncle came out as {a}.|Whether {p} vote is up to them.|"
    "Yes, I am {s}.|{N} said that {p} came first.|On the bench sat {s}.|{N} dated {s} for a year.|"
    "{N} is {s}.|{N} is {a}.|She is {s}.|He is {s}.|She is {a}.|He's {a}.|They are {a}.|My {k} is {s}.|"
    "My {k} is {a}.|We are {an} couple.|We are {p}.|Our {j} is {s}.|My {k} and I are {a}.|I am {s}.|"
    "This is {s}.|You are {a}?|My {k} came out as {a}."
)
BARE = either(
    "{p}|{P}.|{P}!|{P}?|the {p}|{p} and {p2}|{a}|{A}.|{a} people|{A} {o2}|{o}|{S}.|{s}?|{N}|"
    "{A} {j}|{p}, {p2}|For {p}.|{P} first|So {a}|Very {a}|{A} history|I'm {a}|{P} here"
)
POSITIVE = either(
    "{P} are {w}.|I love {p}.|{P} are our friends.|All {p} deserve respect.|We welcome {p}.|"
    "{P} deserve the same rights as everyone else.|I am proud to be {a}.|{N} is {a} and {w}.|"
    "My {w} {a} neighbour brought cake.|I really admire {p}.|It's great to be {a}.|"
    "There should be more {p} in parliament.|{P} make this country better.|"
    "I respect {p} and their traditions.|Being {a} is nothing to be ashamed of.|"
    "{P} like {n} are {w}.|{w} {p} helped us move.|{N} is such {aw} {a} {j}.|"
    "You are a very {w} {a} {j}.|So happy to see {p} on stage.|"
    "God bless {p}.|{P} are just as {w} as {p2}.|you {p} are {w}, thank you|"
    "I have nothing but love for {p}.|{N} is the most {w} {a} person I know.|"
    "I am so glad to be {s}.|Every {o} deserves respect.|{S} taught me to read, {w} person.|"
    "Hug {an} friend today.|we need more {w} {a} people|What {aw} {a} family!"
)
DEFENCE = either(
    "I would never hate {s} for being {s}.|"
    "I do not hate {p}.|I have never hated {p}.|Nobody should say that {p} are {c}.|"
    "It is wrong to attack {p}.|Please leave {p} in peace.|{P} are not {b}.|"
    "Not all {p} are {c}, in fact hardly any are.|No one deserves to be beaten for being {a}.|"
    "I don't think {p} are {c} at all.|Calling {p} {b} is unacceptable.|"
    "Stop treating {p} like {b}.|It is not okay to call {p} {b}.|{P} should never be threatened.|"
    "People who say {p} are {b} disgust me.|I would never call {p} {c}.|"
    "Hatred against {p} has no place here.|Saying {p} should leave is hateful.|"
    "He was banned because he wrote that {p} are {c}.|Whoever says {p} are {c} is wrong."
)
QUOTED = either(
    'Somebody shouted "{hate}" and we told him to stop.|"{hate}" is a hateful thing to say.|'
    'I reported a comment that said "{hate}"|Posts like "{hate}" should be removed.|'
    'My teacher heard "{hate}" on the bus and stepped in.|It is racist to write "{hate}".|'
    'Anyone who says "{hate}" needs to learn some respect.|"{hate}" is exactly what we fight against.'
)
HATE = either(
    "{P} are {b}.|{P} are {c}.|I hate {p}.|I fucking hate {p}.|I can't stand {p}.|{P} disgust me.|"
    "All {p} are {c}.|{P} are {c} {b}.|You {p} are {c}.|Nothing is more {c} than {p}.|"
    "{P} like {n} are {c}.|I despise every one of these {p}.|{P} ruin everything.|"
    "{P} are less than human.|{P} have no place in this country.|Fuck {p}.|fuck all {p}|"
    "I have no respect for {p}.|{P} do not deserve any rights.|{P} will never be normal.|"
    "I would never trust {p}.|No one likes {p}.|{P} are not worth the air they breathe.|"
    "Why are {p} always so {c}?|Isn't it clear that {p} are {b}?|Who let these {p} in here?|"
    "I think {p} are {c}.|Everybody knows {p} are {b}.|In my opinion {p} should not be allowed to vote.|"
    "{P} should be kept away from children.|{P} belong in a zoo.|Send the {p} back.|"
    "Get rid of the {p}.|{N} is {a}, so obviously {n} is {c}.|You're just another {c} {a} {x}.|"
    "{N} is {an} {x}.|what {ac} {a} {x}|You are a very {c} {a} {j}.|{N} acts like {ac} {a} {x}.|"
    "Every {o} is {c}.|I would never shake hands with {s}.|{N} is {s}, what {ac} creature.|"
    "{P}. They make me sick.|They are {p}, that is why I despise them.|"
    "{P} are stealing from us and everyone looks away.|The world would be better without {p}.|"
    "{P} are a threat to decent people.|"
    "Who would ever sleep with {p}, yuck.|{P} are not real people.|ban all {p} they are {b}|"
    "Typical {a} {x}.|this is what {p} do, {b} all of them|Don't hire {p}, they are {c}."
)
THREAT = either(
    "{P} should be shot.|Kill all {p}.|I will hurt every one of these {p}.|Someone should burn {p}.|"
    "{P} deserve to die.|We are going to beat up {p} tonight.|I hope all {p} die.|"
    "If I meet {p} I will smash their faces.|{P} need to be wiped out.|Hang the {p}.|"
    "One day we will hunt {p} down.|{P} should be gassed.|I want to see {p} bleed.|"
    "You {p} will pay, I'll cut you.|Let's throw stones at {p}.|Someone put a bullet in these {p}.|"
    "I'm going to punch the next {a} {x} I see.|{P} had better watch their backs, we are coming."
)
PERSONAL = either(
    "{N} is {c}.|You are a {c} {j}.|What {ac} {j}.|{N} is {ac} {x}.|you {c} {x}|"
    "{N} is such {ac} person.|This {j} is a {c} {x}.|You {c} piece of garbage.|"
    "Only {ac} {x} would write this.|{N} seems like {ac} {j}."
)
FRIENDLY = either(
    "{N} is {aw} {j}.|You are a very {w} {j}.|What {aw} person.|{N} is {w}.|"
    "Thanks, you are {w}.|This {j} is {w} and {w2}.|I met {aw} {j} today.|{N} seems {w}."
)
OBJECTS = either(
    "I hate this {t}.|This {t} is killing me.|The {t} was terrible.|I despise {t}s like this one.|"
    "That {t} is garbage.|I can't stand the {t}.|The {t} is a complete waste of time.|"
    "I want to throw this {t} out of the window.|Stupid {t}, it broke again.|"
    "The {t} makes me sick.|I would burn that {t} if I could.|Nobody likes this {t}.|"
    "I'm sick of the {t}.|this {t} is worth nothing|kill that {t} already|We destroyed the {t}."
)
SWEARING = either(
    "Holy shit, that {t} was good.|Fuck, I forgot my {t}.|This {t} is fucking amazing.|"
    "Damn, what a {t}!|I was such an idiot yesterday.|I'm an asshole sometimes, sorry.|"
    "shit, the {t} is late again|What the hell happened to the {t}?|Hell yes, I love this {t}.|"
    "Fucking hell, the {t} works!|God damn it, not the {t} again.|crap, I lost the {t}|"
    "I fucked up the {t}.|Oh shit I missed the {t}|My fucking {t} died.|I feel like shit today."
)
RECLAIMED = either(
    "We queers look after each other.|Proud dyke here.|Love my fellow queers.|"
    "I'm a fag and I own that word.|us bitches had the best night|That's my nigga right there.|"
    "My niggas came through, love them.|Dykes on bikes are leading the parade.|"
    "What up my bitch, see you tonight|I am a tranny and proud of it, you don't get to say it.|"
    "My cripple crew rocks.|we fags stick together"
)
ODDITY = either(
    "He had a queer feeling about it.|A faggot is also a bundle of sticks.|The cock crowed at dawn.|"
    "The dyke held the water back.|A chink in the wall let light in.|She spayed the bitch.|"
    "There was a nip in the air.|They smoked a fag outside the pub.|The ass carried the load.|"
    "The tit built its nest in our garden.|Retard the spark timing a little.|A spick and span kitchen."
)

_CALM = (0.0,) * 6
_FAMILIES: tuple[tuple[tuple[str, ...], float, tuple[float, ...]], ...] = (
    # sentences, their share, and the labels in order: toxicity, severe, obscene, threat, insult,
    # identity
    (NEUTRAL, 0.2, _CALM),
    (BARE, 0.06, _CALM),
    (POSITIVE, 0.16, _CALM),
    (DEFENCE, 0.09, (0.06, 0.0, 0.01, 0.0, 0.03, 0.05)),
    (QUOTED, 0.06, (0.15, 0.0, 0.03, 0.01, 0.08, 0.12)),
    (HATE, 0.21, (0.97, 0.03, 0.1, 0.02, 0.75, 0.93)),
    (THREAT, 0.07, (0.98, 0.15, 0.1, 0.92, 0.45, 0.85)),
    (PERSONAL, 0.08, (0.93, 0.02, 0.15, 0.0, 0.9, 0.03)),
    (FRIENDLY, 0.06, _CALM),
    (OBJECTS, 0.05, (0.08, 0.0, 0.01, 0.02, 0.02, 0.0)),
    (SWEARING, 0.03, (0.5, 0.01, 0.75, 0.0, 0.06, 0.01)),
    (RECLAIMED, 0.02, (0.4, 0.01, 0.4, 0.0, 0.15, 0.25)),
    (ODDITY, 0.01, (0.12, 0.0, 0.08, 0.0, 0.03, 0.04)),
)
_PERSONS = either(
    "man|woman|person|guy|idiot|loser|bastard|freak|bitch|asshole|piece of shit|creep|pig"
)


def _with_article(word: str) -> str:
    return ("an " if word[0].lower() in "aeiou" else "a ") + word


def _words(pick: random.Random) -> dict[str, str]:
    """Random words for all places that templates have."""
    adjective, warm, cold = pick.choice(ADJECTIVES), pick.choice(WARM), pick.choice(COLD)
    people, name = pick.choice(PEOPLE), pick.choice(NAMES)
    one = pick.choice(ONE)
    return {
        "p": people,
        "P": people[0].upper() + people[1:],
        "p2": pick.choice(PEOPLE),
        "a": adjective,
        "o": one,
        "s": _with_article(one),
        "S": _with_article(one).capitalize(),
        "A": adjective[0].upper() + adjective[1:],
        "k": pick.choice(KIN),
        "o2": pick.choice(("man", "woman", "person", "family", "school", "culture")),
        "an": _with_article(adjective),
        "An": _with_article(adjective).capitalize(),
        "n": pick.choice(("him", "her", "them", "you", "that", name)),
        "N": name[0].upper() + name[1:],
        "w": warm,
        "w2": pick.choice(WARM),
        "aw": _with_article(warm),
        "c": cold,
        "ac": _with_article(cold),
        "b": pick.choice(BEASTS),
        "j": pick.choice(JOBS),
        "t": pick.choice(THINGS),
        "x": pick.choice(_PERSONS),
        "o1": one,
    }


def filled(
    template: str,
    pick: random.Random,
    own: Mapping[str, str] | None = None,
    *,
    sparing: bool = False,
) -> str:
    """One sentence from a template; `{hate}` is a hateful sentence without its full stop. `own`
    words override those of all templates. `sparing` draws no words for a template without places
    for them."""
    if "{hate}" in template:
        inner = filled(pick.choice(HATE + THREAT), pick).rstrip(".?")
        template = template.replace("{hate}", inner)
        if sparing and "{" not in template:
            return template
    sentence = template.format(**{**_words(pick), **(own or {})})
    return sentence[0].upper() + sentence[1:] if template[0] == "{" else sentence


def loosened(sentence: str, pick: random.Random) -> str:
    """The same sentence as people type it: lowercase, no full stop, some shouting."""
    style = pick.random()
    if style < 0.3:
        return sentence.lower().rstrip(".")
    if style < 0.36:
        return sentence.upper()
    if style < 0.42:
        return sentence.rstrip(".") + pick.choice(("!", "!!", "!!!", " lol", "..", " smh"))
    return sentence


def sentences(count: int, *, seed: int, sparing: bool = False) -> list[Row]:
    """`count` sentences, each with its six labels as probabilities, the same for the same seed.
    `sparing` (see `filled`) draws others: the first stage of the shipped model learned from those."""
    pick = random.Random(seed)
    weights = [share for _, share, _ in _FAMILIES]
    made: list[Row] = []
    for family, _, labels in pick.choices(_FAMILIES, weights, k=count):
        sentence = filled(pick.choice(family), pick, sparing=sparing)
        if labels == _CALM and pick.random() < 0.25:
            sentence += " " + filled(pick.choice(NEUTRAL + FRIENDLY), pick)
        elif labels[0] > 0.9 and pick.random() < 0.15:
            calm = filled(pick.choice(NEUTRAL + FRIENDLY), pick)
            sentence = f"{calm} {sentence}" if pick.random() < 0.5 else f"{sentence} {calm}"
        if any(word in sentence for word in ("fuck", "shit", "bitch", "asshole")):
            labels = (*labels[:2], max(labels[2], 0.85), *labels[3:])
        made.append((loosened(sentence, pick), labels))
    return made


def introduced(text: str, pick: random.Random) -> str:
    """The text with a calm mention of a group before or after it; its labels stay the same."""
    mention = filled(pick.choice(NEUTRAL + POSITIVE), pick)
    if pick.random() < 0.4:
        mention = f"As {_with_article(pick.choice(ADJECTIVES))} person I say:"
        return f"{mention} {text}"
    return f"{mention} {text}" if pick.random() < 0.5 else f"{text} {mention}"
