"""Tables of characters that stand for other characters, and the words that they often hide."""

from __future__ import annotations

import re
import unicodedata

_ONLY_LATIN = re.compile(
    "[\0-\x7f\xa0\xab\xb4\xb7\xbb\u00c0-\u024f\u1e00-\u1eff\u2010-\u2027\u20ac]*+"
)

# Letters of other scripts that look like Latin ones. Used only in words that mix scripts, or in
# Latin text: a Russian word stays Russian.
_PAIRS = (
    # Cyrillic
    "аaбbвbгrдdеeёeззиuйuкkмmнhоoпnрpсcтtуyхxччьbѕsіiїiјjљљњњћhқkғfҝkҡkңhөoүyұyҳxһhԁdԍgԛqԝwѵvӏlӀlӕӕ"
    "АaВbЕeЗзИuКkМmНhОoПnРpСcТtУyХxЬbЅsІiЈjҐrҒfԌgԚqԜwҺhѴv"
    # Greek
    "αaβbγyδdεeζzηnθoιiκkλλμuνvοoπnρpσoςcτtυuφφχxωwάaέeήnίiόoύuώwϲcϳj"
    "ΑaΒbΕeΖzΗhΙiΚkΜmΝnΟoΡpΤtΥyΧxΣs"
    # Armenian, Cherokee, Lisu and single strays
    "оoսuոnօoհhցgյjԼlՏsՍuԵtᎪaᏴbᏟcᎠdᎬeᏀgᎻhᎥiᎫjᏦkᏞlᎷmᏢpᏒrᏚsᎢtᏙvᎳwᎩyᏃzᗅaᗷbᑕcᗞdᖴfᕼhᒍjᒪlᗰmᑎnᑭpᖇrᑌuᐯv"
    "ꓮaꓐbꓚcꓓdꓰeꓝfꓖgꓧhꓲiꓙjꓗkꓡlꓟmꓠnꓳoꓑpꓣrꓢsꓔtꓴuꓦvꓪwꓫxꓬyꓜz"
)
LOOKALIKES: dict[str, str] = {
    a: b for a, b in zip(_PAIRS[::2], _PAIRS[1::2], strict=True) if a != b and b.isascii()
}

# Latin letters without a compatibility form: small capitals, turned letters, boxed ones.
_LATIN = (
    "łlŁløoØođdĐdıiħhĦhŧtŦtŋnſsƀbɓbƈcɗdƒfɠgɨiƙkɭlɱmɲnɵoƥpɾrʂsʈtʉuʋvƴyƶzǃiɑaɡgɩiʏyɪiʙbɢgʜhʟlɴnʀrɛeɔc"
    "ᴀaᴄcᴅdᴇeꜰfᴊjᴋkᴍmᴏoᴘpǫqꜱsᴛtᴜuᴠvᴡwᴢzɐaǝeəeɟfƃgɥhᴉiʞkɯmɹrʇtʌvʍwʎyȼcɇeɉjɍrɏyƨsʃs¢c"
    "⭕o❌x✖x❎xℹi🅐a"
)
LATIN: dict[str, str] = {a: b for a, b in zip(_LATIN[::2], _LATIN[1::2], strict=True)}
LATIN |= {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "þ": "th", "ð": "d"}
for _block in (0x1F130, 0x1F150, 0x1F170):  # squared, negative circled, boxed
    LATIN |= {chr(_block + i): chr(97 + i) for i in range(26)}
LATIN |= {chr(0xE0061 + i): "" for i in range(26)}  # tag letters: never visible

PUNCTUATION: dict[str, str] = dict(
    zip("’‘‛′`´ʼ“”„‟″–—―‐‑‒−…", "'''''''\"\"\"\"\"-------.", strict=True)
)

# Emoji with exactly one meaning, as the words a reader would say.
EMOJI_WORDS: dict[str, str] = {"🖕": " fuck you ", "💩": " shit "}

LEET = str.maketrans("0134578@$!|+€£¥", "oieastbasiltely")
LEET_L = str.maketrans("0134578@$!|+€£¥", "oleastbaslltely")  # 1 and ! read as l

