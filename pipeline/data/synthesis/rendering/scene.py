"""One digit on one page, in full: `Scene` says what, `render` draws it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.data.synthesis.rendering import camera, paper
from pipeline.data.synthesis.rendering.light import light
from pipeline.data.synthesis.rendering.paper import Colour
from pipeline.data.synthesis.rendering.strokes import draw, field
from pipeline.recognition.encode import png

Picture = NDArray[np.uint8]
Place = NDArray[np.float64]

BLACK, WHITE = (20, 20, 24), (255, 255, 255)
LINE_BLUE, TABLE_BROWN = (110, 140, 190), (96, 66, 44)


@dataclass(frozen=True)
class Scene:
    """What a picture shows; the defaults are a clean drawing, black on white, in the middle."""

    size: tuple[int, int] = (280, 280)  # height, width in pixels
    height: float = 0.6  # the digit's longer side, as a fraction of the picture's shorter one
    off_centre: float = 0.0  # 0 in the middle, 1 anywhere on the page
    rotation: float = 0.0  # degrees at most, either way
    tilt: float = 0.0  # 0-0.35, how obliquely the camera looks
    stroke_width: float | None = None  # digit pixels, 20 to the digit's longer side; None: as the digit was written
    growth: float = 0.0  # digit pixels of ink added on each side
    ink: Colour = BLACK
    strength: float = 1.0  # fraction of the paper that the ink covers
    crumbling: float = 0.0  # fraction of that which is lost on the paper's grain, as with pencils
    paper: Colour = WHITE
    texture: float = 0.0  # grey levels, standard deviation
    ruled: float = 0.0  # fraction of the paper that printed lines cover where they are; 0: none
    squared: bool = False  # lines both ways
    spacing: float = 0.8  # between lines, in heights of the digit
    line: Colour = LINE_BLUE
    gradient: float = 0.0  # this and the next three: fraction of the light lost at the darkest point
    vignette: float = 0.0
    shadow: float = 0.0
    finger: float = 0.0
    edge: float = 0.0  # fraction of the picture beyond the paper's edge, on one to three sides
    table: Colour = TABLE_BROWN
    blur: float = 0.0  # pixels, standard deviation
    motion: float = 0.0  # pixels that the camera moved
    noise: float = 0.0  # grey levels, standard deviation
    quality: int | None = None  # of the JPEG file, 1-100; None: a PNG file


def render(digit: Picture | None, scene: Scene, rng: np.random.Generator) -> Picture:
    """(28, 28) uint8, white on black -> (h, w, 3) uint8 RGB; None gives the empty page."""
    height = scene.height * min(scene.size)
    place = _place(scene, height, rng)
    angle = rng.uniform(-scene.rotation, scene.rotation) if scene.rotation else 0.0
    view = camera.view(place, rng, angle, scene.tilt, scene.size)
    picture = paper.blank_page(scene.size, scene.paper, scene.texture, rng)
    if scene.ruled:
        spacing = max(6.0, scene.spacing * height)
        picture = paper.draw_ruled_lines(picture, view, spacing, scene.line, scene.ruled, rng, scene.squared)
    if digit is not None:
        picture = paper.blend(picture, _ink(digit, scene, view, height, rng), scene.ink)
    if scene.edge:
        picture = paper.lay_on_table(picture, view, place, 0.75 * height, scene.edge, scene.table, rng)
    if scene.gradient or scene.vignette or scene.shadow or scene.finger:
        picture *= light(scene.size, rng, scene.gradient, scene.vignette, scene.shadow, scene.finger)[..., None]
    exposed = np.asarray(cv2.convertScaleAbs(np.maximum(picture, 0)), np.uint8)
    seen = camera.motion_blur(camera.blur(exposed, scene.blur), scene.motion, rng)
    return camera.noise(seen, scene.noise, rng)


def encode(picture: Picture, scene: Scene) -> bytes:
    """The file that is sent: JPEG of the scene's quality, else PNG."""
    return png(picture, compression=0) if scene.quality is None else camera.jpeg(picture, scene.quality)


def transparent(digit: Picture, scene: Scene, rng: np.random.Generator) -> Picture:
    """The ink alone on nothing: (h, w, 4) uint8 RGBA; the colour under alpha 0 is arbitrary, as in drawing pads."""
    height = scene.height * min(scene.size)
    view = camera.view(_place(scene, height, rng), rng, 0.0, 0.0, scene.size)
    cover = _ink(digit, scene, view, height, rng)
    picture = np.empty((*scene.size, 4), np.uint8)
    picture[..., :3] = np.where(cover[..., None] > 0, scene.ink, rng.integers(0, 256, 3))
    picture[..., 3] = np.round(255 * cover)
    return picture


def _place(scene: Scene, height: float, rng: np.random.Generator) -> Place:
    """The digit's centre (x, y) in the picture, where the digit still fits with a small margin."""
    rows, columns = scene.size
    middle = np.array([columns, rows]) / 2
    room = np.maximum(middle - 0.58 * height, 0)
    return middle + scene.off_centre * rng.uniform(-room, room)


def _ink(digit: Picture, scene: Scene, view: paper.Homography, height: float, rng: np.random.Generator) -> paper.Map:
    """(h, w) float32: the fraction of the paper that the ink covers."""
    cover = draw(field(digit, scene.stroke_width), view, scene.size, height, scene.growth)
    if scene.crumbling:
        rough = cv2.GaussianBlur(paper.grain(rng, *scene.size), (0, 0), 0.8)
        cover *= np.clip(1 - scene.crumbling * (0.5 + rough), 0, 1)
    return cover * np.float32(scene.strength)
