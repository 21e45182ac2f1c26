import { Page } from "../../components/page.tsx"

export const AccountPage = () => <Page title="Account">{null}</Page>
