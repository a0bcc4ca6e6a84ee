/**
 * Shares of the delivery stream's quota. Retries are started one by one over a minute, so that one container's share
 * is nearly what all of them take; what is left is room for the moments in which two deliver at once.
 */
export const quotaShares = { processing: 0.8, retries: 0.15 };
