from __future__ import annotations

import pytest
from topic_runs import TopicRun, make_topic_run


@pytest.fixture(scope="session")
def topic_run(tmp_path_factory: pytest.TempPathFactory) -> TopicRun:
    return make_topic_run(tmp_path_factory.mktemp("topic_run"))
