"""What each step of a training sees: shuffled, distorted batches of examples."""

import keras
import numpy as np

from pipeline.data.augmentation import augment
from pipeline.data.mnist import Images, Labels, Split
from pipeline.training.settings import Settings


class AugmentedBatches(keras.utils.PyDataset):
    """Shuffled, distorted batches; what a batch holds depends on (seed, epoch, index) alone, not on thread timing."""

    def __init__(self, split: Split, settings: Settings, epoch: int = 0):
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=16)
        self.split, self.settings = split, settings
        self.begin(epoch)

    def begin(self, epoch: int) -> None:
        """Make the batches of an epoch from now on. Keras' own on_epoch_end is called once more than epochs end."""
        self.epoch = epoch
        self.order = np.random.default_rng((self.settings.seed, epoch)).permutation(len(self.split))

    def __len__(self) -> int:
        return -(-len(self.split) // self.settings.batch_size)

    def __getitem__(self, index: int) -> tuple[Images, Labels]:
        """Batch `index` of the epoch: (n, 28, 28, 1) uint8 images and their (n,) labels 0-10."""
        size = self.settings.batch_size
        rows = self.order[index * size : (index + 1) * size]
        rng = np.random.default_rng((self.settings.seed, self.epoch, index))
        images = augment(self.split.images[rows], rng, self.settings.augmentation)
        return images[..., None], self.split.labels[rows]
