"""Pages as themes, plugins and saved pages wrote them for Disqus: what each does, and the threads that
its boxes must ask for (test_disqus_kinds.py)."""

# ruff: noqa: E501  (pages, as they were written)

from __future__ import annotations

from dataclasses import dataclass, field

from tests.browser.old import SERVICE

HOME = "https://blog.example.org"
LOADER = f"{SERVICE}/demo/embed.js"
PLACE = "<div id=disqus_thread></div>"
HERE = f"{HOME}/2016/05/hello.html"


def code(config: str = "", *, loader: str = LOADER) -> str:
    """The universal code, with the body of its `disqus_config`."""
    return f"""<script>var disqus_config = function () {{ {config} }};
        function load() {{ var d = document, s = d.createElement('script'); s.src = '{loader}';
        s.setAttribute('data-timestamp', +new Date()); (d.head || d.body).appendChild(s); }}</script>"""


@dataclass(frozen=True)
class Kind:
    """A page at `url`, what is done there, and what its boxes then ask for: forum and identifier, and
    the address. `holds` is an expression that is true of the page in the end, `title` what the thread
    would be called."""

    html: str
    threads: list[tuple[str, str]]
    url: str = HERE
    act: str = ""
    holds: str = "true"
    title: str = "Hello world | Example blog"
    more: dict[str, str] = field(default_factory=dict)  # address -> what is there


