"""Stored models: the card that describes one, the BentoML store that holds them, and which of them serves.

card             ModelCard: how a model was made, its thresholds, how good it is; one JSON file
measures         what is measured of a model: Metrics, Rejection, QualityMetrics
store            find, load and check a version: StoredModel; the shipped one where the store is empty
promotion        which version serves: promote, roll back, follow
bentoml_adapter  BentoML's private modules, touched here alone
"""
