import { Page } from "../../components/page.tsx"

export const DeliveriesPage = () => <Page title="Deliveries">{null}</Page>
