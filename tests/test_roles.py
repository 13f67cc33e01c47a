"""Each job belongs to one role, and to the process that has all."""

from collections import Counter

import pytest

from bot.model import Role
from bot.roles import JOBS, REQUESTS_PER_SECOND

ONLY_WITH_OTHERS = {"ask time", "look again"}
"""Jobs that a process without others has no use for."""


def test_each_job_belongs_to_one_role() -> None:
    jobs = Counter(job for role in Role for job in JOBS[role])

    assert set(jobs.values()) == {1}
    assert set(jobs) == JOBS[None] | ONLY_WITH_OTHERS


@pytest.mark.parametrize("gateways", [1, 2])
def test_the_roles_shares_dont_exceed_discords_limit(gateways: int) -> None:
    used = REQUESTS_PER_SECOND[Role.DELIVER] + gateways * REQUESTS_PER_SECOND[Role.GATEWAY]

    assert used <= REQUESTS_PER_SECOND[None] == 50
