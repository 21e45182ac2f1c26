import { Page } from "../../components/page.tsx"

export const EndpointPage = () => <Page title="Endpoint">{null}</Page>
