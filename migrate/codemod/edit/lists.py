"""Items of calls, displays, imports and parameter lists: where each stands, and what to cut so that some of them go."""

import ast
import re

from migrate.codemod.source.python import Source, Span

_GAP = re.compile(r"(?:\s|\\\r?\n|\\\r|#[^\r\n]*)*")
_MARK = re.compile(r"#[^\r\n]*|[/*]")
_TELLTALE = re.compile(r"(?i)secret|key|cred|token|passw|aws|commit|rotat")


class Lists:
    """The part of the edits that knows lists."""

    source: Source
    text: str

    def item_span(self, owner: ast.AST, item: ast.AST) -> Span:
        """An item with its parentheses, default, annotation, `**` or key."""
        if isinstance(owner, ast.Dict):
            i = next(i for i, v in enumerate(owner.values) if v is item)
            key = owner.keys[i]
            start = self.source.span(key).start if key is not None else self._back_to(self.source.span(item).start, "**")
            return Span(start, self._closed(self.source.span(item).end, self.source.span(owner).end - 1))
        if isinstance(owner, ast.arguments):
            span = self.source.span(item)
            if item in (owner.vararg, owner.kwarg):
                return Span(self._back_to(span.start, "**" if item is owner.kwarg else "*"), span.end)
            default = default_of(owner, item)
            end = span.end
            if default is not None:
                value = self.source.span(default)
                opened = re.sub(r"#[^\r\n]*", "", self.text[span.end : value.start]).count("(")
                end = value.end
                for _ in range(opened):
                    end = self.text.index(")", end) + 1
            return Span(span.start, end)
        span = self.source.span(item)
        if isinstance(item, ast.keyword | ast.alias | ast.Starred):
            return span
        return span

    def whole_item(self, owner: ast.AST, item: ast.AST) -> Span:
        """An item of a list-like node with the parentheses around it."""
        items = self._ordered(owner)
        return self._item_spans(owner, items, *self._bounds(owner, items))[items.index(item)]

    def _closed(self, end: int, high: int) -> int:
        """Steps right over the parentheses that close an entry's value."""
        while True:
            gap = _GAP.match(self.text, end)
            stop = gap.end() if gap else end
            if stop < high and self.text[stop] == ")":
                end = stop + 1
            else:
                return end

    def widen(self, span: Span, low: int, high: int) -> Span:
        """A span with the parentheses around it, as far as they lie within low and high."""
        start, end = span.start, span.end
        while True:
            after = _GAP.match(self.text, end)
            stop = after.end() if after else end
            before = len(self.text[low:start].rstrip()) + low
            if stop < high and self.text[stop] == ")" and before > low and self.text[before - 1] == "(":
                start, end = before - 1, stop + 1
            else:
                return Span(start, end)

    def _ordered(self, owner: ast.AST) -> list[ast.AST]:
        """The items of a list-like node, in the order of the text."""
        match owner:
            case ast.Call():
                items: list[ast.AST] = [*owner.args, *owner.keywords]
                return sorted(items, key=lambda n: self.source.span(n).start)
            case ast.Dict():
                return list(owner.values)
            case ast.List() | ast.Tuple() | ast.Set():
                return list(owner.elts)
            case ast.Import() | ast.ImportFrom():
                return list(owner.names)
            case ast.arguments():
                every: list[ast.AST] = [*owner.posonlyargs, *owner.args, *owner.kwonlyargs]
                every += [a for a in (owner.vararg, owner.kwarg) if a is not None]
                return sorted(every, key=lambda n: self.source.span(n).start)
        raise TypeError(type(owner).__name__)

    def _bounds(self, owner: ast.AST, items: list[ast.AST]) -> tuple[int, int]:
        """Just behind the opening bracket, and the closing one."""
        match owner:
            case ast.Call():
                close = self.source.span(owner).end - 1
                open_ = self.source.span(owner.func).end
                return self.text.index("(", open_) + 1, close
            case ast.Dict() | ast.List() | ast.Set():
                span = self.source.span(owner)
                return span.start + 1, span.end - 1
            case ast.Tuple():
                span = self.source.span(owner)
                bracketed = self.text[span.start] == "("
                return span.start + bracketed, span.end - bracketed
            case ast.arguments() if isinstance(made := self.source.parents[owner], ast.Lambda):
                last = self.item_span(owner, items[-1])
                return self.source.span(made).start + len("lambda"), self.text.index(":", last.end)
            case ast.arguments():
                first, last = self.item_span(owner, items[0]), self.item_span(owner, items[-1])
                open_ = self.text.rindex("(", 0, first.start) + 1
                close = self.text.index(")", last.end)
                return open_, close
        first, last = self.item_span(owner, items[0]), self.item_span(owner, items[-1])
        end = _GAP.match(self.text, last.end)
        stop = end.end() if end else last.end
        if isinstance(owner, ast.ImportFrom) and self.text[self.source.span(owner).end - 1] == ")":
            return first.start, self.source.span(owner).end - 1
        return first.start, min(stop, self.source.span(owner).end)

    def _item_spans(self, owner: ast.AST, items: list[ast.AST], low: int, high: int) -> list[Span]:
        """The items of a list with the parentheses around each."""
        spans = []
        floor = low
        for item in items:
            span = self.widen(self.item_span(owner, item), floor, high)
            spans.append(span)
            floor = span.end
        return spans

    def _cut_list(self, owner: ast.AST, gone: set[ast.AST]) -> list[tuple[int, int]]:
        """The stretches to delete so that some items of a list go."""
        items = self._ordered(owner)
        low, high = self._bounds(owner, items)
        spans = self._item_spans(owner, items, low, high)
        if isinstance(owner, ast.arguments):
            items, spans, gone = self._with_marks(owner, items, spans, gone)
        ends = []  # behind the comma, where there is one
        for span in spans:
            gap = _GAP.match(self.text, span.end)
            at = gap.end() if gap else span.end
            ends.append(at + 1 if at < high and self.text[at] == "," else None)
        cuts: list[tuple[int, int]] = []
        i = 0
        while i < len(items):
            if items[i] not in gone:
                i += 1
                continue
            j = i
            while j + 1 < len(items) and items[j + 1] in gone:
                j += 1
            start, end = spans[i].start, ends[j] if ends[j] is not None else spans[j].end
            previous = spans[i - 1] if i else None
            following = spans[j + 1] if j + 1 < len(items) else None
            cuts.append(self._cut_run(start, end or spans[j].end, previous, following, low, high))
            i = j + 1
        return cuts

    def _comma_of_one(self, owner: ast.AST, gone: set[ast.AST], cuts: list[tuple[int, int]]) -> list[tuple[int, int, str]]:
        """The comma that makes a tuple of the single element that is left, where it goes with the others."""
        left: list[ast.AST] = [e for e in owner.elts if e not in gone] if isinstance(owner, ast.Tuple) else []
        if len(left) != 1:
            return []
        low, high = self._bounds(owner, left)
        end = self.widen(self.source.span(left[0]), low, high).end
        gap = _GAP.match(self.text, end)
        comma = gap.end() if gap else end
        if self.text[comma:high][:1] == "," and not any(a <= comma < b for a, b in cuts):
            return []
        return [(end, end, ",")]

    def _with_marks(
        self, owner: ast.arguments, items: list[ast.AST], spans: list[Span], gone: set[ast.AST]
    ) -> tuple[list[ast.AST], list[Span], set[ast.AST]]:
        """Parameters with the `/` and the bare `*` between them, which go where they would have nothing to divide any more."""
        every = list(zip(items, spans, strict=True))
        end = self.source.span(self.source.parents[owner]).end
        for mark, alone, divided in (("/", False, owner.posonlyargs), ("*", owner.vararg is None, owner.kwonlyargs)):
            if not divided or not (alone or mark == "/"):
                continue
            at = items.index(divided[0] if mark == "*" else divided[-1])
            start, stop = (spans[at].end, end) if mark == "/" else (spans[at - 1].end if at else spans[0].start - 1, spans[at].start)
            if mark == "*" and not at:
                start = self.text.rindex("*", 0, stop)
            spot = next(m.start() for m in _MARK.finditer(self.text, start, stop) if m.group() == mark)
            sign = ast.Pass()
            every.append((sign, Span(spot, spot + 1)))
            if gone.issuperset(divided):
                gone = gone | {sign}
        every.sort(key=lambda one: one[1].start)
        return [item for item, _ in every], [span for _, span in every], gone

    def _cut_run(self, start: int, end: int, previous: Span | None, following: Span | None, low: int, high: int) -> tuple[int, int]:
        """One run of neighbours that go."""
        line_start = self._line_start(start)
        tail = re.compile(r"[ \t\f]*(?:#[^\r\n]*)?(\r\n|\r|\n)").match(self.text, end)
        begins = line_start >= low and not self.text[line_start:start].strip()
        if begins and tail and tail.end() <= high:
            return self._with_comments_above(line_start, low), tail.end()
        if following is not None:
            between = self.text[end : following.start]
            if tail and previous is not None and not begins:
                return len(self.text[:start].rstrip(" \t\f")), tail.start(1)
            if "#" in between:
                return start, end
            return start, following.start
        if previous is not None:
            between = self.text[previous.end : start]
            if "#" in between:
                return start, end
            return previous.end, end
        rest = self.text[end:high]
        return (start, end) if "#" in rest or "#" in self.text[low:start] else (low, high)

    def _with_comments_above(self, line_start: int, low: int) -> int:
        """A comment right above an argument that speaks of secrets goes with it."""
        while line_start > low:
            above = self._line_start(line_start - 1)
            line = self.text[above:line_start].strip()
            if above >= low and line.startswith("#") and _TELLTALE.search(line):
                line_start = above
            else:
                break
        return line_start

    def _line_start(self, offset: int) -> int:
        return self.source.lines[self.source.line_of(offset) - 1]

    def _back_to(self, offset: int, mark: str) -> int:
        return self.text.rindex(mark, 0, offset)


def default_of(arguments: ast.arguments, parameter: ast.AST) -> ast.expr | None:
    """The default of a parameter."""
    positional = [*arguments.posonlyargs, *arguments.args]
    for a, d in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        if a is parameter:
            return d
    for a, kd in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if a is parameter:
            return kd
    return None
