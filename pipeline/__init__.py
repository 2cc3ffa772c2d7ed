"""Handwritten digits: from a picture's bytes to an honest answer, and the training behind it.

The rooms, from low to high; a room knows only those that come before it here (the table is in
tests/project/test_imports.py):

    errors, answer   refusals; Answer and Number, the same on the wire, in the pages and in evaluation
    explanation      an Answer and how the network came to it
    version          the project's
    calls, client    HTTP clients of the service, for the two pages and for whoever calls it
    faces/           what the two pages share: words, palette, header
    recognition/     a picture to an Answer or a Number; all that serves, without TensorFlow
    registry/        model card, model store, promotion
    feedback/        corrections by people: a database, and the file that training learns from
    web/             the HTTP contract
    data/            MNIST, augmentation, synthesis of pages, handwriting styles and non-digits
    evaluation/      metrics, intervals, conditions, robustness, the report
    training/        network, training, calibration, quality gate, release
    arguments, predict, __main__   the command line

Outside the package: service.py mounts web/ in BentoML and bentofile.yaml packs it; ui/ and flask_app/ call it.

This file re-exports nothing, so that importing `pipeline.client` pulls in no framework.
"""
