from visits.estimates import simulation_labels
from visits.lib.plan_summary import Replays

FIGURES = Replays(
    runs=500,
    on_time=0.9,
    coverage=0.813,
    stated=0.8,
    overtime_s=119,
    overtime_p95_s=540,
    idle_s=60,
    width_s=2700,
)


def test_replays_are_said_in_a_sentence() -> None:
    assert simulation_labels.describe_simulation(FIGURES) == (
        "Dari 500 kali simulasi rencana ini: 81% keluarga didatangi dalam selang jam yang dikabarkan (selangnya "
        "rata-rata 45 menit), lembur rata-rata 2 menit tiap tim sehari; 1 dari 20 hari lebih dari 9 menit."
    )


def test_a_plan_from_before_replays_says_nothing() -> None:
    assert simulation_labels.describe_simulation(None) == ""
