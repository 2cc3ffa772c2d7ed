"""How good a model is, on digits that it has not learned from.

`evaluate` puts together what the others find: `metrics` with their `intervals`; `served`, PNG files against arrays;
`coverage`, `rejection`, `label_errors`, `occlusion`, `cost`; `seeds`, the same recipe again; `comparison`, with another
model; and `robustness`, over the pictures that `conditions`, `corruptions` and `pages` draw; `outcomes` says how each
was read. The whole is a `result.Evaluation`; `report` makes a page and a text of it. A new condition is a row of
`conditions.SCENES`, a new kind of page one of `pages.kinds.KINDS`.
"""
