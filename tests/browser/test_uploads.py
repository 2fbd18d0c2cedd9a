"""An import in the browser: the file is chosen once, progress comes by itself, and outlives the page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from commentsvc.exchange.importing import commands
from commentsvc.exchange.uploads import commands as uploads
from commentsvc.exchange.uploads import undoing

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.people import Cast

pytestmark = pytest.mark.browser
LINES = b"thread_url,author,text\n" + b"".join(
    b"https://news.example.org/%d,Ann,Words %d\n" % (n % 3, n) for n in range(25)
)


def test_it_works(open_as: Open, people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    page: Page = open_as("olga", "/dashboard/sites/harbour/moving")
    file = {"name": "old.csv", "mimeType": "text/csv", "buffer": LINES}
    chosen, form = page.locator("#f-file"), page.get_by_label("Format")
    chosen.set_input_files([file | {"buffer": b"id,page,author,text\n1,/a,Ann,Hello\n"}])
    form.select_option("csv")
    expect(page.get_by_role("button", name="Dry run")).to_have_class("primary")
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator(".error")).to_contain_text("It contains: id, page, author, text.")
    expect(form).to_have_value("csv")
    expect(page.locator("#f-base, [name=base]").first).to_be_visible()  # what may help is unfolded
    chosen.set_input_files([file])
    page.get_by_role("button", name="Dry run").click()
    expect(page.get_by_text("Would import 25 comments")).to_be_visible()
    here = page.url
    page.get_by_role("button", name="Import now").click()
    bar = page.get_by_role("progressbar", name="Waiting for its turn")
    expect(bar).to_be_visible()
    monkeypatch.setattr(commands, "UNIT", 10)
    seen: list[str] = []

    def looking() -> None:
        if not seen:
            running = page.get_by_role("progressbar", name="of 25")
            expect(running).to_be_visible(timeout=10_000)  # without a reload
            expect(page.get_by_role("heading", name="Importing comments")).to_be_visible()
            expect(page).to_have_title(re.compile(r"of 25 · Importing comments"))
            page.goto(page.url.partition("/imports/")[0] + "/moving")
            page.get_by_role("link", name="old.csv").click()
            expect(running).to_be_visible()
            page.reload()
            expect(running).not_to_have_attribute("value", "0")
            seen.append(page.url)

    monkeypatch.setattr(uploads, "_let_others_write", looking)
    uploads.import_upload(uploads.latest(people.site).id)
    assert seen == [here]
    expect(page.get_by_text("Imported 25 comments")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("link", name="Import another file")).to_be_visible()


def test_an_import_is_undone_after_its_owner_has_seen_what_goes(
    open_as: Open, people: Cast
) -> None:
    page: Page = open_as("olga", "/dashboard/sites/harbour/moving")
    file = {"name": "old.csv", "mimeType": "text/csv", "buffer": LINES}
    page.locator("#f-file").set_input_files([file])
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", name="The import is about to start")).to_be_visible()
    uploads.import_upload(uploads.latest(people.site).id)
    expect(page.get_by_text("Imported 25 comments")).to_be_visible(timeout=10_000)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download the report").click()
    assert json.loads(saved.value.path().read_text())["taken"]["comments"] == 25
    page.get_by_role("link", name="Undo this import").click()
    expect(page.get_by_text("25 comments from this import will be deleted")).to_be_visible()
    page.get_by_role("button", name="Undo import").click()
    expect(page.get_by_role("heading", name="Undoing the import")).to_be_visible()
    undoing.undo_import(uploads.latest(people.site).id)
    expect(page.get_by_text("25 comments were deleted. 0 comments stayed.")).to_be_visible(
        timeout=10_000
    )
