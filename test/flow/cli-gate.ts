import { type AddressInfo, connect, createServer, type Socket } from "node:net"

export interface Gate {
  url: string
  /** Connections that came while it was closed. */
  refused: () => number
  open: () => void
  close: () => void
  /** Where connections go from now on. */
  leadTo: (url: string) => void
}

/** Passes connections on to a URL, or refuses them while it is closed. */
export const gateTo = async (url: string, cleanups: (() => Promise<unknown>)[]): Promise<Gate> => {
  let target = new URL(url)
  let isOpen = true
  let refused = 0
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    if (!isOpen) {
      refused++
      socket.destroy()
      return
    }
    const out = connect(Number(target.port), target.hostname)
    for (const each of [socket, out]) {
      sockets.add(each)
      each.on("error", () => undefined)
    }
    socket.pipe(out).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  cleanups.push(async () => {
    drop()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    refused: () => refused,
    open: () => void (isOpen = true),
    close: () => {
      isOpen = false
      drop()
    },
    leadTo: (other) => {
      target = new URL(other)
      drop()
    },
  }
}
