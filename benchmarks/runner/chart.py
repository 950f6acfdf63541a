"""The chart: bars of cost, one panel for each kind of work, ours in a colour of their own."""

import statistics
from html import escape

from rivals import RIVALS

PANELS = [
    ("echo64", "64 B echo", "µs"),
    ("echo64k", "64 KiB echo", "µs"),
    ("full", "full handshake, P-256", "µs"),
    ("resumed", "resumed handshake", "µs"),
    ("memory", "an idle connection", "KiB"),
    ("memory-used", "an idle connection that has carried 16 KiB", "KiB"),
]
OURS = {"raw", "async", "flow", "blocking", "blocking-17", "blocking-2"}
WIDTH, LABEL, BAR, GAP, HEAD = 860, 250, 15, 4, 30


def draw(rows, about):
    """SVG that is readable on light and on dark ground."""
    parts, y = [], 44
    for work, title, unit in PANELS:
        costs = {}
        for rival in RIVALS:
            values = [row["cost"] for row in rows if row["work"] == work and row["rival"] == rival]
            if values:
                costs[rival] = statistics.median(values), min(values), max(values)
        if not costs:
            continue
        parts.append(f'<text class="title" x="10" y="{y + 14}">{escape(title)}, {unit}</text>')
        y += HEAD - 6
        scale = (WIDTH - LABEL - 90) / max(highest for _, _, highest in costs.values())
        for rival, (cost, lowest, highest) in sorted(costs.items(), key=lambda item: item[1][0]):
            kind = "ours" if rival in OURS else "theirs"
            parts.append(f'<text x="{LABEL - 8}" y="{y + 12}" text-anchor="end">{escape(RIVALS[rival][0])}</text>')
            parts.append(f'<rect class="{kind}" x="{LABEL}" y="{y}" width="{cost * scale:.1f}" height="{BAR}"/>')
            middle, left, right = y + BAR / 2, LABEL + lowest * scale, LABEL + highest * scale
            parts.append(f'<path class="spread" d="M{left:.1f} {middle}H{right:.1f}"/>')
            parts.append(f'<text x="{max(right, LABEL + cost * scale) + 6:.1f}" y="{y + 12}">{cost:,.1f}</text>')
            y += BAR + GAP
        y += 14
    where = f"{about['processor']}; {about['java']}; {about['openssl']}; {about['date']}"
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y + 20}" font-family="sans-serif" font-size="12">
<style>
text {{ fill: #1f2328; }} .title {{ font-weight: bold; font-size: 13px; }} .small {{ font-size: 10px; }}
.ground {{ fill: #ffffff; }} .ours {{ fill: #1f6feb; }} .theirs {{ fill: #9aa4af; }} .spread {{ stroke: #57606a; stroke-width: 2; }}
@media (prefers-color-scheme: dark) {{
text {{ fill: #e6edf3; }} .ground {{ fill: #0d1117; }} .theirs {{ fill: #59636e; }} .spread {{ stroke: #c9d1d9; }} }}
</style>
<rect class="ground" width="100%" height="100%"/>
<text class="title" x="10" y="20">Processor time of the server for each operation: lower is better</text>
<text class="small" x="10" y="35">median of the rounds; the line is from the lowest to the highest</text>
{chr(10).join(parts)}
<text class="small" x="10" y="{y + 10}">{escape(where)}</text>
</svg>
"""
