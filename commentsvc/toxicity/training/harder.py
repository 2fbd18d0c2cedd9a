"""Our own sentences on what models of comments get wrong: threats and hate in plain words, and
harmless lookalikes.

Written for this project and drawn at random; none comes from an evaluation set.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from ..identity import either
from . import sentences

if TYPE_CHECKING:
    from .sentences import Row

HARM = either(
    "kill|strangle|stab|shoot|beat|drown|burn|bury|gut|behead|poison|hang|crush|hurt|cripple|run over|"
    "slaughter|bomb|skin|choke|torture|maim|punch|knife|lynch"
)
HARMED = either(
    "killed|strangled|stabbed|shot|beaten|drowned|burned alive|buried alive|gutted|beheaded|poisoned|"
    "hanged|"
    "crushed|tortured|lynched|executed|exterminated|bombed|gassed|wiped out|castrated"
)
VICTIMS = either(
    "you|you and your kids|your whole family|your wife|that reporter|the mayor|this minister|your mother|"
    "every one of you|the author|these judges|the editor|that teacher|his children|the moderators|her"
)
PARTS = either("skull|legs|neck|teeth|face|jaw|ribs|fingers|spine|head|arms|knees|nose")
PLACES = either("house|car|office|shop|school|flat|garage|newsroom|farm|bakery")
TIMES = either(
    "tonight|tomorrow|on Monday|this weekend|next time|soon|one of these days|when you sleep"
)
SHORT_NAMES = either(
    "Nishit|Dikshit|Dixit|Lipshitz|Lipschitz|Hitchcock|Cockburn|Dick|Dick Cheney|Alcock|Glasscock|"
    "Fuchs|Fuk|Phuc|Phuc Nguyen|Assad|Assange|Bumiller|Butts|Cummings|Cumming|Dickinson|Dickens|Hooker|"
    "Hancock|Babcock|Kuntz|Kuntsevich|Titus|Tits Nielsen|Shitov|Hiscock|Woodcock|Pratt|Sexton|Wang|Wank|"
    "Analisa|Gaylord|Gay|Gaye|Blackman|Kok|Koch|Cox|Dyke|Van Dyck|Fanny|Randy|Regina|Virginia|Pusey|Weiner|"
    "Balls|Ed Balls|Bitchener|Fagan|Fagin|Spick|Coon|Slutsky|Slutzky|Raper|Gook|Niggard|Nigel|Suki|Fukuyama"
)
TOWNS = either(
    "Scunthorpe|Penistone|Cockermouth|Dildo|Middlesex|Essex|Sussex|Clitheroe|Lightwater|"
    "Bitche in Lorraine|Titisee|Condom in Gascony|Hell|Intercourse|Shitterton|Assen|Wank am Inn"
)
PESTS = either(
    "slugs|weeds|mosquitoes|wasps|moths|rats in my cellar|these bugs|the aphids|that wasp nest|the ants|"
    "mould|the ivy|flies|ticks|nettles|those pigeons|the fleas|bed bugs"
)
DEEDS = either(
    "vote|marry|adopt children|teach|run a shop|travel|own land|speak in public|work here|go to school|"
    "have children|hold office|drive|live next to us|study|serve in the army|use our hospitals|rent a flat"
)

_WARNED = either(
    "I will {h} {v} {t}.|I'm going to {h} {v}.|We are coming to {h} {v}.|I swear I'll {h} {v} {t}.|"
    "I will break your {b}.|I'll smash your {b} in.|I'm going to crush your {b} with a hammer.|"
    "I'm going to set your {o} on fire {t}.|Your {o} burns {t}.|We placed explosives in your {o}.|"
    "I know where you live and I will {h} {v}.|You will be {d} {t}.|{V} will be {d} and I will watch.|"
    "Somebody should {h} {v}.|{V} should be {d}.|{V} deserves to be {d}.|I want to see {v} {d}.|"
    "One shot through the {b} and {v} will be gone.|If I see {v} again I will {h} {v}.|"
    "Wait until I find you, I will {h} you.|"
    "I hope {v} gets {d}.|May you be {d}, slowly.|It is time that {v} gets {d}.|"
    "Sleep with one eye open, {t} we {h} you.|"
    "Come here and I'll {h} you.|I have a gun and I know your {o}.|{T} I will cut your {b} off.|"
    "We will find {v} and {h} {v}.|You are dead {t}.|I'll put a knife in your {b}.|Let's {h} {v} {t}."
)
_VEILED = either(
    "Nice {o} you have, would be a shame if it burned.|I know which way your children walk to school.|"
    "Accidents happen to people who write such things.|We know your address now.|"
    "You should be careful {t}.|"
    "I know where you park your car.|Better check under your car {t}.|You won't be laughing {t}.|"
    "We are watching your {o}.|People like you disappear.|Somebody will pay you a visit {t}.|"
    "Enjoy your {o} while you can.|I would not walk home alone if I were {v}.|Your time is running out."
)
_SUICIDE = either(
    "Kill yourself.|do it, end yourself, we would celebrate|Do us a favour and jump off a bridge.|"
    "Drink bleach.|"
    "Just hang yourself already.|Why are you still alive?|Your death would make us happy.|"
    "Please end your life.|May a tumour eat you.|I hope your kids die before you.|Drop dead.|"
    "Rot in hell, {x}.|"
    "Do everyone a favour and shoot yourself.|You should have been aborted.|I hope you choke on it.|kys"
)
_RUDE = either(
    "Be quiet, you {c} {x}.|You {c} swine belong in a sty.|You are a {c}, spineless {x}.|"
    "The author is a {c} {x}.|{N} is a lying {x}.|Get lost, you {c} {x}.|What a {c} {x} you are.|"
    "Your mother must be ashamed of such a {x}.|Only a {c} {x} believes this.|You {x}.|"
    "Listen, {x}, go home."
)
_GONE = either(
    "{P} should not be allowed to {e}.|{P} must never be allowed to {e}.|No {o1} should be allowed to {e}.|"
    "Why are {p} still allowed to {e}?|Nobody wants {p} to {e}.|{P} have no right to {e}.|"
    "Don't let {p} {e}.|"
    "{P} lack the brains to {e}.|{P} do not belong here.|It is a mistake to let {p} {e}.|"
    "{P} are not human.|{P} are not welcome anywhere.|Not one of these {p} is worth anything.|"
    "I don't want {p} near my kids.|"
    "{P} never did anything good.|There is nothing good about {p}.|You cannot trust {p}.|"
    "None of the {p} deserve to live.|"
    "{P} multiply like a disease.|Ship the {p} off to nowhere.|Lock the {p} up like cattle.|"
    "{P} should be {d}.|All {p} should be {d}.|We will {h} all {p}.|I will {h} every {o1} I meet.|"
    "{P} deserve to be {d}.|"
    "{P} make me want to throw up.|I can't bear the sight of {p}.|{P} scare me, keep them out.|"
    "I loathe {p}.|"
    "{P} poison everything they touch.|Did you know that {p} are {m}?|Aren't {p} all {m}?|"
    "How can anyone like {p}?|"
    "{P}, who are {m} anyway, want more money.|They let in {p}, and those are {m}.|"
    "{P} rob us blind, those {m}.|{P} are of no use to anybody."
)
_NOT_HATE = either(
    "{P} should be allowed to {e}.|Of course {p} are allowed to {e}.|Nobody should stop {p} from {e2}.|"
    "I would never say that {p} are {m}.|No, {p} are not {m}.|"
    "Protect {p} from those who want to {h} them.|I don't hate {p}, I never did.|"
    "No one should be {d} for being {a}.|It hurts me when {p} are called {m}.|"
    "Nobody deserves hate for being {a}.|"
    "You must not call {p} {m}.|I refuse to hate {p}.|There is nothing wrong with {p}.|"
    "We don't want {p} to be afraid.|"
    "{P} are no threat to anyone.|I can't believe that people still hate {p}.|"
    "There is no reason to fear {p}.|"
    "I won't listen to anyone who wants to ban {p}.|It is not true that {p} steal.|"
    "Never treat {p} as less than human."
)
_COUNTER = either(
    'Saying "{hate}" is disgusting.|You wrote "{hate}" and that is racist, stop it.|'
    '"{hate}"? How can you say such a thing?|'
    'Comments like "{hate}" do harm.|They chanted "{hate}" and the police did nothing.|'
    "It is wrong to say that {p} are {m}.|"
    'My grandfather was told "{hate}" when he arrived.|A sign said "{hate}", and people laughed. Shameful.|'
    "Whoever claims that {p} are {m} has never met one.|Calling {p} {m} is how it started last time.|"
    "People who think {p} should be {d} need help.|You can't just say {p} are {m}.|"
    "I am shocked how many here want {p} {d}.|"
    "To write that {p} are worth nothing is vile.|The judge said that calling for {p} to be {d} is a crime."
)
_GLAD = either(
    "{P} like {n} are {w}.|{P} like {n} make my day.|I wish there were more {p} like {n}.|"
    "We need {p} like {n}.|"
    "{P} are the best neighbours.|So proud of our {a} {k}.|My {k} is {a} and I love {n} for it.|"
    "Being {a} is beautiful.|"
    "Happy to have {p} in our team.|I stand with {p}.|Thank God for {p}.|{P} enrich our town.|"
    "What would we do without {p}?|"
    "{P} have every right to {e}.|It's wonderful that {p} can {e} now.|You go, {a} {k}!|I love my {a} {k}."
)
_SWORE = either(
    "Fuck depression.|Fuck this {t1}.|What the fuck happened to the {t1}?|The {t1} is fucking great.|"
    "holy shit that {t1}|"
    "Shit, I missed the {t1}.|I can't fucking believe it.|Fuck yes!|fuck, that hurt|This {t1} is shit.|"
    "Damn it, my {t1} again.|"
    "I fucking love this {t1}.|Bloody hell, it is cold.|Oh crap, the {t1}.|My day was shit.|"
    "That was fucking awesome.|"
    "what a load of crap|Fuck me, that was close.|I'm so fucking tired.|Shit happens.|"
    "Fucking {t1}, every single day.|"
    "No fucking way!|Fuck the {t1}.|I don't give a shit about the {t1}.|We had a fucking good time.|"
    "bullshit|Screw this {t1}."
)
_NAMED = either(
    "{s}|{s} taught me to read.|{s} was my teacher.|I agree with {s}.|Mr {s} wrote a good article.|"
    "{s} from {l} called.|"
    "{s} and {s2} won the match.|Is {s} running again?|We moved to {l}.|My aunt lives in {l}.|"
    "The train stops at {l}.|"
    "Thank you, {s}.|{s} scored twice.|Greetings from {l}.|I read {s} at school.|Vote for {s}.|"
    "Dr {s} operated on my knee."
)
_HARMLESS = either(
    "This powder kills the {g} in the garden.|How do I kill {g}?|{g} must die.|I hate {g}.|"
    "Spray kills {g} within a day.|"
    "I could kill for a coffee.|My back is killing me.|You killed it on stage.|This heat is murder.|"
    "We got slaughtered, five nil.|"
    "Shoot me an email.|The job hangs, so kill it and run it again.|"
    "The striker shot from thirty metres.|Beat the eggs, then fold them in.|"
    "Strangle the pump for a second.|They bombed at the box office.|That joke killed me.|"
    "Chop its head off and fry the fish.|"
    "The knife cut through the pork like butter.|He died on the operating table.|"
    "She hanged the picture.|Drown the pancakes in syrup.|"
    "The minister was shot at in 1982.|Police say he threatened to {h} his wife.|"
    "The killer was sentenced to life.|I'd die for that cake.|"
    "The film is about a man who wants to {h} the mayor.|They were {d} in the war.|"
    "The victims were {d}, the court heard."
)
_ARGUED = either(
    "The mayor lied to us and should resign.|This government has failed.|The new budget is a bad joke.|"
    "What a weak argument.|"
    "The minister has no idea what she is talking about.|You are wrong, and here is why.|"
    "I disagree with every word.|"
    "Shame on the council.|The plan is nonsense.|Bankers got us into this mess.|"
    "Politicians never listen.|The police failed here.|"
    "Put him on trial for that.|This article is biased.|I can't stand his speeches.|The coach must go.|"
    "That law is a disgrace."
)

_CALM = (0.0,) * 6
_SLIGHT = (0.05, 0.0, 0.0, 0.0, 0.02, 0.03)
_FAMILIES: tuple[tuple[tuple[str, ...], float, tuple[float, ...]], ...] = (
    (_WARNED, 0.12, (0.97, 0.2, 0.1, 0.95, 0.3, 0.03)),
    (_VEILED, 0.03, (0.7, 0.03, 0.01, 0.7, 0.1, 0.01)),
    (_SUICIDE, 0.05, (0.96, 0.1, 0.1, 0.5, 0.6, 0.02)),
    (_RUDE, 0.06, (0.97, 0.05, 0.3, 0.0, 0.93, 0.02)),
    (_GONE, 0.16, (0.96, 0.04, 0.05, 0.1, 0.5, 0.95)),
    (_NOT_HATE, 0.12, _SLIGHT),
    (_COUNTER, 0.09, (0.12, 0.0, 0.02, 0.01, 0.05, 0.08)),
    (_GLAD, 0.09, _CALM),
    (_SWORE, 0.09, (0.35, 0.01, 0.75, 0.0, 0.03, 0.0)),
    (_NAMED, 0.06, _CALM),
    (_HARMLESS, 0.07, (0.04, 0.0, 0.0, 0.02, 0.0, 0.0)),
    (_ARGUED, 0.06, (0.06, 0.0, 0.0, 0.0, 0.04, 0.0)),
)


def harder(count: int, *, seed: int) -> list[Row]:
    """`count` sentences with their six labels, the same for the same seed; some glued into one
    word, some between calm ones."""
    pick = random.Random(seed)
    made: list[Row] = []
    for family, _, labels in pick.choices(_FAMILIES, [share for _, share, _ in _FAMILIES], k=count):
        sentence = _filled(pick.choice(family), pick)
        chance = pick.random()
        if chance < 0.06:
            sentence = sentence.replace(" ", "")
        elif chance < 0.16:
            sentence = sentences.introduced(sentence, pick)
        made.append((sentences.loosened(sentence, pick), labels))
    return made


def _filled(template: str, pick: random.Random) -> str:
    victim, town = pick.choice(VICTIMS), pick.choice(TOWNS)
    own = {
        "h": pick.choice(HARM),
        "d": pick.choice(HARMED),
        "v": victim,
        "V": victim[0].upper() + victim[1:],
        "b": pick.choice(PARTS),
        "o": pick.choice(PLACES),
        "t": (when := pick.choice(TIMES)),
        "T": when[0].upper() + when[1:],
        "s": pick.choice(SHORT_NAMES),
        "s2": pick.choice(SHORT_NAMES),
        "l": town,
        "g": pick.choice(PESTS),
        "e": (deed := pick.choice(DEEDS)),
        "e2": f"wanting to {deed}",
        "t1": pick.choice(sentences.THINGS),
        "m": pick.choice(sentences.BEASTS + sentences.COLD),
    }
    return sentences.filled(template, pick, own)
