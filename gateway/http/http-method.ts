/** What the router knows; any other method is allowed nowhere. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export type HttpMethod = (typeof HTTP_METHODS)[number];

export const httpMethod = (name: string): HttpMethod | undefined =>
  HTTP_METHODS.find((method) => method === name);
