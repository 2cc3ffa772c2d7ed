"""From digits to a stored model.

settings      all that decides how a model comes out, with its defaults
eye_network   the eye: a small fully convolutional network, and what it is trained to say
eye           its training, on pages rendered as it goes; the eye that ships where none is trained
network       two convolution and max-pooling stages, two fully connected layers, an output layer
batches       shuffled, augmented batches, the same whatever the threads do
train         the training itself; history and checkpoint keep what it tells and where it is
export        each network as Keras' file and as the ONNX graph that serves
thresholds    calibration: the temperature, and from where on a model may answer
quality_gate  what a model must reach to be stored, and what one that is trained on may lose
corrections   training on from the model that serves, with people's corrections
provenance    the packages and the code it was made with
release       all of these put together: save a model, ship one
command_line  `python -m pipeline train`
"""
