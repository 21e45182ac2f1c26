import { Code } from "../../components/code.tsx"
import { OutsideLink } from "../../components/outside-link.tsx"
import { Tabs } from "../../components/tabs.tsx"
import { goStandard, nodeSdk, nodeStandard, pythonStandard, SECRET_VARIABLE } from "./snippets.ts"

/** How a receiver tells that a webhook is Posthorn's. */
export const Verification = () => (
  <>
    <p>
      Every webhook is signed as <OutsideLink href="https://www.standardwebhooks.com">Standard Webhooks</OutsideLink>{" "}
      has it. These receivers read the secret from the environment, as <code>{SECRET_VARIABLE}</code>.
    </p>
    <Tabs
      label="Verify in"
      tabs={[
        {
          name: "Node",
          panel: (
            <>
              <h3>With Posthorn&apos;s own package</h3>
              <Code text={nodeSdk} what="receiver with @posthorn/sdk" />
              <h3>With the official library</h3>
              <Code text={nodeStandard} what="receiver with standardwebhooks" />
            </>
          ),
        },
        { name: "Python", panel: <Code text={pythonStandard} what="receiver in Python" /> },
        { name: "Go", panel: <Code text={goStandard} what="receiver in Go" /> },
        { name: "Zapier", panel: <Zapier /> },
      ]}
    />
    <p className="muted">
      Delivery is at least once: keep the ids of the events that you have dealt with, and skip those.
    </p>
  </>
)

const Zapier = () => (
  <>
    <ol>
      <li>
        Make a Zap whose trigger is <strong>Webhooks by Zapier</strong>, event <strong>Catch Hook</strong>.
      </li>
      <li>
        Copy the URL that Zapier shows (<code>https://hooks.zapier.com/hooks/catch/…</code>), and paste it as the URL of
        an endpoint here. The format is standard.
      </li>
      <li>
        Press <strong>Send a test</strong> here, then <strong>Test trigger</strong> in Zapier: it finds the ping, and
        from then on every event starts the Zap.
      </li>
    </ol>
    <p>
      A catch hook does not check signatures, so that its URL is the secret: whoever has it can start your Zap. Repeats
      are told by <code>id</code>.
    </p>
  </>
)
