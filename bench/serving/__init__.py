"""This service beside five other ways to serve digits: `make bench-serving`.

servers   what is run, and what it costs; peers: the other ways
load      what is sent to it, by wrk (wrk.lua)
report    the table and the plot
"""
