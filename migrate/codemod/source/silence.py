"""`# aws-sso-migrate: ignore` and `ignore[AWS201]`: comments that silence findings on their line."""

import io
import re
import tokenize

_COMMENT = re.compile(r"#\s*aws-sso-migrate:\s*ignore(?:\[([A-Z0-9,\s]+)\]|(?![\w\[-]))")


class Silence:
    """The ignore comments of one text."""

    def __init__(self, text: str) -> None:
        self.lines: dict[int, set[str] | None] = {}
        if "aws-sso-migrate" not in text:
            return
        try:
            for token in tokenize.generate_tokens(io.StringIO(re.sub(r"\r\n|\r", "\n", text)).readline):
                if token.type == tokenize.COMMENT and (m := _COMMENT.search(token.string)):
                    self.lines[token.start[0]] = {c.strip() for c in m.group(1).split(",")} if m.group(1) else None
        except (tokenize.TokenError, SyntaxError):
            return

    def covers(self, line: int | None, code: str) -> bool:
        """Is a finding of this code silenced on this line?"""
        if line not in self.lines:
            return False
        codes = self.lines[line]
        return codes is None or code in codes
