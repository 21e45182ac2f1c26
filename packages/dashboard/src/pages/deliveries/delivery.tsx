import { Page } from "../../components/page.tsx"

export const DeliveryPage = () => <Page title="Delivery">{null}</Page>
