// Where the Data API is: an advertiser's data goes to one region only, and the platform carries it to the others.

/** China has no replication with the rest. */
export const DATA_URLS = {
  usw: 'https://usw-data.adsrvr.org',
  use: 'https://use-data.adsrvr.org',
  euw: 'https://euw-data.adsrvr.org',
  sin: 'https://sin-data.adsrvr.org',
  tok: 'https://tok-data.adsrvr.org',
  cn: 'https://data-cn2.adsrvr.cn',
} as const;
export type Region = keyof typeof DATA_URLS;
export const REGIONS = Object.keys(DATA_URLS) as readonly Region[];

/** `data_url` stands before the region: a sandbox, or an address the platform adds later. */
export function dataUrl(settings: { readonly region: Region; readonly data_url?: string }): string {
  return (settings.data_url ?? DATA_URLS[settings.region]).replace(/\/+$/, '');
}
