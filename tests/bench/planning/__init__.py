"""How good is the planner? Cases of a folder, ours and three libraries, judged by the folder's referee."""
