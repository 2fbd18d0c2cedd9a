"""The plugin on pages of a real WordPress: the box, the list for search engines, counts, bad days."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.live import KEY, free_port

if TYPE_CHECKING:
    from tests.drills.wordpress.conftest import Place

pytestmark = pytest.mark.drill


@pytest.mark.parametrize("kind", ["block", "classic", "own"])
def test_it_works(place: Place, kind: str) -> None:
    """In a block theme and in classic ones: the box in the theme's place, the comments in the page."""
    theme = place.blog.themes()[kind]
    place.blog.php(f"switch_theme('{theme}');")
    slug = f"ferry-{kind}"
    place.write(slug, post_title="The <b>ferry</b> & the bridge", post_name=slug)
    place.comment(slug, "The ferry is late again.")
    page = place.blog.browser().get(f"/{slug}/")
    assert page.status == 200 and page.text.count('class="commentsvc"') == 1
    box = page.text.split('class="commentsvc"')[1].split(">")[0]
    for each in (
        f'data-server="{place.server}"',
        f'data-site="{KEY}"',
        f'data-href="{place.blog.url}/{slug}/"',
        'data-title="The ferry &amp; the bridge"',
    ):
        assert each in box
    assert "data-sign-in-url" not in box  # people cannot register here
    assert "The ferry is late again." in page.text and "DiscussionForumPosting" in page.text
    loader = re.search(rf"<script [^>]*{place.server}/embed\.js[^>]*>", page.text)
    assert loader is not None and " async " in loader[0] and "commentsvc-js" in loader[0]
    assert "wp-comments-post.php" not in page.text  # no form of WordPress's own
    assert 'id="comments"' in page.text and 'id="respond"' in page.text


def test_closed_posts_can_be_read(place: Place) -> None:
    place.write("closed", post_name="closed", comment_status="closed")
    place.write("empty", post_name="empty", comment_status="closed")
    place.comment("closed", "Said before it was closed.")
    page = place.blog.browser().get("/closed/").text
    assert "Said before it was closed." in page and 'class="commentsvc"' not in page
    assert "embed.js" not in page
    assert "commentsvc-comments" not in place.blog.browser().get("/empty/").text


def test_others_keep_their_comments(place: Place) -> None:
    """Types that were not chosen, drafts, and posts whose password was not given."""
    place.set(post_types=["post"])
    place.write("about", post_name="about", post_type="page")
    page = place.blog.browser().get("/about/").text
    assert 'class="commentsvc"' not in page and "wp-comments-post.php" in page
    place.write("secret", post_name="secret", post_password="open sesame")
    place.comment("secret", "Only for members.")
    page = place.blog.browser().get("/secret/").text
    assert 'class="commentsvc"' not in page and "Only for members." not in page


def test_wordpress_takes_no_comments_itself(place: Place) -> None:
    number = place.write("form", post_name="form")
    form = {"comment": "Buy now", "author": "Eve", "email": "eve@example.org"}
    sent = place.blog.browser().post("/wp-comments-post.php", {**form, "comment_post_ID": number})
    assert sent.status == 403 and "comment box" in sent.text
    said = place.blog.php(f"""wp_set_current_user(1);
        $request = new WP_REST_Request('POST', '/wp/v2/comments');
        $request->set_body_params(['post' => {number}, 'content' => 'Buy now']);
        $status = rest_do_request($request)->get_status();
        return [$status, (int) get_comments(['post_id' => {number}, 'count' => true])];""")
    assert said == [403, 0]


_COUNTS = """$asked = 0; add_action('http_api_debug', function () use (&$asked) { $asked++; });
    $query = new WP_Query(['post__in' => [%s], 'orderby' => 'post__in']); $found = [];
    foreach ($query->posts as $post) { $found[] = (int) get_comments_number($post->ID); }
    return [$asked, $found];"""


def test_counts_take_one_request_and_stay_when_the_server_goes(place: Place) -> None:
    slugs = ("one", "two", "three")
    numbers = ",".join(str(place.write(each, post_name=each)) for each in slugs)
    place.comment("one", "First.")
    place.comment("one", "Second.")
    place.comment("three", "Third.")
    count = _COUNTS % numbers
    assert place.blog.php(count) == [1, [2, 0, 1]]
    assert place.blog.php(count) == [0, [2, 0, 1]]  # known for five minutes
    old = f"foreach ([{numbers}] as $id) {{ commentsvc_is_stale($id); }}"
    place.blog.php(old)
    place.comment("two", "Fourth.")
    assert place.blog.php(count) == [1, [2, 1, 1]]
    place.set(server=f"http://127.0.0.1:{free_port()}")
    place.blog.php(old)
    assert place.blog.php(count) == [1, [2, 1, 1]]  # the old numbers
    assert place.blog.php(count) == [0, [2, 1, 1]]  # and nobody waits for it again


def test_without_the_server_pages_stay_as_they_were(place: Place) -> None:
    number = place.write("away", post_name="away")
    place.comment("away", "Before it went away.")
    assert "Before it went away." in place.blog.browser().get("/away/").text
    place.set(server=f"http://127.0.0.1:{free_port()}")
    place.blog.php(f"commentsvc_is_stale({number});")
    page = place.blog.browser().get("/away/")
    assert page.status == 200 and "Before it went away." in page.text
    place.write("new", post_name="new")
    page = place.blog.browser().get("/new/")
    assert page.status == 200 and 'class="commentsvc"' in page.text
    assert "cURL" not in page.text and "error" not in page.text.split('id="comments"')[1][:500]


def test_not_set_up_it_changes_nothing(place: Place) -> None:
    place.write("plain", post_name="plain")
    place.set(site="")
    page = place.blog.browser().get("/plain/").text
    assert "wp-comments-post.php" in page and 'class="commentsvc"' not in page
