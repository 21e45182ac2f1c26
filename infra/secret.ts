/** Set with `npx sst secret set <name> <value> --stage <stage>`. One without a placeholder names itself when it is missing. */
export const secret = {
  // Empty: a stage without it deploys, polls nothing, and says `not_configured` in /v1/me.
  ConnectSafelyApiKey: new sst.Secret("ConnectSafelyApiKey", ""),
  AdminKey: new sst.Secret("AdminKey"),
  EncryptionKey: new sst.Secret("EncryptionKey"),
  // Empty: the route for ConnectSafely's hints answers 404.
  HintSecret: new sst.Secret("HintSecret", ""),
}
