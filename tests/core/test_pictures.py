import struct
import zlib

import cv2
import numpy as np
import pytest

from labelmend.errors import LabelmendError
from labelmend.geometry.orientation import turn
from labelmend.picture_header import read_header
from labelmend.pictures import read_picture

WIDTH, HEIGHT = 64, 40
BOX = (8, 4, 24, 10)  # of the bright object in the stored pixels
ALL = range(1, 9)


def scene(width=WIDTH, height=HEIGHT):
    pixels = np.full((height, width, 3), 30, np.uint8)
    x, y, w, h = BOX
    pixels[y : y + h, x : x + w] = 240
    return pixels


def exif(orientation, order="<"):
    mark = b"II" if order == "<" else b"MM"
    tiff = mark + struct.pack(order + "HIHHHIHHI", 42, 8, 1, 274, 3, 1, orientation, 0, 0)
    return b"Exif\0\0" + tiff


def jpeg_with(pixels, orientation, order="<"):
    data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    body = exif(orientation, order)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def tiff_with(pixels, orientation):
    h, w = pixels.shape
    data = pixels.tobytes()
    entries = [
        (256, 3, w),
        (257, 3, h),
        (258, 3, 8),
        (259, 3, 1),
        (262, 3, 1),
        (273, 4, 8),
        (274, 3, orientation),
    ]
    entries += [(277, 3, 1), (278, 3, h), (279, 4, len(data))]
    packed = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return (
        b"II*\0"
        + struct.pack("<I", 8 + len(data))
        + data
        + struct.pack("<H", len(entries))
        + packed
        + bytes(4)
    )


def box_of_bright(pixels):
    grey = pixels if pixels.ndim == 2 else pixels[..., 1]
    ys, xs = np.nonzero(grey > 128)
    return (int(xs.min()), int(ys.min()), int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1)


def turned_box(orientation):
    return box_of_bright(turn(scene(), orientation))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", ALL)
def test_a_label_in_the_stored_frame_covers_its_object(tmp_path, orientation, order):
    path = tmp_path / "p.jpg"
    path.write_bytes(jpeg_with(scene(), orientation, order))
    picture = read_picture(path, declared=(WIDTH, HEIGHT))
    assert box_of_bright(picture.pixels) == BOX
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert ("shown as stored" in (picture.note or "")) == (orientation in (2, 3, 4))  # its size tells nothing


@pytest.mark.parametrize("orientation", ALL)
def test_a_label_in_the_turned_frame_covers_its_object(tmp_path, orientation):
    path = tmp_path / "p.jpg"
    path.write_bytes(jpeg_with(scene(), orientation))
    size = (HEIGHT, WIDTH) if orientation >= 5 else (WIDTH, HEIGHT)
    picture = read_picture(path, declared=size, prefer="turned")
    assert box_of_bright(picture.pixels) == turned_box(orientation)
    assert picture.pixels.shape[1::-1] == size == (picture.width, picture.height)
    assert ("shown turned" in (picture.note or "")) == (orientation in (2, 3, 4))


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_the_declared_size_alone_tells_that_labels_live_in_turned_pixels(tmp_path, orientation):
    path = tmp_path / "p.jpg"
    path.write_bytes(jpeg_with(scene(), orientation))
    picture = read_picture(path, declared=(HEIGHT, WIDTH))
    assert box_of_bright(picture.pixels) == turned_box(orientation)


@pytest.mark.parametrize("orientation", ALL)
def test_a_turned_square_is_left_as_stored_unless_said_otherwise(tmp_path, orientation):
    path = tmp_path / "p.jpg"
    square = scene(WIDTH, WIDTH)
    path.write_bytes(jpeg_with(square, orientation))
    assert box_of_bright(read_picture(path, declared=(WIDTH, WIDTH)).pixels) == BOX
    turned = read_picture(path, declared=(WIDTH, WIDTH), prefer="turned")
    assert box_of_bright(turned.pixels) == box_of_bright(turn(square, orientation))


@pytest.mark.parametrize("orientation", ALL)
def test_tiff_is_turned_by_us_and_nobody_else(tmp_path, orientation):
    path = tmp_path / "p.tif"
    path.write_bytes(tiff_with(scene()[..., 0].copy(), orientation))
    assert box_of_bright(read_picture(path, declared=(WIDTH, HEIGHT)).pixels) == BOX
    size = (HEIGHT, WIDTH) if orientation >= 5 else (WIDTH, HEIGHT)
    turned = read_picture(path, declared=size, prefer="turned")
    assert box_of_bright(turned.pixels) == turned_box(orientation)


