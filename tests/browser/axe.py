"""What axe-core finds wrong with a page or a frame."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Frame, Page

_AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text("utf-8")
#: A rule is asked unless it is known that none of its checks is more than a moderate matter.
_CHECK = """() => {
  const weight = {minor: 1, moderate: 2};
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const may = new Set(axe.getRules(tags).map(each => each.ruleId));
  const grave = axe._audit.rules.filter(rule => rule.enabled && may.has(rule.id) &&
    !rule.tags.some(tag => ['experimental', 'deprecated'].includes(tag)) &&
    [...rule.any, ...rule.all, ...rule.none].some(
      check => !weight[axe._audit.data.checks[check.id ?? check]?.impact]));
  return axe.run({exclude: [['iframe']]}, {
    runOnly: {type: 'rule', values: grave.map(rule => rule.id)},
    resultTypes: ['violations'], selectors: false,
  }).then(found => found.violations.map(each => [each.impact, each.id,
    each.nodes.map(node => node.html.slice(0, 160) + ' // ' + (node.any[0]?.message ?? ''))]));
}"""


def bring(page: Page) -> None:
    """Have axe in every page that will be shown here: for many, that is quicker than sending it to each."""
    page.add_init_script(_AXE)


def serious(where: Page | Frame) -> list[Any]:
    """Each finding that is serious or critical: its impact, its rule, where it is and why. What is in a
    frame is not asked about."""
    if not where.evaluate("typeof axe === 'object'"):
        where.evaluate(_AXE)
    return [each for each in where.evaluate(_CHECK) if each[0] in ("serious", "critical")]
