import { Pages } from "../pages.ts"
import type { CallOptions, CreateOptions, Send } from "../transport.ts"
import type { Key, KeyCreate, KeyWithSecret } from "../types.ts"

/** Keys of the API. Making and revoking them needs the scope `admin`. */
export class Keys {
  readonly #send: Send

  constructor(send: Send) {
    this.#send = send
  }

  /**
   * The answer is the only one that shows the key. Where it was lost, the next try ends in `conflict` and names the key that was made:
   * revoke that one.
   */
  create(body: KeyCreate, options: CreateOptions = {}): Promise<KeyWithSecret> {
    return this.#send("POST /v1/keys", { ...options, body, repeat: "by key" })
  }

  /** Newest first. */
  list(query: { limit?: number | undefined } = {}, options: CallOptions = {}): Pages<Key> {
    return new Pages((cursor) => this.#send("GET /v1/keys", { ...options, query: { ...query, cursor } }))
  }

  get(id: string, options: CallOptions = {}): Promise<Key> {
    return this.#send("GET /v1/keys/{id}", { ...options, path: { id } })
  }

  /** Revokes it. */
  async delete(id: string, options: CallOptions = {}): Promise<void> {
    await this.#send("DELETE /v1/keys/{id}", { ...options, path: { id } })
  }
}
