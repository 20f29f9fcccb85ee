import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import osm
from visits.roads.extract import graph, read, vehicles
from visits.roads.extract.graph import RoadGraph

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def built(tmp_path: Path) -> Callable[..., RoadGraph]:
    """A graph from nodes and ways, through a file."""

    def make(nodes: osm.Nodes, ways: list[osm.Way]) -> RoadGraph:
        path = osm.write(tmp_path / "peta.osm", nodes, ways)
        return graph.build_graph(read.read_ways(path, speeds=vehicles.SPEEDS), today=TODAY)

    return make
