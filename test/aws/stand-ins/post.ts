import type { Post } from "@posthorn/core/http"
import { createPost } from "@posthorn/http/post"

const { post: dial } = createPost()

/** In place of deps/post.ts: `https://r<port>.receivers.test/…` is the receiver on that port of this machine. */
export const post: Post = async (request) => {
  const url = new URL(request.url)
  const port = /^r(\d+)\.receivers\.test$/.exec(url.hostname)?.[1]
  // The guard itself is tested beside it; here it has to be asked for.
  if (port === undefined || request.allowPrivate)
    return { ok: false, kind: "address_refused", message: "not a receiver of the tests, or no guard" }
  return dial({ ...request, url: `http://127.0.0.1:${port}${url.pathname}`, allowPrivate: true })
}
