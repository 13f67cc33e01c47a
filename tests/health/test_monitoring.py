"""The alert rules and the dashboard name only metrics that the bot has, and every metric is used or named here."""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import TimedOut
from bot.health.gauges import Gauges
from bot.health.vitals import Vitals

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has the metrics of the process")

MONITORING = Path(__file__).parents[2] / "docs" / "monitoring"
RULES: list[dict[str, Any]] = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))["groups"][0][
    "rules"
]
DASHBOARD: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
OWN_LABELS = {"job", "instance", "le"}
"""Those that Prometheus adds, and that of buckets."""
NOT_SHOWN = {
    "process_virtual_memory_bytes",  # says little: address space, not memory
    "process_open_fds",
    "process_max_fds",
}
METRIC = re.compile(r"\b(?:feed_relay|process)_\w+")


def exported() -> dict[str, set[str]]:
    """Return every series that the bot exports, with the labels of each; times of creation are left out."""
    vitals = Vitals("1.0", lambda: datetime(2026, 6, 1, tzinfo=UTC))
    vitals.failed(TimedOut("https://garden.example/rss"))
    vitals.answered(200)
    Gauges(vitals.registry, lambda: 0.0)
    return {
        sample.name: set(sample.labels)
        for family in text_string_to_metric_families(generate_latest(vitals.registry).decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


SERIES = exported()


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *(rule["expr"] for rule in RULES)])
def test_every_metric_and_label_in_an_expression_exists(expression: str) -> None:
    names = METRIC.findall(expression)
    grouped = re.findall(r"by \(([^)]*)\)", expression)
    matched = re.findall(r"[{,](\w+)=~?\"", expression)
    labels = {label.strip() for group in grouped for label in group.split(",")} | set(matched)
    known = set().union(*(SERIES.get(name, set()) for name in names)) | OWN_LABELS

    assert [name for name in names if name not in SERIES] == []
    assert labels <= known


def test_every_legend_names_a_label_that_its_query_keeps() -> None:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            for label in re.findall(r"{{(\w+)}}", target["legendFormat"]):
                (name,) = METRIC.findall(target["expr"])
                kept = re.findall(r"by \(([^)]*)\)", target["expr"])
                assert label in (kept[0] if kept else SERIES[name])


def test_every_metric_is_on_the_dashboard() -> None:
    shown = {name for expression in EXPRESSIONS for name in METRIC.findall(expression)}
    parts = {name for name in SERIES if name.removesuffix("_sum").removesuffix("_count") != name}

    assert SERIES.keys() - shown - parts - NOT_SHOWN == set()
    assert SERIES.keys() >= NOT_SHOWN


@pytest.mark.parametrize("outcome", re.findall(r'outcome="([^"]+)"', str(RULES)))
def test_every_outcome_that_an_alert_waits_for_is_counted(outcome: str) -> None:
    vitals = Vitals("1.0", lambda: datetime(2026, 6, 1, tzinfo=UTC))
    counted = [
        vitals.registry.get_sample_value(f"feed_relay_{name}_total", {"outcome": outcome})
        for name in ("polls", "deliveries")
    ]

    assert 0.0 in counted


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    names = [rule["alert"] for rule in RULES]

    assert len(set(names)) == len(names)
    for rule in RULES:
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert rule["annotations"].keys() == {"summary", "description"}
        assert all(text[-1] in ".?" for text in rule["annotations"].values())


def test_panels_have_ids_and_places_of_their_own() -> None:
    places = [panel["gridPos"] for panel in DASHBOARD["panels"]]
    cells = [
        (x, y)
        for at in places
        for x in range(at["x"], at["x"] + at["w"])
        for y in range(at["y"], at["y"] + at["h"])
    ]

    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(places)
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
