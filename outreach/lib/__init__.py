"""Plain Python that the models and services stand on; imports no Django models."""
