"""Facebook: every shape of Graph's answers, webhook logs, folders, saved pages."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from commentsvc.exchange.formats import read
from commentsvc.exchange.records import CommentRecord
from tests.exchange.reading import SAMPLES, result


def saved(tmp_path, value, name="saved.json"):
    path = tmp_path / name
    path.write_text(json.dumps(value), "utf-8")
    return result(path)


def comment(number, **more):
    return {
        "id": f"9_{number}",
        "message": f"words {number}",
        "created_time": "2019-01-01T00:00:00+0000",
        "from": {"id": "1", "name": "Ann"},
    } | more


def test_it_works() -> None:
    found = result("facebook/ids-map.json")
    assert {thread.url: thread.title for thread in found.threads.values()} == {
        "https://news.example/harbour": "The harbour",
        "https://news.example/bakery": None,
    }
    assert found.counts["comments"] == 4 and not found.broken and not found.kinds
    first, second = found.comments["700100_1"], found.comments["700100_2"]
    assert first.author.name == "Ana Reis" and first.author.source_id == "31"
    assert first.likes == 3 and first.created_at == datetime(2019, 5, 2, 8, tzinfo=UTC)
    assert first.text == "The old crane should \\*stay\\*."  # plain text, shown letter by letter
    assert second.parent_source_id == "700100_1"
    assert second.text == "See <https://harbour.example/plan_b_>"
    assert found.comments["700100_3"].author.name is None
    hidden = found.comments["700200_1"]
    assert (hidden.status, hidden.reason) == ("rejected", "hidden")
    assert hidden.created_at == datetime(2019, 6, 1, 5, tzinfo=UTC)


def test_a_folder_of_pages_is_one_conversation() -> None:
    found = result("facebook")
    thread = found.threads["700300"]
    assert thread.url == "https://news.example/paged"  # told only by the paging link
    mine = [item for item in found.comments.values() if item.thread_source_id == "700300"]
    assert [item.source_id for item in mine] == ["700300_1", "700300_3", "700300_2"]
    assert found.comments["700300_2"].parent_source_id == "700300_1"
    assert found.comments["700300_2"].likes == 7  # the later save knows more
    assert found.comments["700300_3"].text == "<https://maps.example/1>"
    assert found.counts["duplicates"] == 1


def test_a_log_of_webhooks_is_read_line_by_line() -> None:
    found = result("facebook-webhook.jsonl")
    assert set(found.comments) == {"700400_0", "700400_1", "700400_3"}
    assert found.comments["700400_3"].parent_source_id == "700400_0"
    assert found.comments["700400_0"].text == "An older comment"  # known from its answer only
    assert found.counts["duplicates"] == 1 and found.counts["other_events"] == 1
    assert found.broken and "line 6" in found.broken


def test_webhooks_in_one_array_and_alone(tmp_path) -> None:
    change = {"field": "plugin_comment", "value": comment(1)}
    envelope = {"object": "application", "entry": [{"id": "0", "changes": [change]}]}
    assert set(saved(tmp_path, [envelope, envelope]).comments) == {"9_1"}
    assert set(saved(tmp_path, envelope).comments) == {"9_1"}
    assert set(saved(tmp_path, change).comments) == {"9_1"}


def test_a_saved_page_of_the_wordpress_plugin() -> None:
    found = result("facebook-page.html")
    assert list(found.comments) == ["700500_1", "700500_2"]
    first, reply = found.comments.values()
    assert found.threads["700500"].url == "https://news.example/harbour/"
    assert first.author.name == "Ana & Co" and first.author.source_id == "61"
    assert first.created_at == datetime(2012, 10, 5, 12, 30, tzinfo=UTC)
    assert first.text == "One line\nand \\*another\\* <b>.\n\nSecond paragraph."
    assert reply.parent_source_id == "700500_1" and reply.text == "A reply."


def test_the_page_of_a_theme_that_switched_schema_org_off(tmp_path) -> None:
    html = (SAMPLES / "facebook-page.html").read_text("utf-8")
    for word in (' itemprop="comment"', " itemscope", ' itemprop="creator"',
                 ' itemtype="http://schema.org/UserComments"', ' itemprop="commentText"',
                 ' itemprop="commentTime"'):  # fmt: skip
        html = html.replace(word, "")
    path = tmp_path / "page.html"
    path.write_text(html.replace("noscript", "section"), "utf-8")
    assert result(path).records == result("facebook-page.html").records


def test_lists_of_every_kind(tmp_path) -> None:
    assert set(saved(tmp_path, [comment(1), comment(2)]).comments) == {"9_1", "9_2"}
    assert set(saved(tmp_path, [{"data": [comment(1)]}, {"data": [comment(2)]}]).comments) == {
        "9_1",
        "9_2",
    }
    assert set(saved(tmp_path, {"comments": {"data": [comment(1)]}, "id": "9"}).comments) == {"9_1"}
    assert set(saved(tmp_path, comment(1)).comments) == {"9_1"}


def test_replies_of_replies_and_those_told_only_by_parent(tmp_path) -> None:
    deep = comment(1, comments={"data": [comment(2, comments={"data": [comment(3)]})]})
    found = saved(tmp_path, {"data": [deep, comment(4, parent=comment(5))]})
    assert {key: item.parent_source_id for key, item in found.comments.items()} == {
        "9_1": None, "9_2": "9_1", "9_3": "9_2", "9_4": "9_5", "9_5": None,
    }  # fmt: skip


def test_an_id_without_object_belongs_to_the_file_or_the_address(tmp_path) -> None:
    lone = comment(1, id="77")
    found = saved(tmp_path, {"data": [lone]}, "my-article.json")
    assert list(found.threads) == ["file:my-article"]
    assert found.threads["file:my-article"].url is None
    found = saved(tmp_path, {"https://a.example/x": {"data": [lone]}})
    assert found.threads["https://a.example/x"].url == "https://a.example/x"


def test_the_address_of_an_object_asked_for_by_url(tmp_path) -> None:
    found = saved(
        tmp_path,
        {"og_object": {"id": "9", "title": "T"}, "comments": {"data": [comment(1)]},
         "id": "https://a.example/x"},
    )  # fmt: skip
    assert found.threads["9"].url == "https://a.example/x" and found.threads["9"].title == "T"


def test_answers_without_words_are_counted_and_left_out(tmp_path) -> None:
    found = saved(tmp_path, {"data": [{"id": "9_1", "like_count": 3}, {"id": "9_2"}]})
    assert not found.comments and found.counts["without_text"] == 2
    found = saved(tmp_path, {"error": {"message": "(#100) Unsupported get request", "code": 100}})
    assert found.kinds == {"answer_is_error": 1}


def test_old_lists_of_likes(tmp_path) -> None:
    likes = [
        {"likes": 2},
        {"likes": {"data": [{}, {}, {}]}},
        {"likes": {"data": [], "summary": {"total_count": 9}}},
        {"likes": {"count": 4, "data": []}},
    ]
    found = saved(tmp_path, {"data": [comment(n, **more) for n, more in enumerate(likes)]})
    assert [item.likes for item in found.comments.values()] == [2, 3, 9, 4]


def test_a_broken_file_in_a_folder_is_told_and_the_others_read(tmp_path) -> None:
    (tmp_path / "a.json").write_text('{"data": [{"id": "9_1", "mess', "utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"data": [comment(2)]}), "utf-8")
    (tmp_path / "c.png").write_bytes(b"\x89PNG")
    found = result(tmp_path)
    assert set(found.comments) == {"9_2"}
    assert found.broken and "a.json" in found.broken


@pytest.mark.parametrize(
    "data",
    [b"[" * 1000, b"\x1f\x8bxx", b'{"id": "1"}\n{bad\n', b"hello", b'{"error": {"message": "x"}}'],
)
def test_what_is_wrong_with_one_file_of_a_folder_is_told_with_its_name(data, tmp_path) -> None:
    text = '{"data": [{"id": "1_2", "message": "Hi", "created_time": "2020-01-01T00:00:00+0000"}]}'
    (tmp_path / "good.json").write_text(text)
    (tmp_path / "odd.json").write_bytes(data)
    with read(tmp_path, "facebook") as reading:
        assert [each.text for each in reading if isinstance(each, CommentRecord)] == ["Hi"]
        assert any(each.where.startswith("odd.json") for each in reading.problems)
