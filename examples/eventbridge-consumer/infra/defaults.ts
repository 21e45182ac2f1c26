$transform(sst.aws.Function, (args) => {
  args.runtime ??= "nodejs24.x"
  args.architecture ??= "arm64"
  args.logging ??= { retention: "1 month", format: "json" }
  // SST 4.17.1 lets the whole account assume every function's role, which only `sst dev` needs.
  if (!$dev)
    args.transform = {
      ...args.transform,
      role: (role) => {
        role.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" })
        return undefined
      },
    }
})

export {}
