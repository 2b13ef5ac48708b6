/** What the router knows; any other method is allowed nowhere. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export const isHttpMethod = (name: string): boolean => HTTP_METHODS.some((method) => method === name);
