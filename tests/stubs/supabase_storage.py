"""A server that speaks as Supabase Storage does, its objects in memory.

What Supabase's Storage API reference
(https://supabase.com/docs/reference/self-hosting-storage/introduction) and its list of error
codes (https://supabase.com/docs/guides/storage/debugging/error-codes) say of the routes used
here; a deployed project has them all under `/storage/v1`:

| Route | Request | Answer |
|---|---|---|
| `POST /object/{bucketName}/{*}` | the file, as multipart or as the body itself; `x-upsert: true` replaces what is there; `cache-control` | 200 `{"Id", "Key": "avatars/folder/cat.png"}` |
| `GET /object/authenticated/{bucketName}/{*}` | `if-none-match`: a tag (RFC 9110, 13.1.2) | 200, the file, with its `etag`; 304 where that is the tag |
| `DELETE /object/{bucketName}` | `{"prefixes": ["folder/cat.png"]}`: whole keys; at most 1000 | 200, an array of the objects that were there |
| `POST /object/list/{bucketName}` | `{"prefix", "limit"?, "offset"?, "sortBy"?: {"column", "order"}, "search"?}` | 200, an array of what lies directly in the folder `prefix`: objects, and folders with `id: null` |
| `GET /bucket/{bucketId}` | | 200 `{"id", "name", "owner", "public", "created_at", "updated_at"}` |
| any, refused | | HTTP 400 `{"statusCode": "404", "error": "not_found", "message": "Object not found"}`: the true status stands in the body; other examples: `Bucket not found`, `Duplicate` (409, without upsert), `Payload too large` (413), `invalid_mime_type` (415), `Unauthorized` (403) |

Every request carries `Authorization: Bearer <key>` and `apikey: <key>`.
"""  # noqa: E501

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class SortBy(BaseModel):
    model_config = ConfigDict(extra="forbid")

    column: Literal["name", "updated_at", "created_at", "last_accessed_at"]
    order: Literal["asc", "desc"] = "asc"


class ListRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    prefix: str
    limit: int = Field(100, ge=1)
    offset: int = Field(0, ge=0)
    sortBy: SortBy | None = None  # noqa: N815 - the wire's name
    search: str | None = None


class RemoveRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    prefixes: list[str] = Field(min_length=1, max_length=1000)


class StoredObject(BaseModel):
    """A folder has a name alone."""

    name: str
    id: str | None = None
    updated_at: datetime | None = None
    created_at: datetime | None = None
    last_accessed_at: datetime | None = None
    metadata: dict[str, object] | None = None


class Uploaded(BaseModel):
    Id: str
    Key: str


class BucketInfo(BaseModel):
    id: str
    name: str
    owner: str = ""
    public: bool = False
    created_at: datetime = NOW
    updated_at: datetime = NOW
    file_size_limit: int | None = None
    allowed_mime_types: list[str] | None = None


class Refused(Exception):
    def __init__(self, status: int, error: str, message: str) -> None:
        super().__init__(message)
        self.body = {"statusCode": str(status), "error": error, "message": message}

    @property
    def response(self) -> Response:
        return JSONResponse(self.body, 500 if self.body["statusCode"] == "500" else 400)


@dataclass
class StorageStub:
    key: str  # the service role's
    bucket: BucketInfo
    objects: dict[str, bytes] = field(default_factory=dict)
    cache_controls: set[str] = field(default_factory=set)  # of all uploads
    requests: list[str] = field(default_factory=list)  # "GET /object/..."
    not_modified: int = 0  # downloads that were spared
    most_at_once: int = 1000  # names a listing
    # Given in place of the answer, one each to the next requests.
    instead: deque[Response] = field(default_factory=deque)

    def app(self) -> FastAPI:
        app = FastAPI()
        app.middleware("http")(self._guard)
        app.add_exception_handler(Refused, _told)
        root = "/storage/v1"
        app.get(f"{root}/bucket/{{bucket}}")(self.info)
        app.post(f"{root}/object/list/{{bucket}}")(self.listed)
        app.get(f"{root}/object/authenticated/{{bucket}}/{{key:path}}")(self.download)
        app.post(f"{root}/object/{{bucket}}/{{key:path}}")(self.upload)
        app.delete(f"{root}/object/{{bucket}}")(self.remove)
        return app

    async def _guard(
        self, request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        self.requests.append(f"{request.method} {request.url.path.removeprefix('/storage/v1')}")
        if self.instead:
            await request.body()
            return self.instead.popleft()
        headers = request.headers
        if (headers.get("authorization"), headers.get("apikey")) != (
            f"Bearer {self.key}",
            self.key,
        ):
            return Refused(403, "Unauthorized", "Invalid Compact JWS").response
        return await call_next(request)

    async def info(self, bucket: str) -> BucketInfo:
        self._known(bucket)
        return self.bucket

    async def upload(self, bucket: str, key: str, request: Request) -> Uploaded:
        self._known(bucket)
        size = int(request.headers["content-length"])
        if self.bucket.file_size_limit is not None and size > self.bucket.file_size_limit:
            raise Refused(413, "Payload too large", "The object exceeded the maximum allowed size")
        mime_type = request.headers["content-type"]
        if mime_type not in (self.bucket.allowed_mime_types or [mime_type]):
            raise Refused(415, "invalid_mime_type", f"mime type {mime_type} is not supported")
        content = await request.body()
        if key in self.objects and request.headers.get("x-upsert") != "true":
            raise Refused(409, "Duplicate", "The resource already exists")
        self.objects[key] = content
        self.cache_controls.add(request.headers.get("cache-control", ""))
        return Uploaded(Id=str(uuid4()), Key=f"{bucket}/{key}")

    async def download(self, bucket: str, key: str, request: Request) -> Response:
        self._known(bucket)
        if key not in self.objects:
            raise Refused(404, "not_found", "Object not found")
        tag = f'"{sha256(self.objects[key]).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            self.not_modified += 1
            return Response(status_code=304, headers={"etag": tag})
        return StreamingResponse(
            _in_pieces(self.objects[key]),
            media_type="application/octet-stream",
            headers={"content-length": str(len(self.objects[key])), "etag": tag},
        )

    async def listed(self, bucket: str, wanted: ListRequest) -> list[StoredObject]:
        """Of a bucket that is not there: nothing, and no error."""
        folder = wanted.prefix.rstrip("/") + "/"
        keys = self.objects if bucket == self.bucket.id else {}
        found: dict[str, StoredObject] = {}
        for key in sorted(k for k in keys if k.startswith(folder)):
            name, slash, _ = key.removeprefix(folder).partition("/")
            found[name] = StoredObject(name=name) if slash else _stored(name, keys[key])
        limit = min(wanted.limit, self.most_at_once)
        return list(found.values())[wanted.offset : wanted.offset + limit]

    async def remove(self, bucket: str, wanted: RemoveRequest) -> list[StoredObject]:
        """Of a bucket that is not there: nothing, and no error."""
        there = [k for k in wanted.prefixes if bucket == self.bucket.id and k in self.objects]
        return [_stored(key, self.objects.pop(key)) for key in there]

    def _known(self, bucket: str) -> None:
        if bucket != self.bucket.id:
            raise Refused(404, "Bucket not found", "Bucket not found")


def _stored(name: str, content: bytes) -> StoredObject:
    return StoredObject(
        name=name,
        id=str(uuid4()),
        updated_at=NOW,
        created_at=NOW,
        last_accessed_at=NOW,
        metadata={"size": len(content), "mimetype": "application/octet-stream"},
    )


async def _in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), 65_536):
        yield content[begin : begin + 65_536]


async def _told(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return error.response
