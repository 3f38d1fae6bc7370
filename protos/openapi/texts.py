"""Descriptions (CommonMark) of the comments in .proto files."""

import re


def description(comment):
    """Joins the lines of a paragraph; indented lines stay as they are."""
    paragraphs = []
    joinable = False
    for line in comment.splitlines():
        text = line[1:] if line.startswith(" ") else line
        if not text.strip():
            joinable = False
        elif text.startswith("  "):
            # A table of words and blanks: code to CommonMark.
            code = "    " + text.strip()
            if paragraphs and paragraphs[-1].startswith("    "):
                paragraphs[-1] += "\n" + code
            else:
                paragraphs.append(code)
            joinable = False
        elif joinable:
            paragraphs[-1] += " " + text.strip()
        else:
            paragraphs.append(text.strip())
            joinable = True
    return "\n\n".join(paragraphs)


def summary(text):
    """Returns the first sentence of a description, without its full stop."""
    return re.split(r"\.(?:\s|$)", text, maxsplit=1)[0].replace("\n", " ")


def listed(names):
    """Returns names as code, in one phrase: `a`, `b` or `c`."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) < 2:
        return "".join(quoted)
    return ", ".join(quoted[:-1]) + " or " + quoted[-1]
