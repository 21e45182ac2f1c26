import { Page } from "../../components/page.tsx"

export const AccountsPage = () => <Page title="Accounts">{null}</Page>
