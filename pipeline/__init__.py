"""Handwritten digits: from a picture's bytes to an honest answer, and the training behind it.

    bytes --preprocess--> (28, 28) uint8 --model--> (10,) probabilities --recognise--> Answer

Imports point one way, low to high (tests/test_imports.py holds the table):

    errors
    answer, data, preprocess, model, augment, network, scribbles
    nondigits, recognise, client, store
    arguments, web, train, evaluate
    prepare, release, report
    __main__ (the command line); outside the package: service.py, ui, flask_app

This file re-exports nothing, so that importing `pipeline.client` pulls in no framework.
"""
