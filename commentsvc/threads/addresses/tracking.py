"""Parts of an address that only say how a page was opened, so they never split a thread."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

# Prefixes of tools, never a word that a site would use for its pages.
_PREFIXES = (
    "utm_",
    "utm-",
    "mtm_",
    "matomo_",
    "piwik_",
    "pk_",
    "itm_",
    "otm_",
    "hmb_",
    "hsa_",
    "__hs",
    "_hs",
    "mc_",
    "ml_subscriber",
    "oly_",
    "vero_",
    "fb_action_",
    "fb_comment_",
    "ga_",
    "gad_",
    "at_custom",
    "__cft__",
    "_x_tr_",
    "wt_z",
    "wt.",
    "__cf_chl_",
    "s_kwcid",
    "bsft_",
    "trk_",
    "elq",
    "sc_cmp",
    "__xts__",
    "adjust_",
    "bx_sender",
    "iterableemail",
    "cx_recs",
    "cxrecs_",
    "guce_",
    "gps-source",
    "action_object_map",
    "action_type_map",
    "action_ref_map",
)
_NAMES = frozenset(
    # Click identifiers of advertisers; analytics, newsletters, page builders; social networks;
    # sessions (two visits are not two pages).
    """
    fbclid gclid gclsrc dclid gbraid wbraid msclkid twclid ttclid li_fat_id yclid ysclid rb_clickid
    irclickid srsltid epik igshid igsh mibextid wickedid obclid tblci ndclid rdt_cid sccid _kx vmcid
    cmpid s_cid ncid icid ocid zanpid awc
    utm _ga _gl _gac _openstat mkt_tok os_ehash hsctatracking __s echobox _ke wtrid gs_l spm scm
    tracking_source xtor __twitter_impression __tn__ nr_email_referer pd_campaign ck_subscriber_id
    sc_customer guccounter guce_referrer guce_referrer_sig ceneo_spo
    at_medium at_campaign at_link at_link_id at_link_origin at_link_type at_bbc_team at_ptr_name at_format
    at_campaign_type at_ptr_type at_creation at_variant at_network at_platform at_recipient_id
    isappinstalled nsukey scene_from wx_header
    replytocom unapproved moderation-hash
    wprov trk trackingid _branch_match_id _branch_referrer sfnsn smid smtyp ns_mchannel ns_source ns_campaign
    ns_linkname ns_fee dm_i ss_email_id ss_source ss_campaign_id soc_src soc_trk ftag intcid sref syclid ef_id
    twclsrc twsrc twcamp twterm twgr _bta_tid _bta_c sc_eh sc_lid sc_llid sc_uid sc_src noamp msockid
    usqp amp_js_v amp_gsa __xts__ __eep__ __dgt__ comment_tracking acontext
    fb_source fb_ref fb_xd_fragment fb_locale ref_src ref_url share_source is_from_webapp
    sender_device commentsvc
    openstat ymclid klaviyo_id hc_ref fref rdid wxshare_count sc_cid sc_campaign spref sms_source hootpostid
    dicbo oborigurl vgo_ee cx_click int_source int_medium int_campaign irgwc cjevent ranmid raneaid ransiteid
    mkcid mkrid _bhlid sh_kit fbp fbc tt_medium tt_content sca_esv ved emci emdi kwp_0 cndid share_token
    doing_wp_cron sr_share sharedfrom
    phpsessid jsessionid cfid cftoken aspsessionid
    """.split()  # noqa: SIM905
)
_PATTERNS = re.compile(r"[a-z]?mc|aspsessionid[a-z]{8}|(?:vn|wt)_[a-z_]+")

# Session ids in the path: Java's and ASP.NET's.
_PATH_SESSION = re.compile(
    r";jsessionid=[^/;]*|/\((?:[a-z]\([0-9a-z]{24}\))+\)(?=/)|/\([0-9a-z]{24}\)(?=/)",
    re.IGNORECASE,
)


#: AMP versions of a page, by query and by path.
_AMP_NAMES = frozenset(("amp", "_amp", "isamp", "is_amp"))
_AMP_VALUES = frozenset(("", "0", "1", "true", "false", "yes", "no", "on", "off", "amp"))
_FILE_ENDS = (".html", ".htm")
_MAIN = re.compile(r"(amp\.)|(?:m|mobile)\.")  # before a host listed by the site

#: WordPress's buttons (`share=twitter&nb=1`), and Blogger's pages for phones (`?m=1`).
_SHARED = frozenset(
    """
    facebook twitter x linkedin pinterest pocket reddit telegram tumblr whatsapp jetpack-whatsapp email print
    skype mastodon threads bluesky nextdoor press-this google-plus-1 stumbleupon digg
    """.split()  # noqa: SIM905
)
_BLOGGER = re.compile(r"/\d{4}/\d{2}/[^/]+\.html")

#: Values of `from` that WeChat adds; other values may identify a page.
_WECHAT = frozenset(("singlemessage", "groupmessage", "timeline", "message", "favorite"))


def passing(path: str, pieces: Iterable[str], *, amp: bool) -> Callable[[str], bool]:
    """A predicate for parameters of this (decoded) query: whether one only distinguishes visits, or
    ways to show a page (AMP only with `amp`), not pages."""
    shared = any(_bare(name) == "share" for name, _, _ in (each.partition("=") for each in pieces))
    blogger = _BLOGGER.fullmatch(path) is not None

    def passes(piece: str) -> bool:
        name, _, value = piece.partition("=")
        name, value = _bare(name), value.lower()
        match name:
            case "from":
                return value in _WECHAT
            case "share":
                return value in _SHARED
            case "nb":
                return shared and value == "1"
            case "feature":  # YouTube's
                return value in ("share", "shared", "youtu.be")
            case "m":
                return blogger and value in ("0", "1")
            case "si":  # the sharer; a number may identify a page
                return bool(value) and not value.isdecimal()
        if name in _AMP_NAMES:
            return amp and value in _AMP_VALUES
        return is_tracking(name) or (amp and name == "outputtype" and value == "amp")

    return passes


def without_amp(path: str, *, asked: bool) -> str:
    """The path without AMP suffixes, where these are certain: `/amp` alone is a page of its own,
    and so is `…/amp` with a query (`asked`)."""
    page = path if asked else _without_ends(path, path[len(path.rstrip("/")) :], "/amp", "/")
    kind = next((each for each in _FILE_ENDS if page.endswith(each)), "")
    return _without_ends(page, kind, ".amp", "/.") if kind else page


def _without_ends(path: str, tail: str, end: str, before: str) -> str:
    """The path without repeated `end` before the tail, unless `before` or nothing precedes it."""
    stop = len(path) - len(tail)
    while path.endswith(end, 0, stop) and path[: stop - len(end)][-1:] not in ("", *before):
        stop -= len(end)
    return path[:stop] + tail


def main_host(host: str, listed: Container[str], *, amp: bool) -> str:
    """The main host of a mobile (`m.example.org`) or, with `amp`, an AMP host (`amp.example.org`),
    if the site lists it; else the host."""
    found = _MAIN.match(host)
    rest = host[found.end() :] if found and (amp or not found[1]) else ""
    return rest if rest.removeprefix("www.") in listed else host


def _bare(name: str) -> str:
    # A query appended to an existing one starts with a second question mark.
    bare = name.lstrip("?").lower()
    return re.sub(r"^(?:%3f)?(?:amp(?:;|%3b))?", "", bare)


def is_tracking(name: str) -> bool:
    """Whether a parameter with this (decoded) name distinguishes visits, not pages."""
    bare = _bare(name)
    return bare in _NAMES or bare.startswith(_PREFIXES) or _PATTERNS.fullmatch(bare) is not None


def without_session(path: str) -> str:
    """The path without the session ids that some servers add."""
    while (shorter := _PATH_SESSION.sub("", path)) != path:
        path = shorter
    return path
