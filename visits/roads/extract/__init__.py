"""Road times from an OpenStreetMap extract, without a server: read once by `manage.py build_roads`, then a
file.

Needs osmium to read an extract and scipy to find ways (visits/roads/requirements.txt); nothing else does.
Read in this order: vehicles, rules, read, graph, ways, source.
"""
