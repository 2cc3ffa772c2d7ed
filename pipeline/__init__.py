"""Handwritten digits: from a picture's bytes to an honest answer, and the training behind it.

    bytes --preprocess--> (28, 28) uint8 --model--> probabilities --recognise--> Answer or Number

Imports point one way, low to high (tests/test_imports.py holds the table):

    errors, calibrate, curves, distortion, history, versions
    answer, data, preprocess, model, augment, network, render, scribbles, statistics
    variants, nondigits, reading, recognise, client, store, conditions, corruptions
    arguments, promotion, web, checkpoint, examples, export, look, evaluate, robustness, seeds
    train, gate, thresholds, prepare
    release, report
    __main__ (the command line); outside the package: service.py, ui, flask_app

This file re-exports nothing, so that importing `pipeline.client` pulls in no framework.
"""
