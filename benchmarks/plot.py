"""Draws the rows of the replay benchmark: cost of a request over the size of the cassette, one panel a client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LINES = {
    "vcrpy_ms": ("vcrpy", "tab:red", "-"),
    "cassetter_ms": ("cassetter", "tab:orange", "-"),
    "conformance_ms": ("conformance", "tab:blue", "-"),
    "floor_ms": ("the client on a transport that does nothing", "0.4", ":"),
}


def draw_replay(rows: list[dict[str, Any]], path: Path) -> None:
    """Write the plot; the format is that of the suffix."""
    import matplotlib as mpl  # noqa: PLC0415  (for this alone)

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "conformance"  # the same rows give the same file
    import matplotlib.pyplot as plt  # noqa: PLC0415

    clients = list(dict.fromkeys(row["client"] for row in rows))
    figure, panels = plt.subplots(1, len(clients), figsize=(3 * len(clients), 3.2), sharey=True, squeeze=False)
    for client, panel in zip(clients, panels[0], strict=True):
        mine = [row for row in rows if row["client"] == client]
        for key, (label, colour, style) in LINES.items():
            points = [(row["interactions"], row[key]) for row in mine if row.get(key) is not None]
            if points:
                panel.plot(*zip(*points, strict=True), style, color=colour, label=label, marker="o", markersize=3)
        panel.set(xscale="log", yscale="log", title=client, xlabel="interactions in the cassette")
        panel.grid(visible=True, which="major", alpha=0.3)
    panels[0][0].set_ylabel("ms a request (median)")
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=len(handles), frameon=False)
    figure.tight_layout(rect=(0, 0.1, 1, 1))
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