@pytest.mark.parametrize("orientation", [1, 6])
def test_png_carries_its_orientation_too(tmp_path, orientation):
    data = cv2.imencode(".png", scene())[1].tobytes()
    body = exif(orientation)[6:]
    chunk = struct.pack(">I", len(body)) + b"eXIf" + body
    chunk += struct.pack(">I", zlib.crc32(chunk[4:]))
    path = tmp_path / "p.png"
    path.write_bytes(data[:33] + chunk + data[33:])
    assert read_header(path.read_bytes()).orientation == orientation
    assert box_of_bright(read_picture(path, declared=(WIDTH, HEIGHT)).pixels) == BOX
    assert box_of_bright(read_picture(path, declared=None, prefer="turned").pixels) == turned_box(orientation)


def test_a_picture_of_another_size_says_so(tmp_path):
    path = tmp_path / "p.png"
    cv2.imwrite(str(path), scene())
    picture = read_picture(path, declared=(128, 80))
    assert (picture.width, picture.height) == (WIDTH, HEIGHT)
    assert "128 × 80" in picture.note
    assert "64 × 40" in picture.note


@pytest.mark.parametrize(
    "pixels",
    [
        scene()[..., 0],
        np.dstack([scene(), np.full((HEIGHT, WIDTH), 128, np.uint8)]),
        scene().astype(np.uint16) * 200,
        scene()[..., 0].astype(np.uint16) * 3,
    ],
    ids=["grey", "alpha", "16-bit colour", "16-bit grey"],
)
def test_every_depth_opens_as_eight_bits(tmp_path, pixels):
    path = tmp_path / "p.png"
    cv2.imwrite(str(path), pixels)
    picture = read_picture(path, declared=(WIDTH, HEIGHT))
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape[2:] in ((), (3,))
    assert box_of_bright(picture.pixels) == BOX


def test_a_flat_sixteen_bit_picture_does_not_divide_by_zero(tmp_path):
    path = tmp_path / "p.png"
    cv2.imwrite(str(path), np.full((4, 4), 900, np.uint16))
    assert not read_picture(path, declared=None).pixels.any()


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("ending", [".jpg", ".png"])
def test_a_reduced_picture_keeps_its_label_frame(tmp_path, ending, orientation):
    pixels = cv2.resize(scene(), (WIDTH * 10 + 3, HEIGHT * 10 + 1))
    path = tmp_path / f"p{ending}"
    path.write_bytes(
        jpeg_with(pixels, orientation) if ending == ".jpg" else cv2.imencode(".png", pixels)[1].tobytes()
    )
    picture = read_picture(path, declared=(643, 401), reduce=4)
    assert (picture.width, picture.height) == (643, 401)
    assert picture.pixels.shape in ((101, 161, 3), (100, 160, 3))


def test_a_picture_over_the_limit_is_held_smaller(tmp_path, monkeypatch):
    monkeypatch.setattr("labelmend.pictures.LARGEST", 1000)
    for name, data in (
        ("p.jpg", jpeg_with(scene(), 6)),
        ("p.bmp", cv2.imencode(".bmp", scene())[1].tobytes()),
    ):
        (tmp_path / name).write_bytes(data)
        picture = read_picture(tmp_path / name, declared=(WIDTH, HEIGHT))
        assert (picture.width, picture.height, picture.note) == (WIDTH, HEIGHT, None)
        assert picture.pixels.shape == (HEIGHT // 2, WIDTH // 2, 3)


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"II*\0", b"RIFFxxxxWEBP"]
)
def test_a_broken_picture_is_a_sentence(tmp_path, content):
    path = tmp_path / "broken.jpg"
    path.write_bytes(content)
    with pytest.raises(LabelmendError, match=r"broken\.jpg"):
        read_picture(path, declared=(10, 10))


def test_a_missing_picture_is_a_sentence(tmp_path):
    with pytest.raises(LabelmendError, match=r"gone\.jpg is missing"):
        read_picture(tmp_path / "gone.jpg", declared=(10, 10))
    with pytest.raises(LabelmendError, match="cannot be read"):
        read_picture(tmp_path, declared=(10, 10))


def test_a_cut_jpeg_opens_with_a_word(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    data = cv2.imencode(".jpg", pixels)[1].tobytes()
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: len(data) // 2])
    assert "ends early" in read_picture(path, declared=(300, 200)).note


@pytest.mark.parametrize("length", range(0, 60, 3))
def test_a_header_cut_anywhere_never_raises(length):
    for data in (
        jpeg_with(scene(), 6),
        tiff_with(scene()[..., 0], 6),
        cv2.imencode(".png", scene())[1].tobytes(),
    ):
        assert read_header(data[:length]).orientation in (1, 6)


def test_names_outside_ascii_open(tmp_path):
    path = tmp_path / "zdjęcie 写真.png"
    path.write_bytes(cv2.imencode(".png", scene())[1].tobytes())
    assert read_picture(path, declared=None).width == WIDTH
