/** An event that contradicts those before it. The message goes to logs and operators: no content, no names. */
export class UnprojectableEvent extends Error {
  override readonly name = 'UnprojectableEvent';
}
