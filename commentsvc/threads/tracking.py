"""Which query parameters only say where a reader came from, so that they never split a thread."""

from __future__ import annotations

import re

# Whole families: a tool's own prefix, never a word that a site would use for its pages.
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
    usqp amp_js_v amp_gsa __xts__ __eep__ __dgt__ comment_tracking acontext
    fb_source fb_ref fb_xd_fragment fb_locale ref_src ref_url share_source is_from_webapp
    sender_device
    phpsessid jsessionid cfid cftoken aspsessionid
    """.split()  # noqa: SIM905
)
_PATTERNS = re.compile(r"[a-z]?mc|aspsessionid[a-z]{8}|(?:vn|wt)_[a-z_]+")

# The same sessions where they stand in the path: Java's and ASP.NET's.
_PATH_SESSION = re.compile(
    r";jsessionid=[^/;]*|/\((?:[a-z]\([0-9a-z]{24}\))+\)(?=/)|/\([0-9a-z]{24}\)(?=/)",
    re.IGNORECASE,
)


#: What WeChat adds as `from` where it adds `isappinstalled` as well; elsewhere `from` may name a page.
_WECHAT = frozenset(("singlemessage", "groupmessage", "timeline", "message", "favorite"))


def from_wechat(piece: str) -> bool:
    """Whether this piece of a query is WeChat's word for how a page was shared."""
    name, _, value = piece.partition("=")
    return name == "from" and value.lower() in _WECHAT


def is_tracking(name: str) -> bool:
    """Whether a parameter of this (decoded) name tells visits apart rather than pages."""
    # Links that were glued to a query that had begun already start with a second question mark.
    bare = name.lstrip("?").lower()
    if bare.startswith(("%3f", "amp;")):
        bare = bare.removeprefix("%3f").removeprefix("amp;")
    return bare in _NAMES or bare.startswith(_PREFIXES) or _PATTERNS.fullmatch(bare) is not None


def without_session(path: str) -> str:
    """The path without the session identifiers that some servers write into it."""
    while (shorter := _PATH_SESSION.sub("", path)) != path:
        path = shorter
    return path
