import { Page } from "../../components/page.tsx"

export const NewEndpointPage = () => <Page title="New">{null}</Page>