# Words worth uncovering: people mask them with stars, digits, dots and repeated letters. They judge
# no text: they only decide which of several readings is the likely one.
_STEMS = """
fuck fucking fucked fucker shit bitch ass asshole cunt dick nigger nigga faggot pussy cock slut
whore asses asshole assholes asshat arse arsehole bastard bastards bitch bitches bitching bitchy
bollocks boob boobs bullshit clit cock cocks cocksucker cocksuckers coon coons crap cum cunt cunts
dago damn damned dick dickhead dickheads dicks dildo douche douchebag dumb dumbass dyke dykes fag
faggot faggots fags fuckers fuckface fuckin fucks fucktard fuckwit goddamn
gook gooks handjob hell hoe hoes homo homos horny idiot idiots idiotic imbecile jackass jerk jizz
kike kikes kill killed killing kkk kys loser losers moron morons moronic motherfucker motherfuckers
motherfucking nazi nazis negro nigga niggas nigger niggers nutsack paki pakis pedo pedophile penis
piss pissed porn prick pricks pussies pussy queer rape raped rapist retard retarded retards scum
scumbag sex sexy shit shithead shitheads shithole shits shitty slut sluts slutty spastic spic spics
stupid suck sucker sucks terrorist tits titties trannies tranny trash turd twat twats vagina wank
wanker wankers wetback wetbacks whore whores wtf die dies dead hate haters hater ugly murder gay
gays lesbian lesbians muslim muslims jew jews jewish black blacks woman women immigrant immigrants
faggy pissing shitting cocksucking dipshit horseshit batshit apeshit chickenshit shitface shitbag
dumbfuck mindfuck clusterfuck unfuckingbelievable skank skanky chink chinks towelhead raghead
gyppo pikey cripple cripples lunatic psycho pervert perverts disgusting pathetic worthless
"""
KNOWN: frozenset[str] = frozenset(_STEMS.split())
KNOWN_BY_FIRST: dict[str, tuple[str, ...]] = {
    first: tuple(w for w in _STEMS.split() if w[0] == first) for first in {w[0] for w in KNOWN}
}


def only_latin(text: str) -> bool:
    """Whether a text surely has no letters but Latin ones: a quick look at its characters, which
    may miss a text with rare signs."""
    return _ONLY_LATIN.fullmatch(text) is not None


def is_noise_mark(char: str) -> bool:
    """Whether a combining character is an added accent, not part of a script's spelling."""
    code = ord(char)
    return (
        0x300 <= code <= 0x36F
        or 0x483 <= code <= 0x489
        or 0x1AB0 <= code <= 0x1AFF
        or 0x1DC0 <= code <= 0x1DFF
        or 0x20D0 <= code <= 0x20FF
        or 0xFE00 <= code <= 0xFE2F
        or 0xE0100 <= code <= 0xE01EF
    )


_INVISIBLE = frozenset("\u00ad\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufffc")


_MOST_FOR_ONE = 6  # longer ones are phrases in one letter; a text of them would grow 18 times


def fold_char(char: str) -> str:
    """One character as a reader of Latin text sees it: lowercase, unadorned, maybe empty.

    Independent of its context, so it can be cached. Letters of other scripts keep their marks.
    """
    if char in LATIN:
        return LATIN[char]
    if char in PUNCTUATION:
        return PUNCTUATION[char]
    if char in EMOJI_WORDS:
        return EMOJI_WORDS[char]
    category = unicodedata.category(char)
    if char in "\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85" or category[0] == "Z":
        return " "
    if category in ("Cf", "Cc", "Cn", "Cs") or char in _INVISIBLE or is_noise_mark(char):
        return ""
    plain = unicodedata.normalize("NFKC", char)
    if len(plain) > _MOST_FOR_ONE:
        return char
    parts = unicodedata.normalize("NFKD", plain)
    if parts and parts[0].isascii():
        plain = parts  # accents of Latin letters are noise as often as spelling; other parts stay
    plain = "".join(LATIN.get(c, PUNCTUATION.get(c, c)) for c in plain).lower()
    return "".join(c for c in plain if not is_noise_mark(c))
