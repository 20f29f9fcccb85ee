"""The search: ruin and recreate under simulated annealing, compiled with numba. Nobody outside but `planner` runs it.

The principle is Schrimpf et al.'s (Journal of Computational Physics 159(2), 2000), the neighbourhood SISR's
(Christiaens and Vanden Berghe, Transportation Science 54(2), 2020); each file names what it takes from where.

Read in this order:

- shapes, jit: how kernels (compiled functions) are typed and compiled; warm: once an installation.
- data: the problem as arrays; scratch: a searcher's scratch and random numbers; tuning: the numbers that steer it.
- clock, route: the time arithmetic, and one route with its two passes, where a visit fits or not in O(1).
- construct: the greedy first plan; ruin, recreate, anneal: one iteration, and the loop.
- cooling, worker, parallel, search: how hot when, one thread, both of them, the run as a whole.
- ejections: why the visits that are left are not served, for all of them at once.
"""