KINDS: dict[str, Kind] = {
    "Jekyll's first themes: empty strings, and a script in the head that waits for nothing": Kind(
        f"""<script>var disqus_developer = 1, disqus_identifier = '', disqus_title = "", disqus_url = '';
        var disqus_shortname = ''; var disqus_category_id = undefined;</script>
        <script type="text/javascript" src="{LOADER}?https"></script>
        <body><h1>Example blog</h1><h2>Hello world</h2>{PLACE}""",
        [("demo/", HERE)],
    ),
    "Hexo: seen, and only then loaded; the headline is the title": Kind(
        f"""<h1>Example blog</h1><div style="height: 3000px"></div><h1>
          Hello world | Example </h1>{PLACE}{code("this.page.url = '//blog.example.org/b/';")}
        <script>new IntersectionObserver(function (seen, me) {{ if (!seen[0].isIntersecting) return;
        me.disconnect(); load(); }}).observe(document.querySelector('#disqus_thread'))</script>""",
        [("demo/", f"{HOME}/b/")],
        act="scrollTo(0, 9000)",
        title="Hello world | Example",
    ),
    "Laravel and others: `location` is no text": Kind(
        PLACE
        + code("this.page.url = window.location; this.page.identifier = location;")
        + "<script>load()</script>",
        [(f"demo/{HERE}?p=1#top", f"{HERE}?p=1#top")],
        url=f"{HERE}?p=1#top",
    ),
    "Meteor: what was said before is taken back": Kind(
        f"""<script>disqus_identifier = 'a', disqus_url = '/a', disqus_title = 'A'</script>{PLACE}
        <script src="{LOADER}"></script>""",
        [("demo/", HERE)],
        act="disqus_identifier = disqus_url = null; disqus_title = ''; DISQUS.reset({reload: true})",
    ),
    "React written by hand: the name is in the configuration": Kind(
        PLACE
        + code("this.page.shortname = 'Demo';", loader=f"{SERVICE}/x/embed.js")
        + "<script>load()</script>",
        [("demo/", HERE)],
    ),
    "a staging copy names the live page, which is the site's": Kind(
        PLACE
        + code("this.page.url = 'https://www.example.org/a'; this.page.identifier = 'a';")
        + "<script>load()</script>",
        [("demo/a", "https://www.example.org/a")],
    ),
    "AMP: a page in a frame, which tells how high it is": Kind(
        """<iframe sandbox="allow-scripts allow-same-origin allow-forms allow-popups" width=300 height=100
        src="https://helper.example.org/disqus.html?url=https://blog.example.org/a"></iframe><script>
        onmessage = function (said) { if (said.data.sentinel === 'amp' && said.data.height > 200)
        document.querySelector('iframe').height = said.data.height; }</script>""",
        [("demo/7", f"{HOME}/a")],
        holds="document.querySelector('iframe').height > 200",
        more={
            "https://helper.example.org/disqus.html": f"""<!doctype html><title>Hello world | Example blog</title>
            <script>addEventListener('message', function (event) {{ if (!event.data) return; var said;
            try {{ said = JSON.parse(event.data); }} catch (error) {{ }} if (!said) return;
            if (said.name === 'resize') parent.postMessage({{ sentinel: 'amp', type: 'embed-size',
            height: said.data.height }}, '*'); }});</script>{PLACE}{
                code('''this.page.url =
            decodeURIComponent(location.search.split('url=')[1]); this.page.identifier = 7;''')
            }
            <script>load()</script>"""
        },
    ),
    "Turbolinks and a switch for the dark: resets while things load": Kind(
        f"""{PLACE}{code("this.page.identifier = window.at;")}<script>at = 'one'; load(); function visit(to) {{
        history.pushState({{}}, '', '/' + to); at = to; document.querySelector('#disqus_thread').outerHTML =
        '{PLACE}'; if (window.DISQUS) DISQUS.reset({{reload: true}}); else load(); }}</script>""",
        [("demo/three", f"{HOME}/three")],
        act="""visit('two'); document.body.style.background = '#111'; document.body.style.color = '#eee';
        setTimeout(function () { visit('three'); DISQUS.reset({reload: true, config: disqus_config}) }, 40)""",
        holds="/three$/.test(location) && document.querySelectorAll('iframe').length === 1",
    ),
    "WordPress's plugin 2.x, with the comments it wrote for crawlers": Kind(
        f"""<div id="disqus_thread"><div id="dsq-content"><ul id="dsq-comments"><li id="dsq-comment-11">Old</li>
        </ul></div></div><a href="http://disqus.com" class="dsq-brlink">powered by</a><script>
        var disqus_url = '{HERE} '; var disqus_identifier = '12 {HOME}/?p=12'; var disqus_shortname = 'Demo';
        var disqus_container_id = 'disqus_thread'; var disqus_domain = 'disqus.com'; var disqus_title = "";
        var disqus_config = function () {{ var config = this; config.page.integration = 'wordpress';
        config.callbacks.preData.push(function () {{ gone(); }}); config.callbacks.onReady.push(function () {{
        var script = document.createElement('script'); script.src = '{HOME}/sync.js?cf_action=sync_comments';
        document.body.appendChild(script); }}); if (disqus_config_custom) disqus_config_custom.call(config); }};
        var disqus_config_custom = window.DISQUS;
        </script><script src="{SERVICE}/demo/embed.js?pname=wordpress&amp;pver=2.77"></script>""",
        [(f"demo/12 {HOME}/?p=12", HERE)],
        holds="window.synced && !document.querySelector('.dsq-brlink, #dsq-content')",
        more={f"{HOME}/sync.js": "synced = 1"},
    ),
    "nonces, and nothing else allowed": Kind(
        f"""<meta http-equiv=content-security-policy content="default-src 'none'; base-uri 'none';
        script-src 'nonce-a' 'strict-dynamic'; frame-src {SERVICE}">{PLACE}<a href="/x#disqus_thread">?</a>
        {code("this.page.identifier = 'n';").replace("<script>", "<script nonce=a>")}<script nonce=a>load();
        var c = document.createElement('script'); c.src = '{SERVICE}/demo/count.js'; c.id = 'dsq-count-scr';
        document.head.appendChild(c);</script>""",
        [("demo/n", HERE)],
        holds="document.querySelector('a').textContent === '0 comments'",
    ),
    "a tab that is hidden while it loads": Kind(
        f"""<details><summary>Comments</summary><div style="display: none">{PLACE}</div></details>
        {code("this.page.identifier = 'tab';")}<script>load()</script>""",
        [("demo/tab", HERE)],
        act="document.querySelector('details').open = 1; document.querySelector('details div').style.display = ''",
        holds="document.querySelector('iframe').offsetHeight > 100",
    ),
    "a saved page: the script's tag is there, and the code that writes it; two places": Kind(
        f"""{PLACE}{PLACE}<script src="{LOADER}" async data-timestamp=1></script>{
            code('''
        this.page.identifier = 's'; this.callbacks.onReady = [function () { ready = (window.ready || 0) + 1 }];
        ''')
        }<script>addEventListener('load', load)</script>""",
        [("demo/s", HERE)],
        holds="window.ready && document.querySelectorAll('iframe').length === 1",
    ),
    "an old library that mends the language": Kind(
        f"""<script>Array.prototype.remove = Object.prototype.extend = function () {{}};
        Array.prototype.toJSON = function () {{ return 'no'; }}; Array.from = function (a) {{ return [a]; }};
        Element.prototype.remove = function () {{ this.parentNode.removeChild(this); return this; }};
        Element.prototype.select = Element.prototype.update = 1; Function.prototype.bind = function () {{
        return this; }}; window.define = function () {{ throw 1; }}; define.amd = {{}}; window.module = {{}};
        </script>{PLACE}<script type=module src="{LOADER}"></script>""",
        [("demo/", HERE)],
    ),
    "addresses below another base, and the recipe for AJAX": Kind(
        f"""<head><base href="https://blog.example.org/base/"></head>{PLACE}<script>disqus_url = 'first'</script>
        <script src="{LOADER}"></script>""",
        [("demo/x y&z#1", f"{HOME}/base/second#!newthread")],
        act="""DISQUS.reset({reload: true, config: function () { this.page.identifier = 'x y&z#1';
        this.page.url = 'second#!newthread'; this.language = undefined; }})""",
    ),
    "components that fill what is there": Kind(
        PLACE
        + code(
            """Object.assign(this.sso, { name: 'x', url: '/login' }); this.server_side.variant = 1;
        this.experiment.sort_order = 'desc'; this.discovery.disable_all = true; this.language = 'de';"""
        )
        + "<script>load()</script>",
        [("demo/", HERE)],
        holds="/order-by=newest.*locale=de/.test(document.querySelector('iframe').src)",
    ),
    "what no template filled in": Kind(
        PLACE
        + code(
            """this.page.url = '{{ page.url }}'; this.page.identifier = '{{ page.id }}';
        this.page.title = undefined; this.language = ''; this.page.remote_auth_s3 = '{{ sso }}';
        this.page.api_key = null; this.callbacks.onReady = undefined; this.experiment = null; this.sso = null;"""
        )
        + "<script>load()</script>",
        [("demo/{{ page.id }}", f"{HOME}/2016/05/%7B%7B%20page.url%20%7D%7D")],
    ),
    "the first years: counts that are written, in a list of posts": Kind(
        f"""<a href=/x>x</a><a id=a href="/a#disqus_thread">Comments</a><a id=b href="/b#disqus_thread">0</a><script
        >(function () {{ var links = document.getElementsByTagName('a'), query = '?';
        for (var i = 0; i < links.length; i++) if (links[i].href.indexOf('#disqus_thread') >= 0)
        query += 'url' + i + '=' + encodeURIComponent(links[i].href) + '&';
        document.write('<script charset="utf-8" type="text/javascript" src="{SERVICE}/disqus/demo/get_num_replies.js'
        + query + '"></' + 'script>'); }})()</script>""",
        [],
        holds="document.querySelector('#a').textContent === '2 comments'"
        " && document.querySelector('a').textContent === 'x'",
    ),
    "Blogger's list of posts, and WordPress's spans": Kind(
        f"""<div class=post-comment-link><a href="/a">?</a></div><a href="/a" id=w><span class="dsq-postid"
        data-dsqidentifier="12 {HOME}/?p=12">?</span></a><script>
        // what the plugin does
        var span = document.querySelector('.dsq-postid'), link = span.parentNode;
        link.setAttribute('data-disqus-identifier', span.getAttribute('data-dsqidentifier'));
        link.href += '#disqus_thread'; link.removeChild(span);</script>
        <script src="{SERVICE}/demo/blogger_index.js"></script>""",
        [],
        holds="document.querySelector('a').textContent === '2 comments'"
        " && document.querySelector('#w').textContent === '1 comment'",
    ),
    "an endless list: what is added is counted, too": Kind(
        f"""<main><a href="/a#disqus_thread"><i>?</i></a></main><script>DISQUSWIDGETS = {{ domain: 'disqus.com',
        forum: 'Demo' }}</script><script src="{SERVICE}/x/count.js" async></script>""",
        [],
        act="""document.querySelector('main').insertAdjacentHTML('beforeend', '<b class=disqus-comment-count '
        + 'data-disqus-identifier="12 https://blog.example.org/?p=12"></b><a href="#disqus_thread">own</a>');
        DISQUSWIDGETS.getCount({reset: true})""",
        holds="document.querySelector('b').textContent === '1 comment'"
        " && document.querySelector('a + b + a').textContent === '0 comments'",
    ),
    "pages that ask by themselves": Kind(
        f"""<script>function got(said) {{ posts = said.response[0].posts; }}
        fetch('{SERVICE}/demo/count-data.js?' + Array(25).fill().map(function (_, i) {{ return '2=' +
        encodeURIComponent('{HOME}/' + (i ? encodeURIComponent('كتاب'.repeat(20)) + i : 'a')); }}).join('&'))
        .then(function (it) {{ return it.text(); }}).then(function (text) {{
        counts = JSON.parse(/displayCount\\((.*)\\);/.exec(text)[1]).counts; }});</script>
        <script src="{SERVICE}/api/3.0/threads/set.jsonp?api_key=x&amp;forum=demo&amp;callback=got&amp;thread=link:{HOME}/a"></script>
        """,
        [],
        holds="window.posts === 2 && window.counts && counts.length === 25 && counts[0].comments === 2",
    ),
}
