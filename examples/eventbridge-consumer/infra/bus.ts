const name = process.env.POSTHORN_BUS ?? ""
const account = process.env.POSTHORN_ACCOUNT ?? ""
if ((name === "") === (account === ""))
  throw new Error(
    "Set POSTHORN_BUS to the name that Posthorn's deploy printed as `bus`; or, in another AWS account than Posthorn's, set POSTHORN_ACCOUNT to the number of Posthorn's account. One of the two.",
  )
if (account !== "" && !/^\d{12}$/.test(account)) throw new Error("POSTHORN_ACCOUNT is the 12 digits of an AWS account.")

/** A bus of our own, on which the account of Posthorn may put events: a rule there forwards them (see forward.ts). */
const ownBus = () => {
  const own = new sst.aws.Bus("Posthorn")
  new aws.cloudwatch.EventBusPolicy("PosthornMayPut", {
    eventBusName: own.name,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          principals: [{ type: "AWS", identifiers: [`arn:aws:iam::${account}:root`] }],
          actions: ["events:PutEvents"],
          resources: [own.arn],
        },
      ],
    }).json,
  })
  return own
}

/** In Posthorn's account its own bus, which another app made: here it is only read. */
export const bus = account === "" ? sst.aws.Bus.get("Posthorn", name) : ownBus()
