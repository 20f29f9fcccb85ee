"""Measures arrival intervals and overtime against made-up worlds that are not our model."""
