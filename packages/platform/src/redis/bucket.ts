import type { OrganizationId } from '@turnpike/core/ids';

/** How many hash tags the organizations are spread over: enough for any cluster, few enough to sweep in one go. */
export const bucketCount = 256;

/** The bucket of an organization: FNV-1a of its id. All of its keys live in this bucket's slot. */
export function bucketOf(organizationId: OrganizationId): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < organizationId.length; index += 1) {
    hash = Math.imul(hash ^ organizationId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % bucketCount;
}

/** The hash tag of a bucket, with which every key in it begins. */
export function tagOfBucket(bucket: number): string {
  return `{b${bucket}}`;
}
