/**
 * Receivers that verify, to be pasted. They read the secret from the environment: in code it would end up in a repository.
 * Libraries: npm `standardwebhooks` 1.1, PyPI `standardwebhooks` 1.1, the Go module `…/standard-webhooks/libraries` 0.0.1.
 */

export const SECRET_VARIABLE = "POSTHORN_SECRET"

export const nodeSdk = `// npm install @posthorn/sdk
import { verify } from "@posthorn/sdk"

// For whatever hands over a Fetch Request: Hono, Next.js, Bun, Deno, Cloudflare Workers.
export const POST = async (request) => {
  let event
  try {
    event = await verify(request, process.env.POSTHORN_SECRET)
  } catch {
    return new Response(null, { status: 401 })
  }
  console.log(event.id, event.type)
  return new Response(null, { status: 204 })
}
`

export const nodeStandard = `// receiver.mjs; npm install standardwebhooks
import { createServer } from "node:http"
import { Webhook } from "standardwebhooks"

const webhook = new Webhook(process.env.POSTHORN_SECRET)

createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  let event
  try {
    // The bytes as they came: JSON that is written anew has another signature.
    event = webhook.verify(Buffer.concat(chunks), request.headers)
  } catch {
    return response.writeHead(401).end()
  }
  console.log(event.id, event.type)
  response.writeHead(204).end()
}).listen(process.env.PORT ?? 3000)
`

export const pythonStandard = `# receiver.py; pip install standardwebhooks; python receiver.py
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

webhook = Webhook(os.environ["POSTHORN_SECRET"])


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        # The bytes as they came: JSON that is written anew has another signature.
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            event = webhook.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):
            return self.answer(401)
        print(event["id"], event["type"], flush=True)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()


ThreadingHTTPServer(("", int(os.environ.get("PORT", 3000))), Receiver).serve_forever()
`

export const goStandard = `// receiver.go; go get github.com/standard-webhooks/standard-webhooks/libraries@v0.0.1
package main

import (
	"cmp"
	"encoding/json"
	"io"
	"log"
	"net/http"
	"os"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

func main() {
	webhook, err := standardwebhooks.NewWebhook(os.Getenv("POSTHORN_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		// The bytes as they came: JSON that is written anew has another signature.
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		if webhook.Verify(body, r.Header) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var event struct {
			ID   string \`json:"id"\`
			Type string \`json:"type"\`
		}
		if json.Unmarshal(body, &event) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		log.Println(event.ID, event.Type)
		w.WriteHeader(http.StatusNoContent)
	})
	log.Fatal(http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "3000"), nil))
}
`

/** Prints what arrives and verifies nothing: to see a first delivery on the machine that Posthorn runs on. */
export const tryIt = `node -e 'require("http").createServer((q,s)=>{q.on("data",d=>console.log(d.toString()));q.on("end",()=>s.writeHead(204).end())}).listen(3000)'`
export const TRY_IT_URL = "http://127.0.0.1:3000/"
