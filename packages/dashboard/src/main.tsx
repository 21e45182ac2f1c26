import { StrictMode } from "react"
import { createRoot } from "react-dom/client"

import { App } from "./app/app.tsx"
import "./styles/tokens.css"
import "./styles/base.css"
import "./styles/layout.css"
import "./styles/parts.css"
import "./styles/endpoints.css"
import "./styles/overview.css"
import "./styles/events.css"
import "./styles/deliveries.css"

const root = document.getElementById("root")
if (root === null) throw new Error("index.html has no #root")
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
