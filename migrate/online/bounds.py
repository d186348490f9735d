"""Answers are bounded: in time as a whole, in size, and in pages.

botocore's own time-out is for each piece that arrives: a server that sends a byte a second is waited for without end.
"""

from collections.abc import Iterator
from queue import Empty, Queue
from threading import Thread
from typing import Any

LARGEST = 16 << 20
"""Bytes of an answer; the largest of those asked for here (a page of GetAccountAuthorizationDetails) is some hundreds of KiB."""

PAGES = 2000
"""Answers of one listing: at the portal's 100 rows each, far more accounts than an organization may have."""

_PIECE = 1 << 16


class Endless(Exception):
    """An answer was longer than any can be. The message is fit to be shown."""


class BoundedHttp:
    """botocore's way of sending, with an end to each answer. Stands in the place of a client's own."""

    def __init__(self, http: Any, seconds: float) -> None:
        """`seconds`: what connecting and the whole answer may take."""
        self._http, self._seconds = http, seconds

    def send(self, request: Any) -> Any:
        """Return the whole answer. Raise what botocore's own raises, and Endless."""
        from botocore.exceptions import ReadTimeoutError

        request.stream_output = True
        box: Queue[tuple[Any, BaseException | None]] = Queue()

        def ask() -> None:
            try:
                box.put((self._whole(request), None))
            except BaseException as error:
                box.put((None, error))

        # whoever does not come to an end is left behind, and ends with the program at the latest
        Thread(target=ask, daemon=True).start()
        try:
            answer, error = box.get(timeout=self._seconds)
        except Empty:
            raise ReadTimeoutError(endpoint_url=request.url) from None
        if error is not None:
            raise error
        return answer

    def _whole(self, request: Any) -> Any:
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
        from urllib3.exceptions import HTTPError
        from urllib3.exceptions import ReadTimeoutError as Slow

        answer = self._http.send(request)
        pieces, size = [], 0
        try:
            for piece in answer.raw.stream(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > LARGEST:
                    answer.raw.close()
                    raise Endless(f"the response is larger than {LARGEST >> 20} MiB; check the endpoint")
        except Slow:
            raise ReadTimeoutError(endpoint_url=request.url) from None
        except (HTTPError, OSError) as error:
            raise ConnectionClosedError(error=error, request=request, endpoint_url=request.url) from None
        answer._content = b"".join(pieces)
        return answer

    def close(self) -> None:
        """As botocore's own."""
        self._http.close()


def pages_of(client: Any, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    """Yield each answer of a listing. Raise Endless where there are more than any can have, else what botocore raises."""
    for number, page in enumerate(client.get_paginator(operation).paginate(**arguments)):
        within(number)
        yield page


def within(pages: int) -> None:
    """Raise Endless where a listing has come to more pages than any can have."""
    if pages >= PAGES:
        raise Endless("the listing does not end; check the endpoint")
