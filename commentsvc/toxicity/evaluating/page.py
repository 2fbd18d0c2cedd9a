"""An evaluation as text for the terminal, and as one HTML page with plots, without scripts."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_COLOURS = ("#1b6ac9", "#c2410c", "#15803d", "#7e22ce", "#b91c1c", "#0e7490")
_SIZE, _EDGE = 300, 34


def _figure(value: float | None, digits: int = 4) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _range(band: Sequence[float] | None, digits: int = 3) -> str:
    return "" if band is None else "[" + ", ".join(_figure(end, digits) for end in band) + "]"


def _share(share: float, interval: Sequence[float]) -> str:
    low, high = interval
    return f"{share:.0%} [{low:.0%}, {high:.0%}]"


def _held(row: dict[str, Any]) -> str:
    low, high = row["interval"]
    return f"{row['held']:.1%} [{low:.1%}, {high:.1%}] of {row['cases']}"


def _policy_lines(report: dict[str, Any]) -> list[str]:
    """What the policy gives a moderator to read, in all and by corpus."""
    lines = []
    rows = [("all", report.get("policy") or {}), *report.get("corpora", {}).items()]
    for name, row in rows:
        parts = [f"{row['held_per_1000']:.1f} of 1,000 held"] if row else []
        parts += [f"{key} {_held(row[key])}" for key in ("recall", "clean_held") if key in row]
        if "precision" in row:
            parts.append(f"precision {_share(row['precision'], row['precision_interval'])}")
        parts += [f"{row['scored']:.0%} scored"] if "scored" in row else []
        if parts:
            lines.append(
                f"  policy, {name}: {'; '.join(parts)}".replace("clean_held", "clean held")
            )
    return lines


def _part_lines(report: dict[str, Any]) -> list[str]:
    """Languages, what the policy holds, kinds of test, disguises."""
    lines = []
    for code, row in report.get("languages", {}).items():
        band = f"{_figure(row['auc'])} {_range(row['interval'])}".rstrip()
        lines.append(f"  {code}: {row['scored']} of {row['rows']} scored, {band}")
    for name, (auc, interval) in report.get("other_scores", {}).items():
        lines.append(f"  {name} as the score: {_figure(auc)} {_range(interval)}")
    lines += _policy_lines(report)
    for name, row in report.get("functionality", {}).items():
        kind = "toxic" if row["toxic"] >= 0.5 else "harmless"
        lines.append(f"  {name:22} {kind:9} held {_held(row)}")
    for name, row in report.get("obfuscation", {}).items():
        recall = _share(row["recall"], row["recall_interval"])
        auc = f"{_figure(row['auc'])} {_range(row['interval'])}"
        lines.append(f"  disguise {name:14} AUC {auc}, recall {recall}")
    return lines


def as_text(report: dict[str, Any]) -> str:
    """The main figures as a table for people."""
    mean = _figure(report["mean_auc"])
    lines = [
        f"{report['file']}: {report['backend']} {report['version']}, {report['rows']} rows, "
        f"{report['unscored']} unscored, mean AUC {mean}",
        f"  {'label':16} {'ROC AUC':>8} {'95%':>14} {'PR AUC':>8} {'ECE':>7}   "
        "recall at 1%, 2%, 5% held",
    ]
    for label, row in report["labels"].items():
        recall = ", ".join(
            _share(value, row["recall_interval"][name]) for name, value in row["recall"].items()
        )
        error = row["calibration"]["ece"]
        lines.append(
            f"  {label:16} {_figure(row['auc']):>8} {_range(row['interval']):>14} "
            f"{_figure(row['pr_auc']):>8} "
            f"{_figure(error):>7}   {recall}"
        )
    lines += _recorded_lines(report.get("recorded") or {})
    if "identity" in report:
        lines += _group_lines(report["identity"])
    lines += _part_lines(report)
    if "speed" in report:
        speed = report["speed"]
        lines.append(
            f"  {speed['p50_ms']:.3f} ms per text (p50), {speed['p99_ms']:.3f} ms (p99), "
            f"process {_figure(report['memory_mb'], 0)} MB"
        )
    return "\n".join(lines)


def _group_lines(bias: dict[str, Any]) -> list[str]:
    """The means over groups of people, and the worst group for each figure."""
    kinds = {"subgroup": "subgroup", "bpsn": "BPSN", "bnsp": "BNSP"}
    means = ", ".join(f"{words} {_figure(bias[kind])}" for kind, words in kinds.items())
    lines = [f"  groups: {means}"]
    for kind, words in kinds.items():
        if worst := bias.get(f"worst_{kind}"):
            band = _range(worst["interval"])
            lines.append(f"    worst {words}: {worst['group']} {_figure(worst['auc'])} {band}")
    return lines


def _recorded_lines(recorded: dict[str, Any]) -> list[str]:
    if not recorded:
        return []
    lines = [
        f"  compared with the recorded model: mean {_figure(recorded['mean_auc'])}, "
        f"recorded {_figure(recorded['recorded_mean_auc'])}"
    ]
    for label, row in recorded["labels"].items():
        gap, low, high = row["difference"]
        lines.append(
            f"    {label:14} {_figure(row['auc'])} against {_figure(row['recorded'])}, "
            f"difference {gap:+.4f} [{low:+.4f}, {high:+.4f}]"
        )
    return lines


def _plot(
    title: str, lines: Sequence[tuple[str, Sequence[tuple[float, float]]]], x: str, y: str
) -> str:
    """One square SVG plot of lines between 0 and 1 on both axes."""
    inner = _SIZE - 2 * _EDGE

    def place(point: tuple[float, float]) -> str:
        return f"{_EDGE + point[0] * inner:.1f},{_SIZE - _EDGE - point[1] * inner:.1f}"

    parts = [
        f'<svg viewBox="0 0 {_SIZE} {_SIZE + 16 * len(lines)}" role="img" '
        f'aria-label="{escape(title)}">',
        f'<text x="{_SIZE / 2}" y="16" text-anchor="middle" font-weight="600">{escape(title)}</text>',
        f'<rect x="{_EDGE}" y="{_EDGE}" width="{inner}" height="{inner}" fill="none" stroke="#999"/>',
        f'<polyline points="{place((0, 0))} {place((1, 1))}" stroke="#ccc" fill="none"/>',
        f'<text x="{_SIZE / 2}" y="{_SIZE - 6}" text-anchor="middle">{escape(x)}</text>',
        f'<text x="12" y="{_SIZE / 2}" text-anchor="middle" '
        f'transform="rotate(-90 12 {_SIZE / 2})">{escape(y)}</text>',
    ]
    for at in (0.0, 0.5, 1.0):
        px, py = _EDGE + at * inner, _SIZE - _EDGE - at * inner
        parts.append(
            f'<text x="{px:.0f}" y="{_SIZE - _EDGE + 12}" text-anchor="middle">{at:g}</text>'
        )
        parts.append(f'<text x="{_EDGE - 4}" y="{py + 3:.0f}" text-anchor="end">{at:g}</text>')
    for i, (name, points) in enumerate(lines):
        colour = _COLOURS[i % len(_COLOURS)]
        drawn = " ".join(place(p) for p in points)
        below = _SIZE + 16 * i + 8
        parts.append(
            f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="1.8"/>'
        )
        parts.append(f'<rect x="{_EDGE}" y="{below - 8}" width="12" height="4" fill="{colour}"/>')
        parts.append(f'<text x="{_EDGE + 18}" y="{below - 2}">{escape(name)}</text>')
    return "".join(parts) + "</svg>"


def _plots(report: dict[str, Any]) -> str:
    rocs = [(f"{n} {_figure(r['auc'], 3)}", r["roc"]) for n, r in report["labels"].items()]
    reliability = [
        (
            f"{n}, error {_figure(r['calibration']['ece'], 3)}",
            [(p["said"], p["true"]) for p in r["calibration"]["curve"]],
        )
        for n, r in report["labels"].items()
    ]
    return (
        '<div class="plots">'
        + _plot(
            "Toxic and harmless comments held", rocs, "harmless comments held", "toxic ones held"
        )
        + _plot("Predicted and actual probabilities", reliability, "predicted", "actual")
        + "</div>"
    )


def as_page(reports: Sequence[dict[str, Any]]) -> str:
    """All reports on one page."""
    sections = "".join(
        f"<section><h2>{escape(r['file'])}</h2><p>{escape(r['backend'])} {escape(r['version'])}</p>"
        f"{_plots(r)}<pre>{escape(as_text(r))}</pre></section>"
        for r in reports
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        "<title>How good is the scorer?</title><style>"
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "svg{font:10px system-ui,sans-serif;width:min(100%,26rem)}"
        ".plots{display:flex;flex-wrap:wrap;gap:1rem}pre{overflow-x:auto}"
        "@media(prefers-color-scheme:dark){body{background:#16181c;color:#e6e6e6}svg{fill:#e6e6e6}}"
        f"</style><h1>How good is the scorer?</h1>{sections}</html>"
    )
