"""One route in arrays: recompute its times, find the best position for a visit, insert it, remove stops.

The idea (forward time slack: Savelsbergh, ORSA Journal on Computing 4(2), 1992; here as a latest arrival,
with breaks and several windows): keep for every stop the earliest departure, and the latest arrival that
leaves the rest feasible. A visit fits between two stops if driving to it, starting in a good slot and driving
on arrives no later than that. The reserve at the end of the shift grows with every visit (its variance), so the
latest arrivals hold for the reserve of the route as it is; the cheapest place that passes them is walked to the
end with the reserve that it would then have. Where no shift has a reserve, `Data.reserve` is empty and nothing of
this is computed. In all kernels `r` is a route and `gap` the number of stops before a position.
"""

from __future__ import annotations

import math

from visits.planning.engine.clock import drive_back, drive_forward, first_start, last_start, travel_seconds
from visits.planning.engine.data import (
    CLASS,
    DAY,
    EARLY,
    END,
    FROM,
    LATEST,
    LEAVE,
    LEG,
    LENGTH,
    LOOSE,
    MAX_VISITS,
    PLACE,
    START,
    TO,
    TRAVEL,
    VEHICLE,
    VISIT,
    Data,
    State,
)
from visits.planning.engine.jit import inlined_kernel, kernel
from visits.planning.engine.shapes import Ints


@kernel
def visit_prize(d: Data, visit: int, r: int) -> float:
    """Score of serving `visit` on route `r`, with what it is worth more on the shift it is published on."""
    worth = d.prize[visit, d.shift[r, DAY]]
    return float(worth + d.stay[visit] if d.home[visit] == r else worth)


@kernel
def latest_return(d: Data, r: int, variance: int, loose: int) -> int:
    """When route `r` must be back if its visits have this variance and `loose` of them are not locked to it:
    `rules.count_reserve_s` before the end of the shift."""
    if loose == 0 or variance == 0 or d.reserve.shape[0] == 0:
        return int(d.shift[r, END])
    return int(d.shift[r, END] - math.ceil(d.reserve[r] * math.sqrt(variance)))


@kernel
def update_departures(d: Data, s: State, r: int, first: int, settled: int) -> bool:
    """Earliest departures from stop `first` on, from stored legs; False if a rule is broken.

    From stop `settled` on the row holds departures of a feasible route: as soon as one is unchanged, so are
    all after it, and the pass ends.
    """
    stops, length, c = s.stops, s.facts[r, LENGTH], d.shift[r, CLASS]
    now, good = stops[r, LEAVE, first - 1], True
    for k in range(first, length + 1):
        visit = stops[r, VISIT, k]
        arrive = drive_forward(d.breaks, c, now, stops[r, LEG, k])
        start = first_start(d, c, visit, arrive)
        if start < 0:
            good = False
            start = arrive
        now = start + d.service[visit]
        if k >= settled and stops[r, LEAVE, k] == now:
            return good
        stops[r, LEAVE, k] = now
    return good and drive_forward(d.breaks, c, now, stops[r, LEG, length + 1]) <= stops[r, LATEST, length + 1]


@kernel
def update_arrivals(d: Data, s: State, r: int, final: int, settled: int) -> None:
    """Latest arrivals of stops `final` down to 1, from stored legs; from stop `settled` down an unchanged one
    ends the pass."""
    stops, c = s.stops, d.shift[r, CLASS]
    for k in range(final, 0, -1):
        visit = stops[r, VISIT, k]
        leave = drive_back(d.breaks, c, stops[r, LATEST, k + 1], stops[r, LEG, k + 1])
        latest = last_start(d, c, visit, leave - d.service[visit])
        if k <= settled and stops[r, LATEST, k] == latest:
            return
        stops[r, LATEST, k] = latest


@kernel
def count_variance(d: Data, s: State, visit: int, r: int, times: int) -> None:
    """Count `visit` into the reserve of route `r` (`times` 1), or out of it (-1)."""
    if d.reserve.shape[0] > 0:
        s.variance[r] += times * d.variance[visit]
        s.facts[r, LOOSE] += times * (d.locked[visit] != r)


