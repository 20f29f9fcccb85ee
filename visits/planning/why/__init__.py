"""Why a visit is not served.

- hard_constraints: the rules in the way.
- ejections: the stops that would have to go.
- explain: the reason, and its proof.
"""
