"""Texts for the property tests: pieces of AWS files, put together in ways that people and tools do, and in ways that they do not."""

from hypothesis import strategies as st

PIECES = [
    "[default]", "[profile dev]", "[dev]", "[DEFAULT]", "[profile 'my dev']", '[profile "dev"]', "[sso-session corp]",
    "[services s]", "[a", "[]", "[]]", "[p]]  x ]", "[x] # [y]",
    "[a]#b", " [x]", "  [profile y]", "]", "[profile o'neil]",
    "# comment", "; comment", "   # indented", "\t;x", "#", "#[z]",
    "region = x", "Region: y", "region=", "REGION =\t", "s3 =", "  a = b", "\ta=b", "  nope", "    deeper = 1",
    "k = v # x", "= v", ": v", "k",
    "a=b=c", "a:b=c",
    "a = b : c", "k k = v", "sso_start_url = https://corp.awsapps.com/start#/",
    "", " ", "\t", "\x0b", "\x0c", "\u2028", "\x85", "\x1c", "é = ü", "İ = 1", "ß = 1", "\x00", "k\x1c=\x1d v", "  n = 1\x0b m",
    "\xa0 a = 1", "\u3000b = 2", "\ufeff[q]", "<<<<<<< HEAD", "=======",
]  # fmt: skip
ENDS = ["\n", "\n", "\n", "\r\n", "\r\n", "\r", "\n\n", ""]

_line = st.builds(str.__add__, st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), st.sampled_from(ENDS))
assembled = st.lists(_line, max_size=12).map("".join)
"""Lines of all kinds in any order."""

_sound = st.lists(
    st.tuples(
        st.sampled_from(["[default]", "[profile dev]", "[b]", " [c]", "[sso-session corp]"]),
        st.lists(st.sampled_from(["region = x", "  s3 =", "    a = b", "output: json", "# c", "", "  k = v", "\tt = 1"]), max_size=6),
    ),
    max_size=4,
).map(lambda sections: "\n".join(line for header, lines in sections for line in [header, *lines]))


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A text that is nearly sound, with a few characters taken out, put in or doubled."""
    text = draw(_sound)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(["put", "cut", "double"]))
        if kind == "put":
            text = text[:at] + draw(st.sampled_from(list("[]=:#; \t\r\n\x0b\x85x"))) + text[at:]
        elif kind == "cut":
            text = text[:at] + text[at + draw(st.integers(1, 3)) :]
        else:
            text = text[:at] + text[at : at + 20] + text[at:]
    return text


texts = st.one_of(assembled, mutated())