@kernel
def refresh_route(d: Data, s: State, r: int) -> bool:
    """Recompute all of route `r` from its visits; False if its order breaks a rule."""
    stops, length = s.stops, s.facts[r, LENGTH]
    early, total, worth, ordered = 0, 0, 0.0, True
    s.facts[r, LOOSE], s.variance[r] = 0, 0
    stops[r, LEAVE, 0] = d.shift[r, START]
    stops[r, PLACE, 0] = d.shift[r, FROM]
    for k in range(1, length + 1):
        visit = stops[r, VISIT, k]
        stops[r, PLACE, k] = d.place[visit]
        stops[r, LEG, k] = travel_seconds(d, d.shift[r, VEHICLE], stops[r, PLACE, k - 1], stops[r, PLACE, k])
        total += stops[r, LEG, k]
        worth += visit_prize(d, visit, r)
        count_variance(d, s, visit, r, 1)
        if not d.infectious_last[visit]:
            early += 1
            ordered = ordered and early == k
    stops[r, PLACE, length + 1] = d.shift[r, TO]
    stops[r, LEG, length + 1] = (
        travel_seconds(d, d.shift[r, VEHICLE], stops[r, PLACE, length], d.shift[r, TO]) if length > 0 else 0
    )
    stops[r, LATEST, length + 1] = latest_return(d, r, s.variance[r], s.facts[r, LOOSE])
    s.facts[r, EARLY] = early
    s.facts[r, TRAVEL] = total + stops[r, LEG, length + 1]
    s.worth[r] = worth
    good = update_departures(d, s, r, 1, length + 1)
    update_arrivals(d, s, r, length, 0)
    return good and ordered


@kernel
def returns_by(d: Data, s: State, r: int, first: int, arrive: int, until: int) -> bool:
    """Whether the route is back by `until` if stop `first` is reached at `arrive`, in time for all windows."""
    stops, length, c = s.stops, s.facts[r, LENGTH], d.shift[r, CLASS]
    for k in range(first, length + 1):
        visit = stops[r, VISIT, k]
        now = first_start(d, c, visit, arrive) + d.service[visit]
        arrive = drive_forward(d.breaks, c, now, stops[r, LEG, k + 1])
    return arrive <= until


@kernel
def find_place(
    d: Data, s: State, visit: int, r: int, most: int, from_gap: int, to_gap: int
) -> tuple[int, int]:
    """`best_place` from `from_gap` to `to_gap`, with the reserve that the route has now."""
    stops, length, c = s.stops, s.facts[r, LENGTH], d.shift[r, CLASS]
    best = -1
    if length >= d.shift[r, MAX_VISITS]:
        return most, best
    first, final = 0, length
    if d.infectious_last[visit]:
        first = s.facts[r, EARLY]
    else:
        final = s.facts[r, EARLY]
    service, place, vehicle = d.service[visit], d.place[visit], d.shift[r, VEHICLE]
    for k in range(max(first, from_gap), min(final, to_gap) + 1):
        leave, latest = stops[r, LEAVE, k], stops[r, LATEST, k + 1]
        if leave + service > latest:
            continue
        there = travel_seconds(d, vehicle, stops[r, PLACE, k], place)
        added = there - stops[r, LEG, k + 1]
        if added >= most or leave + there + service > latest:
            continue
        onward = travel_seconds(d, vehicle, place, stops[r, PLACE, k + 1])
        added += onward
        if added >= most or leave + there + service + onward > latest:
            continue
        start = first_start(d, c, visit, drive_forward(d.breaks, c, leave, there))
        if start >= 0 and drive_forward(d.breaks, c, start + service, onward) <= latest:
            most, best = added, k
    return most, best


@kernel
def keeps_reserve(d: Data, s: State, visit: int, r: int, gap: int, until: int) -> bool:
    """Whether route `r` is back by `until` with `visit` after stop `gap`, a position that find_place found."""
    stops, c, place, vehicle = s.stops, d.shift[r, CLASS], d.place[visit], d.shift[r, VEHICLE]
    there = travel_seconds(d, vehicle, stops[r, PLACE, gap], place)
    start = first_start(d, c, visit, drive_forward(d.breaks, c, stops[r, LEAVE, gap], there))
    onward = travel_seconds(d, vehicle, place, stops[r, PLACE, gap + 1])
    arrive = drive_forward(d.breaks, c, start + d.service[visit], onward)
    return returns_by(d, s, r, gap + 1, arrive, until)


@kernel
def find_reserved_place(
    d: Data, s: State, visit: int, r: int, most: int, from_gap: int, added: int, gap: int
) -> tuple[int, int]:
    """`best_place` with the reserve that the route has with `visit`; `added` and `gap` are what find_place
    found."""
    until = latest_return(d, r, s.variance[r] + d.variance[visit], s.facts[r, LOOSE] + (d.locked[visit] != r))
    length = int(s.facts[r, LENGTH])
    if until >= s.stops[r, LATEST, length + 1] or keeps_reserve(d, s, visit, r, gap, until):
        return added, gap
    best = -1
    for k in range(from_gap, length + 1):
        added, gap = find_place(d, s, visit, r, most, k, k)
        if gap >= 0 and keeps_reserve(d, s, visit, r, gap, until):
            most, best = added, gap
    return most, best


