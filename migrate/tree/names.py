"""Which files may be text, by what they are called."""

_NO_TEXT = (
    ".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".bmp", ".tif", ".tiff", ".psd", ".pdf", ".woff", ".woff2", ".ttf", ".otf", ".eot",
    ".zip", ".gz", ".bz2", ".xz", ".zst", ".tar", ".tgz", ".7z", ".rar", ".jar", ".whl", ".egg", ".deb", ".rpm", ".dmg", ".iso",
    ".pyc", ".pyo", ".so", ".dylib", ".dll", ".exe", ".o", ".a", ".lib", ".class", ".wasm", ".node", ".mo",
    ".mp3", ".mp4", ".m4a", ".wav", ".flac", ".ogg", ".avi", ".mov", ".mkv", ".webm",
    ".parquet", ".feather", ".arrow", ".npy", ".npz", ".pkl", ".pickle", ".joblib", ".h5", ".hdf5", ".pt", ".pth", ".onnx", ".safetensors",
    ".sqlite", ".sqlite3", ".db", ".docx", ".xlsx", ".pptx", ".odt",
)  # fmt: skip
"""The endings of files that are no text; whatever else there is, is looked into."""


def may_be_text(name: str) -> bool:
    """Return whether a file of this name is looked into: by what it is called it is no picture, archive, program or database."""
    return not name.endswith(_NO_TEXT)
