import { Page } from "../../components/page.tsx"

export const KeysPage = () => <Page title="Keys">{null}</Page>
