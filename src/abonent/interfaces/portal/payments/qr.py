"""The picture that a bank's application reads."""

import io

import segno

# The standard asks for a quiet zone of four modules and the second level of repair.
BORDER, SCALE = 4, 4


def qr_svg(text: str) -> bytes:
    """Return the code as SVG: black on white in the dark too, without styles or scripts."""
    picture = io.BytesIO()
    code = segno.make_qr(text, error="m", boost_error=False, encoding="utf-8")
    code.save(
        picture,
        kind="svg",
        border=BORDER,
        scale=SCALE,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
        nl=False,
    )
    return picture.getvalue()
