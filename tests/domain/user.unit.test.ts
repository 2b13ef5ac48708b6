import { describe, expect, it } from 'vitest';
import { type RegisterUser, type UserRegistered, userDecider } from '../../domain/user.ts';
import { specification } from '../support/decider-specification.ts';

const given = specification(userDecider);
const date = '2026-01-02T03:04:05.678Z';
const register: RegisterUser = { type: 'register_user', actor: 'Ann', date };
const annRegistered: UserRegistered = {
  type: 'UserRegistered',
  data: { username: 'Ann', nickname: 'Ann', avatar: '', date },
};

describe('registering', () => {
  it('keeps the case of the name, which is the first nickname too', () => {
    given().when(register).thenEvents(annRegistered);
  });

  it('is refused when someone has the name', () => {
    given(annRegistered).when(register).thenRefused('username_taken');
    given(annRegistered)
      .when({ ...register, actor: 'ANN' })
      .thenRefused('username_taken');
  });
});

it('a name belongs to the one who registered it first', () => {
  const later: UserRegistered = { ...annRegistered, data: { ...annRegistered.data, username: 'ANN' } };
  expect([annRegistered, later].reduce(userDecider.evolve, userDecider.initial)).toEqual({ username: 'Ann' });
});
