import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, policy, type Statement } from "./policies.ts";

interface RoleArgs {
  readonly trust: pulumi.Input<PolicyDocument>;
  readonly statements: pulumi.Input<ReadonlyArray<Statement>>;
  readonly permissionsBoundary: string | null;
}

interface RoleWithPolicy {
  readonly role: aws.iam.Role;
  /** What uses the role has to wait for its policy, or starts without permissions. */
  readonly ready: aws.iam.RolePolicy;
}

/** One role for one user of it, with one inline policy. */
export const roleWithPolicy = (name: string, args: RoleArgs, parent: pulumi.Resource): RoleWithPolicy => {
  const role = new aws.iam.Role(
    name,
    {
      assumeRolePolicy: pulumi.jsonStringify(args.trust),
      ...(args.permissionsBoundary === null ? {} : { permissionsBoundary: args.permissionsBoundary }),
    },
    { parent },
  );
  const document = pulumi.output(args.statements).apply((statements) => policy(...statements));
  const ready = new aws.iam.RolePolicy(name, { role: role.id, policy: pulumi.jsonStringify(document) }, { parent });
  return { role, ready };
};
