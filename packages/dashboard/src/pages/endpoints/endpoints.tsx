import { Page } from "../../components/page.tsx"

export const EndpointsPage = () => <Page title="Endpoints">{null}</Page>
