"""The search: ruin and recreate under simulated annealing, compiled with numba. Only `planner` runs it.

The principle is Schrimpf et al.'s (Journal of Computational Physics 159(2), 2000), the neighbourhood SISR's
(Christiaens and Vanden Berghe, Transportation Science 54(2), 2020); each file names what it takes from where.

Read in this order:

- shapes, jit: how kernels (compiled functions) are typed and compiled; warm: compile them once an
  installation.
- nearest: the neighbours of every visit. data: the problem as arrays; scratch: a worker's memory and random numbers; tuning: the parameters of the
  search.
- clock, route: the time arithmetic, and one route with its two passes, which tell in O(1) whether a visit
  fits.
- construct: the greedy first plan; ruin, recreate, anneal: one iteration, and the loop.
- cooling, worker, parallel, search: the temperatures, one thread, all threads, the run as a whole.
- ejections, explaining: reasons for all unserved visits at once, of any plan.
"""
