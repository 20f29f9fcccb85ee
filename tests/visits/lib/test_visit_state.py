"""A visit's state is a function of the set of its facts."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from visits.lib.visit_state import ARRIVED, DEPARTED, OUTCOME, FoldedState, VisitFact, fold_facts

T0 = datetime(2026, 11, 24, 2, tzinfo=UTC)


def fact(sequence, kind, outcome="", device="a"):
    return VisitFact(device, sequence, kind, T0 + timedelta(minutes=sequence), outcome)


def test_no_fact_leaves_the_visit_as_published():
    assert fold_facts([]) == FoldedState()


def test_the_usual_day():
    facts = [fact(1, DEPARTED), fact(2, ARRIVED), fact(3, OUTCOME, "recorded")]
    assert fold_facts(facts[:1]).state == "travelling"
    assert fold_facts(facts[:2]) == FoldedState(state="arrived", state_at=facts[1].at, arrived_at=facts[1].at)
    assert fold_facts(facts) == FoldedState("finished", facts[2].at, facts[1].at, "recorded", facts[2].at)


def test_the_first_arrival_and_the_last_outcome_hold():
    facts = [fact(1, ARRIVED), fact(2, OUTCOME, "not_home"), fact(3, ARRIVED), fact(4, OUTCOME, "recorded")]
    assert fold_facts(facts) == FoldedState(
        "finished", facts[3].at, facts[0].at, "recorded", facts[3].at, contradiction=True
    )


def test_the_same_outcome_twice_is_no_contradiction():
    assert not fold_facts([fact(1, OUTCOME, "unwell"), fact(2, OUTCOME, "unwell")]).contradiction


facts_of_a_visit = st.lists(
    st.builds(
        fact,
        st.integers(1, 30),
        st.sampled_from([DEPARTED, ARRIVED, OUTCOME]),
        st.sampled_from(["recorded", "not_home"]),
        st.sampled_from(["a", "b"]),
    ),
    max_size=12,
    unique_by=lambda f: (f.device, f.sequence),
)


@given(facts_of_a_visit.flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts + facts[:3]))))
def test_order_and_repeats_do_not_matter(pair):
    facts, shuffled = pair
    assert fold_facts(shuffled) == fold_facts(facts)
