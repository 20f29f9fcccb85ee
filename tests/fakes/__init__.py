"""Servers and devices that the product talks to, made up, each a process of its own."""
