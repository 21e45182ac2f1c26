import type { Post } from "@posthorn/core/http"
import { createPost } from "@posthorn/http/post"

/** Its sockets outlive an event: the next delivery to the same subscriber finds them open. */
export const post: Post = createPost().post
