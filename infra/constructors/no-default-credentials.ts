/**
 * Stands in bundles for the SDK's chain of credential providers (SSO, STS, profiles, instance metadata: 100 KB). Our
 * handlers hand every client the credentials that Lambda gives them, so nobody ever asks the chain.
 */
export const defaultProvider = () => async (): Promise<never> => {
  throw new Error("a client was made without the credentials of its environment");
};