@inlined_kernel
def best_place(d: Data, s: State, visit: int, r: int, most: int, from_gap: int) -> tuple[int, int]:
    """(added seconds, gap) of the cheapest feasible gap of `r` from `from_gap` on that adds less than `most`
    seconds.

    (`most`, -1) if there is none.
    """
    added, gap = find_place(d, s, visit, r, most, from_gap, 1 << 20)
    if gap >= 0 and d.reserve.shape[0] > 0:
        return find_reserved_place(d, s, visit, r, most, from_gap, added, gap)
    return added, gap


@kernel
def update_return(d: Data, s: State, r: int, final: int) -> int:
    """Set when the route must be back; returns the stop from which latest arrivals change: `final`, or the last
    one where it was another moment."""
    if d.reserve.shape[0] == 0:
        return final
    length = int(s.facts[r, LENGTH])
    until = latest_return(d, r, s.variance[r], s.facts[r, LOOSE])
    if s.stops[r, LATEST, length + 1] == until:
        return final
    s.stops[r, LATEST, length + 1] = until
    return length


@kernel
def insert_visit(d: Data, s: State, visit: int, r: int, gap: int) -> None:
    """Insert `visit` after stop `gap`, a position that best_place found; times are updated only where they
    change."""
    stops, length = s.stops, s.facts[r, LENGTH]
    for row in range(5):
        for k in range(length + 1, gap, -1):
            stops[r, row, k + 1] = stops[r, row, k]
    at = gap + 1
    before = stops[r, LEG, at + 1] if length > 0 else 0  # an empty route drives nowhere
    place = d.place[visit]
    stops[r, VISIT, at] = visit
    stops[r, PLACE, at] = place
    stops[r, LEG, at] = travel_seconds(d, d.shift[r, VEHICLE], stops[r, PLACE, gap], place)
    stops[r, LEG, at + 1] = travel_seconds(d, d.shift[r, VEHICLE], place, stops[r, PLACE, at + 1])
    s.facts[r, LENGTH] = length + 1
    s.facts[r, EARLY] += 1 - d.infectious_last[visit]
    s.facts[r, TRAVEL] += stops[r, LEG, at] + stops[r, LEG, at + 1] - before
    s.worth[r] += visit_prize(d, visit, r)
    s.where[visit] = r
    count_variance(d, s, visit, r, 1)
    update_departures(d, s, r, at, at + 1)
    update_arrivals(d, s, r, update_return(d, s, r, at), gap)


@kernel
def remove_stops(
    d: Data, s: State, r: int, first: int, span: int, keep: int, kept: int, out: Ints, count: int
) -> int:
    """Remove stops `first`..`first + span - 1`, except for `kept` of them from `keep` on.

    The removed visits are appended to `out` at `count`. Returns the new count, or -1 - count if the rest
    breaks a rule (possible with travel tables that are no metric).
    """
    stops, length = s.stops, s.facts[r, LENGTH]
    at, final, gap = first, first - 1, False
    for k in range(first, length + 2):
        visit = stops[r, VISIT, k]
        if k < first + span and not keep <= k < keep + kept:
            s.where[visit] = -1
            s.worth[r] -= visit_prize(d, visit, r)
            s.facts[r, EARLY] -= 1 - d.infectious_last[visit]
            s.facts[r, TRAVEL] -= stops[r, LEG, k]
            count_variance(d, s, visit, r, -1)
            out[count] = visit
            count += 1
            gap = True
            continue
        stops[r, PLACE, at] = stops[r, PLACE, k]
        leg = stops[r, LEG, k]
        if gap:
            leg = travel_seconds(d, d.shift[r, VEHICLE], stops[r, PLACE, at - 1], stops[r, PLACE, at])
            s.facts[r, TRAVEL] += leg - stops[r, LEG, k]
            final = at - 1
            gap = False
        stops[r, LEG, at] = leg
        stops[r, VISIT, at] = visit
        stops[r, LATEST, at] = stops[r, LATEST, k]
        at += 1
    length = at - 2
    s.facts[r, LENGTH] = length
    if length == 0:  # rounding leaves no remainder in the sums of an empty route
        s.facts[r, TRAVEL] = 0
        stops[r, LEG, 1] = 0
        s.worth[r] = 0.0
    final = update_return(d, s, r, final)
    good = update_departures(d, s, r, first, length + 1)
    update_arrivals(d, s, r, final, 0)
    return count if good else -1 - count


@kernel
def copy_route(a: State, i: int, b: State, j: int) -> None:
    """Copy route `i` of `a` to route `j` of `b`; `where` is not changed."""
    for row in range(5):
        for k in range(a.facts[i, LENGTH] + 2):
            b.stops[j, row, k] = a.stops[i, row, k]
    for k in range(4):
        b.facts[j, k] = a.facts[i, k]
    b.worth[j] = a.worth[i]
    b.variance[j] = a.variance[i]
