"""Plots as small SVG files. The only importer of matplotlib, which only the dependency group `bench` has."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_SETTINGS: dict[Any, Any] = {  # matplotlib wants one of 300 literal names as a key
    "svg.fonttype": "none",  # text stays text, which is smaller
    "svg.hashsalt": "feed-relay",  # the same measurements give the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_BAR_LABEL_SIZE = 6


def draw_bars(
    path: Path, title: str, unit: str, groups: Sequence[str], bars: Mapping[str, Sequence[float]]
) -> None:
    """Draw a group of bars for each of `groups`, on a logarithmic scale. `bars`: by name, a height for each group.

    Without matplotlib it only says so: the measurements are worth more than their plot.
    """
    try:
        import matplotlib as mpl
    except ModuleNotFoundError:
        print(f"\nNo {path.name}: matplotlib is not installed. `make bench` installs it.", flush=True)
        return
    mpl.use("svg")
    from matplotlib import pyplot as plt

    with mpl.rc_context(_SETTINGS):
        figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
        width = 0.8 / len(bars)
        for index, (name, heights) in enumerate(bars.items()):
            places = [group - 0.4 + width * (index + 0.5) for group in range(len(groups))]
            drawn = axes.bar(places, heights, width, label=name)
            axes.bar_label(drawn, fmt="%.3g", fontsize=_BAR_LABEL_SIZE)
        axes.set_yscale("log")
        axes.set_xticks(range(len(groups)), [_wrapped(group) for group in groups])
        axes.set_ylabel(unit)
        axes.set_title(title)
        axes.legend(fontsize=_BAR_LABEL_SIZE + 1)
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def _wrapped(text: str) -> str:
    """Break a long label in the middle."""
    words = text.split()
    half = (len(words) + 1) // 2
    return "\n".join(filter(None, (" ".join(words[:half]), " ".join(words[half:]))))
